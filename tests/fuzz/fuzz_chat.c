/* fuzz_chat: a whole chat in memory, and what eight connections do in it, in any order: lines of any kind,
 * coming and going, while disks, passwords and readers of history answer now, later, wrongly or never.
 * Nothing is used after it is freed, nothing is left over, and all that anybody is sent are whole lines. */
#include "protocols/irc/irc.h"
#include "tests/unit/memory.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNS 8
#define PLAIN_CONN 7 /* the last of them */
#define STEPS_MAX 300
#define EVENTS_MAX 800 /* a memory has no room for more */

static struct memory m;
static int conns[CONNS]; /* 0: not there */
static bool stalled;
static struct memory_check checks[CONNS]; /* asked, not answered; asker 0: none */
static bool (*read_past)(void *ctx, const struct chat_read *read);

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

/* ---- what a memory lacks ---- */

/* It keeps the last that was asked about: here each connection has one. */
static bool (*check)(void *ctx, conn_id asker, const struct password_question *question);

static bool on_check(void *ctx, conn_id asker, const struct password_question *question)
{
	if (!check(ctx, asker, question))
		return false;
	for (size_t i = 0; i < CONNS; i++) {
		must(checks[i].asker != asker, "a connection asks about one password at a time");
		if (conns[i] == (int)asker)
			checks[i] = m.check;
	}
	return true;
}

static bool on_read(void *ctx, const struct chat_read *read)
{
	return read->part_count <= ARRAY_LEN(m.reads[0].parts) && read_past(ctx, read);
}

static bool on_reload(void *ctx)
{
	(void)ctx;
	return true;
}

static void on_stop(void *ctx, bool again)
{
	(void)ctx;
	(void)again;
}

static void open_chat(void)
{
	static const struct about about = {
		.name = "tea.example",
		.network = "Tea",
		.description = "A house",
		.admin = "a@tea.example",
		.icon = "https://tea.example/cup.png",
		.motd = "tea\r\nand cups\n",
	};
	memory_open(&m, 3);
	m.dialogs.about = &about;
	memset(conns, 0, sizeof(conns));
	memset(checks, 0, sizeof(checks));
	stalled = false;
	check = m.dialogs.passwords.check;
	m.dialogs.passwords.check = on_check;
	m.dialogs.control = (struct control){ NULL, on_reload, on_stop };
	read_past = m.chat->ports.read;
	m.chat->ports.read = on_read;
	m.chat->config.accounts.before_connect = true;
	m.chat->config.accounts.custom_name = true;
}

/* ---- what is seen ---- */

/* Without its tags, which it has if it begins with "@". */
static size_t bare_length(const char *line, size_t len)
{
	const char *space = line[0] == '@' ? memchr(line, ' ', len) : NULL;
	return space ? len - (size_t)(space + 1 - line) : len;
}

static void check_line(const char *line, size_t len)
{
	must(len >= 2 && line[len - 2] == '\r', "a line ends with CR LF");
	must(!memchr(line, '\r', len - 2) && !memchr(line, '\0', len), "and has none inside");
	must(utf8_valid(line, len), "it is UTF-8");
	must(bare_length(line, len) <= IRC_LINE_BYTES, "no line is too long");
	must(len - bare_length(line, len) <= 8191, "nor are its tags");
	must(strchr("@:", line[0]) || strncmp(line, "ERROR ", 6) == 0 ||
		     strncmp(line, "BATCH -", 7) == 0,
	     "it has a source");
}

static void check_seen(int number)
{
	struct memory_conn *c = &m.conns[number];
	if (c->seen.len == 0)
		return;
	const char *at = c->seen.bytes, *end = at + c->seen.len;
	while (c->wire && at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		must(newline, "nothing is sent but lines");
		check_line(at, (size_t)(newline + 1 - at));
		at = newline + 1;
	}
	must(c->wire || utf8_valid(c->seen.bytes, c->seen.len), "it is UTF-8");
	c->seen.len = 0;
}

/* ---- what is done ---- */

/* The connection that a letter means; -1: none. */
static int index_of(char letter)
{
	return letter >= 'a' && letter < 'a' + CONNS ? letter - 'a' : -1;
}

static bool is_there(int i)
{
	return i >= 0 && conns[i] && m.conns[conns[i]].dialog && !m.conns[conns[i]].dialog->gone;
}

static void connect_to(int i)
{
	if (m.conn_count == MEMORY_CONNS_MAX)
		return;
	conns[i] = memory_connect_to(&m, protocol_find(i == PLAIN_CONN ? "plain" : "irc"));
	checks[i].asker = 0;
}

static void type(int i, const char *text)
{
	if (!is_there(i))
		connect_to(i);
	/* What ends a connection on its thread never comes here. */
	if (!is_there(i) || text[0] == '\x16' || strstr(text, " HTTP/"))
		return;
	if (i != PLAIN_CONN || utf8_valid(text, strlen(text)))
		memory_type(&m, conns[i], text);
}

static void answer_check(int i, bool ok)
{
	if (i < 0 || !checks[i].asker)
		return;
	m.check = checks[i];
	checks[i].asker = 0;
	memory_answer_check(&m, m.check.job == PASSWORD_PROVED ? m.check.proved : ok, "kept");
}

static void flip(char what)
{
	switch (what) {
	case 'f':
		m.full = !m.full;
		return;
	case 'a':
		m.no_answers = !m.no_answers;
		return;
	case 'c':
		m.no_checks = !m.no_checks;
		return;
	case 'd':
		m.refuse = m.refuse == REFUSED_NOT ? REFUSED_DEGRADED : REFUSED_NOT;
		return;
	case 's':
		stalled = !stalled;
		memory_tick(&m, 0, stalled);
		return;
	default:
		m.no_registrations = !m.no_registrations;
		return;
	}
}

/* "aJOIN #x" is typed by the first connection; all else begins with a sign. */
static void step(const char *line)
{
	int i = index_of(line[0] ? line[1] : '\0');
	switch (line[0]) {
	case '+': /* so many are on disk */
		memory_commit(&m,
			      line[1] >= '1' && line[1] <= '9' ? (size_t)(line[1] - '0') : 1000);
		return;
	case '-':
		memory_fail(&m);
		return;
	case '?':
	case '/':
		if (m.read_count > 0)
			memory_answer_read(&m, line[0] == '?' ? READ_DONE : READ_FAILED);
		return;
	case '=':
	case '#':
		answer_check(i, line[0] == '=');
		return;
	case '~':
		memory_tick(&m, (int64_t)strtol(line + 1, NULL, 10) % 1000000, stalled);
		return;
	case '!':
		if (is_there(i))
			memory_cut(&m, conns[i]);
		return;
	case '^':
		if (is_there(i))
			memory_take(&m, conns[i]);
		return;
	case '*':
		flip(line[1]);
		return;
	default:
		if (index_of(line[0]) >= 0)
			type(index_of(line[0]), line + 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *lines = xcalloc(size + 1, 1), *rest = lines, *line;
	memcpy(lines, data, size);
	open_chat();
	for (int n = 0; n < STEPS_MAX && m.disk_count + m.flight_count < EVENTS_MAX; n++) {
		if (!(line = strsep(&rest, "\n")))
			break;
		step(line);
		for (size_t i = 1; i <= m.conn_count; i++)
			check_seen((int)i);
	}
	memory_close(&m);
	free(lines);
	return 0;
}
