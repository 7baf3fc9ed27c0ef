/* plain_input: what comes over a plain connection becomes requests. See plain.h, docs/plain.md. */
#include "protocols/plain.h"

#include "base/text.h"

#include <string.h>

/* TELNET's bytes, RFC 854. 0xFF is in no UTF-8 text. */
enum {
	TELNET_SE = 240,
	TELNET_SB = 250,
	TELNET_WILL = 251,
	TELNET_DONT = 254,
	TELNET_IAC = 255,
};

/*  TEXT ──IAC──▶ COMMAND ──WILL…DONT──▶ OPTION ──any──▶ TEXT
 *                   └──SB──▶ SUB ──IAC──▶ SUB_IAC ──SE──▶ TEXT       */
enum telnet_state { TELNET_TEXT, TELNET_COMMAND, TELNET_OPTION, TELNET_SUB, TELNET_SUB_IAC };

static struct plain_wire *plain_wire(struct wire *w)
{
	return CONTAINER_OF(w, struct plain_wire, wire);
}

static enum telnet_state telnet_next(enum telnet_state state, unsigned char byte)
{
	switch (state) {
	case TELNET_TEXT:
		return TELNET_COMMAND;
	case TELNET_COMMAND:
		if (byte == TELNET_SB)
			return TELNET_SUB;
		return byte >= TELNET_WILL && byte <= TELNET_DONT ? TELNET_OPTION : TELNET_TEXT;
	case TELNET_OPTION:
		return TELNET_TEXT;
	case TELNET_SUB:
		return byte == TELNET_IAC ? TELNET_SUB_IAC : TELNET_SUB;
	case TELNET_SUB_IAC:
		return byte == TELNET_SE ? TELNET_TEXT : TELNET_SUB;
	}
	return TELNET_TEXT;
}

static void ask(struct plain_wire *p, const struct command *command, const char *text, size_t len)
{
	bool lines = p->mode == PLAIN_LINES;
	p->wire.ops->ask(&p->wire, request_new(command, text, len, lines));
}

static bool is_text(const char *bytes, size_t len)
{
	return !memchr(bytes, '\0', len) && utf8_valid(bytes, len);
}

static size_t count_lines(const char *text, size_t len)
{
	size_t lines = 1;
	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	return lines;
}

static size_t trim_end(const char *text, size_t len)
{
	while (len > 0 && (text[len - 1] == '\r' || text[len - 1] == '\n'))
		len--;
	return len;
}

/* A whole nick or message has come. */
static void plain_complete(struct plain_wire *p, const char *text, size_t len)
{
	len = trim_end(text, len);
	if (p->wire.overlong || len > MESSAGE_BYTES_MAX ||
	    count_lines(text, len) > MESSAGE_LINES_MAX)
		ask(p, &plain_too_long, NULL, 0);
	else if (!is_text(text, len))
		ask(p, &plain_bad_bytes, NULL, 0);
	else
		ask(p, &plain_text, text, len);
	p->wire.overlong = false;
	buf_done(&p->wire.partial);
}

/* What talks TLS (RFC 8446, 5.1: a handshake record) or HTTP came to the wrong door. */
static bool is_tls(const char *bytes)
{
	return bytes[0] == 0x16;
}

/* A method and a space (RFC 9110, 9.1), which no nick can have: the rest of the line may be too long
 * to be kept. */
static bool is_http(const char *line, size_t len)
{
	static const char *const methods[] = { "GET ",    "POST ",    "PUT ",   "HEAD ",
					       "DELETE ", "OPTIONS ", "PATCH ", "CONNECT ",
					       "TRACE ",  "PRI " };
	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (len >= strlen(methods[i]) && memcmp(line, methods[i], strlen(methods[i])) == 0)
			return true;
	return memmem(line, len, " HTTP/", 6) != NULL;
}

/* The first thing that came settles how the rest is read. false: it was none of ours. */
static bool plain_settle(struct plain_wire *p, enum plain_mode mode, const char *text, size_t len)
{
	if (p->mode != PLAIN_NAMING)
		return true;
	if (p->http || is_http(text, len)) {
		p->wire.ops->reject(&p->wire, "http");
		return false;
	}
	p->mode = mode;
	if (mode == PLAIN_CHUNKS)
		conn_set_pace(p->wire.conn);
	return true;
}

static bool plain_line(struct plain_wire *p, const char *line, size_t len)
{
	if (!plain_settle(p, PLAIN_LINES, line, len))
		return false;
	plain_complete(p, line, len);
	return true;
}

static const char *partial_text(const struct plain_wire *p)
{
	return p->wire.partial.bytes ? p->wire.partial.bytes : "";
}

