#include "client/terminal/layout.h"

#include "client/terminal/width.h"

/* Where the next cluster goes. */
struct pen {
	struct layout *layout;
	unsigned cols, col;
};

static void next_row(struct pen *p)
{
	buf_add_text(&p->layout->bytes, "\n");
	p->layout->rows++;
	p->col = 0;
}

static void make_room(struct pen *p, unsigned width)
{
	if (p->col + width > p->cols)
		next_row(p);
}

static void put_cluster(struct pen *p, const char *cluster, size_t len)
{
	unsigned width = text_columns(cluster, len);
	if (width > p->cols) {
		cluster = "?";
		len = width = 1;
	}
	make_room(p, width);
	buf_add(&p->layout->bytes, cluster, len);
	p->col += width;
}

/* The caret stands where what follows it will stand. */
static void put_caret(struct pen *p, const char *next, size_t len)
{
	unsigned width = len > 0 && *next != '\n' ? text_columns(next, len) : 1;
	make_room(p, width > 0 && width <= p->cols ? width : 1);
	p->layout->caret = p->layout->bytes.len;
	p->layout->caret_row = p->layout->rows - 1;
	p->layout->caret_col = p->col;
}

void layout_make(struct layout *l, const char *text, size_t len, size_t caret, unsigned cols)
{
	struct pen p = { l, cols, 0 };
	bool has_caret = false;
	l->bytes.len = 0;
	buf_add_text(&l->bytes, "");
	l->rows = 1;
	for (size_t at = 0, n; at < len || !has_caret; at += n) {
		n = text_next_cluster(text + at, len - at);
		if (!has_caret && at >= caret) {
			has_caret = true;
			put_caret(&p, text + at, n);
		}
		if (n > 0 && text[at] == '\n')
			next_row(&p);
		else
			put_cluster(&p, text + at, n);
	}
}

void layout_done(struct layout *l)
{
	buf_done(&l->bytes);
	*l = (struct layout){ 0 };
}
