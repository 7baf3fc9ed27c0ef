#include "base/log.h"

#include "base/text.h"
#include "tests/unit/check.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Standard error becomes a socket that keeps each write() apart. */
static int stderr_saved, stderr_reader;

static void catch_stderr(void)
{
	int ends[2];
	stderr_saved = dup(STDERR_FILENO);
	if (stderr_saved < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) < 0)
		abort();
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	stderr_reader = ends[0];
}

static void release_stderr(void)
{
	dup2(stderr_saved, STDERR_FILENO);
	close(stderr_saved);
	close(stderr_reader);
}

/* The next write; "nothing": there was none. */
static void next_write(char *line, size_t size)
{
	ssize_t n = recv(stderr_reader, line, size - 1, MSG_DONTWAIT);
	if (n < 0)
		n = (ssize_t)snprintf(line, size, "nothing");
	line[n] = '\0';
}

/* "2026-11-23T14:05:09Z " */
static bool is_stamp(const char *line)
{
	static const char form[] = "dddd-dd-ddTdd:dd:ddZ ";
	for (size_t i = 0; i < strlen(form); i++)
		if (form[i] == 'd' ? !isdigit((unsigned char)line[i]) : form[i] != line[i])
			return false;
	return true;
}

TEST(log_line_has_a_time_a_level_and_what_happened)
{
	char lines[4][200];

	unsetenv("JOURNAL_STREAM");
	catch_stderr();
	log_info("ready", "%s", "");
	log_warn("slow-reader", "conn=%d queued=%d", 17, 1048600);
	log_error("disk", "reason=\"%s\"", "满了");
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		next_write(lines[i], sizeof(lines[i]));
	release_stderr();
	for (size_t i = 0; i < 3; i++)
		CHECK(is_stamp(lines[i]));
	CHECK_STR(lines[0] + 21, "info ready\n");
	CHECK_STR(lines[1] + 21, "warn slow-reader conn=17 queued=1048600\n");
	CHECK_STR(lines[2] + 21, "error disk reason=\"满了\"\n");
	CHECK_STR(lines[3], "nothing");
}

TEST(log_line_for_the_journal_has_a_priority_and_no_time)
{
	char lines[3][200];

	setenv("JOURNAL_STREAM", "8:1", 1);
	catch_stderr();
	log_info("ready", "%s", "");
	log_warn("slow", "conn=%d", 1);
	log_error("disk", "conn=%d", 2);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		next_write(lines[i], sizeof(lines[i]));
	release_stderr();
	unsetenv("JOURNAL_STREAM");
	CHECK_STR(lines[0], "<6>ready\n");
	CHECK_STR(lines[1], "<4>slow conn=1\n");
	CHECK_STR(lines[2], "<3>disk conn=2\n");
}

TEST(log_line_that_is_too_long_is_still_one_line)
{
	char tea[3000], line[3][4096], more[16];

	for (size_t i = 0; i + 3 <= sizeof(tea); i += 3)
		memcpy(tea + i, "茶", 3);
	tea[sizeof(tea) - 3] = '\0';
	catch_stderr();
	for (int i = 0; i < 3; i++) { /* cut at each byte of a character */
		log_info("long", "text=%.*s%s", i, "xx", tea);
		next_write(line[i], sizeof(line[i]));
	}
	next_write(more, sizeof(more));
	release_stderr();
	for (int i = 0; i < 3; i++) {
		size_t len = strlen(line[i]);
		CHECK(len > 1000 && len <= 1024);
		CHECK_EQ(line[i][len - 1], '\n', "it ends as any other");
		CHECK_EQ(strchr(line[i], '\n') - line[i], len - 1, "and only there");
		CHECK(utf8_valid(line[i], len));
	}
	CHECK_STR(more, "nothing");
}
