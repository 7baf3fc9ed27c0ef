#include "protocols/irc/multiline.h"

#include <string.h>
#include <strings.h>

void multiline_done(struct multiline *m)
{
	buf_done(&m->text);
	*m = (struct multiline){ 0 };
}

static const char action_head[] = "\x01"
				  "ACTION ";

/* A program may begin and end an action once, or on each line: what is left are the words. */
static bool is_action(const struct multiline *m, const struct multiline_line *line)
{
	bool begins = strncmp(line->text, action_head, strlen(action_head)) == 0;
	return m->line_count == 0 ? begins && strcmp(line->verb, "PRIVMSG") == 0 : m->action;
}

static const char *words_of(const char *text, bool action, size_t *ret_len)
{
	*ret_len = strlen(text);
	if (action && strncmp(text, action_head, strlen(action_head)) == 0) {
		text += strlen(action_head);
		*ret_len -= strlen(action_head);
	}
	if (action && *ret_len > 0 && text[*ret_len - 1] == '\x01')
		*ret_len -= 1;
	return text;
}

/* What it adds, with the newline before it: as max-bytes counts it. */
static size_t line_bytes(const struct multiline *m, const struct multiline_line *line)
{
	return strlen(line->text) + (m->line_count > 0 && !line->joined);
}

static enum multiline_fault line_fault(const struct multiline *m, const char *target,
				       const struct multiline_line *line)
{
	bool notice = strcmp(line->verb, "NOTICE") == 0;
	size_t len;
	if (!notice && strcmp(line->verb, "PRIVMSG") != 0)
		return MULTILINE_OTHER_COMMAND;
	if (strcasecmp(line->target, target) != 0)
		return MULTILINE_OTHER_TARGET;
	if (!line->text)
		return MULTILINE_NO_TEXT;
	if (m->line_count > 0 && notice != m->notice)
		return MULTILINE_MIXED;
	if (line->joined && !line->text[0])
		return MULTILINE_BLANK_JOINED;
	/* A program may take it for a question, and who gets the lines one by one cannot tell. */
	const char *words = words_of(line->text, is_action(m, line), &len);
	if (memchr(words, '\x01', len))
		return MULTILINE_CONTROL;
	if (m->line_count == MESSAGE_LINES_MAX)
		return MULTILINE_LINES;
	if (m->bytes + line_bytes(m, line) > MESSAGE_BYTES_MAX)
		return MULTILINE_BYTES;
	return MULTILINE_FINE;
}

enum multiline_fault multiline_add(struct multiline *m, const char *target,
				   const struct multiline_line *line)
{
	enum multiline_fault fault = line_fault(m, target, line);
	size_t len;
	if (fault != MULTILINE_FINE)
		return fault;
	m->action = is_action(m, line);
	m->notice = strcmp(line->verb, "NOTICE") == 0;
	const char *words = words_of(line->text, m->action, &len);
	m->bytes += line_bytes(m, line);
	if (m->line_count > 0 && !line->joined)
		buf_add(&m->text, "\n", 1);
	else if (m->text.len > 0 && len > 0)
		m->joints[m->joint_count++] = (uint16_t)m->text.len;
	buf_add(&m->text, words, len);
	m->line_count++;
	return MULTILINE_FINE;
}

enum multiline_fault multiline_end(const struct multiline *m)
{
	for (size_t i = 0; i < m->text.len; i++)
		if (m->text.bytes[i] != '\n')
			return MULTILINE_FINE;
	return m->line_count > 0 ? MULTILINE_BLANK : MULTILINE_NO_TEXT;
}

enum event_kind multiline_kind(const struct multiline *m)
{
	if (m->notice)
		return EVENT_NOTICE;
	return m->action ? EVENT_ACTION : EVENT_MESSAGE;
}
