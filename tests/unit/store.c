#include "tests/unit/store.h"

#include "base/buf.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

char *folder_new(void)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = NULL;
	if (asprintf(&dir, "%s/teahouse-XXXXXX", tmp ? tmp : "/tmp") < 0 || !mkdtemp(dir)) {
		perror("mkdtemp");
		exit(1);
	}
	return dir;
}

void folder_remove(char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	while (d && (entry = readdir(d)))
		unlinkat(dirfd(d), entry->d_name, 0);
	if (d)
		closedir(d);
	rmdir(dir);
	free(dir);
}

long folder_file_bytes(const char *dir, const char *name)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return stat(path, &st) == 0 ? (long)st.st_size : -1;
}

struct event *event_made(enum event_kind kind, uint64_t id, uint64_t room, uint64_t seq,
			 const char *nick, const char *text)
{
	char key[32], name[32];
	snprintf(key, sizeof(key), "#room%d", (int)room);
	snprintf(name, sizeof(name), "#Room%d", (int)room);

	struct event *e = event_new(&(struct event_draft){
		.kind = kind,
		.room_number = room,
		.room_key = key,
		.room_name = name,
		.from = { nick, "user", "host.example", "" },
		.text = text,
		.text_len = text ? strlen(text) : 0,
	});
	e->id = id;
	e->seq = seq;
	e->time_ms = 1700000000000 + (int64_t)id;
	return e;
}

struct event *event_said(uint64_t id, const char *text)
{
	return event_made(EVENT_MESSAGE, id, 1, id, "tea", text);
}

bool append_one(struct history *h, struct event *e, struct err *err)
{
	bool ok = history_append(h, &e, 1, err);
	event_unref(e);
	return ok;
}

static bool add_text(void *ctx, struct event *e)
{
	buf_add(ctx, e->text, e->text_len);
	buf_add_text(ctx, "|");
	return true;
}

const char *texts_in(const char *dir, uint64_t room, const struct event_span *span, struct err *err)
{
	static char texts[256 * 1024];
	struct buf found = { 0 };
	struct history_reader *r = history_reader_open(dir, err);
	struct event_span asked = *span;

	bool ok = r && history_read(r, room, &asked, add_text, &found, err);
	history_reader_close(r);
	snprintf(texts, sizeof(texts), "%s", found.bytes ? found.bytes : "");
	buf_done(&found);
	return ok ? texts : NULL;
}

const char *texts_before(const char *dir, uint64_t room, uint64_t before_id, size_t limit,
			 struct err *err)
{
	struct event_span span = { .limit = limit };
	if (before_id != UINT64_MAX)
		span.before = (struct event_bound){ BOUND_ID, .id = before_id };
	return texts_in(dir, room, &span, err);
}

int in_child(int (*part)(void *ctx), void *ctx)
{
	int status = 0;

	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0)
		_exit(part(ctx));
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		perror("fork");
		exit(1);
	}
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

void expect_failed(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: not true: %s\n", file, line, what);
	_exit(99);
}