static void plain_keep(struct plain_wire *p, const char *bytes, size_t len)
{
	/* One more than a message may have, so that it is known to be too long; and its "\r". */
	if (p->wire.overlong || p->wire.partial.len + len > MESSAGE_BYTES_MAX + 2) {
		const char *start = p->wire.partial.len > 0 ? p->wire.partial.bytes : bytes;
		p->http = p->http ||
			  (p->mode == PLAIN_NAMING && !p->wire.overlong &&
			   is_http(start, p->wire.partial.len > 0 ? p->wire.partial.len : len));
		p->wire.overlong = true;
		buf_done(&p->wire.partial);
		return;
	}
	buf_add(&p->wire.partial, bytes, len);
}

static bool is_special(char byte)
{
	return byte == '\n' || byte == '\0' || (unsigned char)byte == TELNET_IAC;
}

/* TELNET's own end of line may be "\r\0" (RFC 854, "The NVT printer and keyboard"). */
static bool ends_line(const struct plain_wire *p, char byte)
{
	return p->mode != PLAIN_CHUNKS && (byte == '\n' || (byte == '\0' && p->after_return));
}

/* Takes text up to and with the next byte that means something; returns how much that is. *stop:
 * no more for now, and an ending that has to wait is not taken. */
static size_t plain_span(struct plain_wire *p, const char *bytes, size_t len, bool *stop)
{
	size_t n = 0;
	while (n < len && !is_special(bytes[n]))
		n++;
	if (n > 0)
		p->after_return = bytes[n - 1] == '\r';
	bool ends = n < len && ends_line(p, bytes[n]);
	if (ends && !p->wire.ops->may_ask(&p->wire)) {
		plain_keep(p, bytes, n);
		*stop = true;
		return n;
	}
	if (ends && p->wire.partial.len == 0 && !p->wire.overlong) {
		*stop = !plain_line(p, bytes, n);
	} else {
		plain_keep(p, bytes, n);
		if (n == len)
			return n;
		if (ends)
			*stop = !plain_line(p, partial_text(p), p->wire.partial.len);
		else if ((unsigned char)bytes[n] == TELNET_IAC)
			p->telnet = TELNET_COMMAND;
		else
			plain_keep(p, &bytes[n], 1);
	}
	p->after_return = false;
	return n + 1;
}

static size_t plain_take(struct wire *w, const char *bytes, size_t len)
{
	struct plain_wire *p = plain_wire(w);
	size_t at = 0;
	bool stop = false;
	if (!p->wire.started && is_tls(bytes)) {
		w->ops->reject(w, "tls");
		return len;
	}
	p->wire.started = true;
	while (at < len && !stop) {
		if (p->telnet != TELNET_TEXT)
			p->telnet = (uint8_t)telnet_next(p->telnet, (unsigned char)bytes[at++]);
		else
			at += plain_span(p, bytes + at, len - at, &stop);
	}
	if (p->mode != PLAIN_LINES && (p->wire.partial.len > 0 || p->wire.overlong))
		w->ops->wait_quiet(w);
	return at;
}

/* A pause ends what came, unless it is in the middle of a character. */
static void plain_quiet(struct wire *w)
{
	struct plain_wire *p = plain_wire(w);
	if (p->mode == PLAIN_LINES || (p->wire.partial.len == 0 && !p->wire.overlong) ||
	    utf8_unfinished(p->wire.partial.bytes, p->wire.partial.len) > 0)
		return;
	if (!w->ops->may_ask(w))
		w->ops->wait_quiet(w);
	else if (plain_settle(p, PLAIN_CHUNKS, partial_text(p), p->wire.partial.len))
		plain_complete(p, partial_text(p), p->wire.partial.len);
}

static void plain_on_end(struct wire *w)
{
	struct plain_wire *p = plain_wire(w);
	if (p->wire.partial.len > 0 || p->wire.overlong) {
		if (!plain_settle(p, PLAIN_CHUNKS, partial_text(p), p->wire.partial.len))
			return;
		plain_complete(p, partial_text(p), p->wire.partial.len);
	}
	ask(p, &plain_end, NULL, 0);
}

static void plain_open(struct wire *w)
{
	const char *greeting = text_of(w->lang, TEXT_GREETING);
	conn_send(w->conn, greeting, strlen(greeting));
}

static void plain_done(struct wire *w)
{
	buf_done(&w->partial);
}

static void plain_stand_alone(struct wire *w)
{
	conn_hold(w->conn);
}

/* That the server stops is no news to somebody who has not said a word, and the seed's client would
 * take it for a message. */
static void plain_farewell(const struct wire *w, enum text why, struct buf *out)
{
	const struct plain_wire *p = CONTAINER_OF(w, const struct plain_wire, wire);
	if (why != TEXT_BYE_STOPPING || p->mode == PLAIN_LINES)
		buf_add_text(out, text_of(w->lang, why));
}

const struct codec plain_codec = {
	.wire_size = sizeof(struct plain_wire),
	.open = plain_open,
	.done = plain_done,
	.take = plain_take,
	.quiet = plain_quiet,
	.end = plain_on_end,
	.stand_alone = plain_stand_alone,
	.farewell = plain_farewell,
	.render = plain_render,
};
