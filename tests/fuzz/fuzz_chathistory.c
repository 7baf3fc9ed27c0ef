/* fuzz_chathistory: any words as the arguments of CHATHISTORY: what is read of them is a question that can be
 * asked, and what is not read says why. */
#include "protocols/irc/irc.h"
#include "protocols/irc/line.h"
#include "protocols/irc/question.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

static void check_bound(const struct event_bound *bound)
{
	char text[IRC_TIME_SIZE];
	int64_t again;
	switch (bound->by) {
	case BOUND_NONE:
		return;
	case BOUND_ID:
		must(bound->time_ms == 0, "a bound is an id or a time");
		return;
	case BOUND_TIME:
		must(bound->id == 0, "a bound is a time or an id");
		must(bound->time_ms >= 0, "a time is not before the first");
		irc_time_text(bound->time_ms, text);
		must(irc_time_parse(text, &again) && again == bound->time_ms,
		     "a time is read as it is written");
		return;
	}
	must(false, "a bound is of one of three kinds");
}

static void check_targets(const struct event_span *window)
{
	must(window->after.by == BOUND_TIME && window->before.by == BOUND_TIME,
	     "a window is between times");
	must(window->after.time_ms <= window->before.time_ms, "which stand in their order");
}

static void check_question(const struct irc_question *q, size_t argc, const char *const *argv)
{
	size_t limits = 0;
	must(q->span_count == 1 || q->span_count == 2, "there is something to read");
	must(!q->target || (argc > 1 && q->target == argv[1]), "the target is the second argument");
	for (size_t i = 0; i < q->span_count; i++) {
		check_bound(&q->spans[i].after);
		check_bound(&q->spans[i].before);
		limits += q->spans[i].limit;
	}
	must(limits > 0 && limits <= HISTORY_MAX, "something is wanted, and not too much");
	if (!q->target)
		check_targets(&q->spans[0]);
}

static void check_arguments(size_t argc, const char *const *argv)
{
	struct irc_question q;
	const char *context = NULL;
	enum irc_fail why;
	if (irc_question_read(argc, argv, &q, &context, &why)) {
		check_question(&q, argc, argv);
		return;
	}
	bool is_argument = context && !context[0];
	for (size_t i = 0; i < argc; i++)
		is_argument = is_argument || context == argv[i];
	must(is_argument, "what cannot be read is one of them, or nothing in particular");
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t len);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t len)
{
	const char *argv[IRC_PARAMS_MAX];
	size_t argc = 0;
	char *text = malloc(len + 1), *save = NULL;
	must(text, "there is memory");
	memcpy(text, bytes, len);
	text[len] = '\0';
	for (char *word = strtok_r(text, " \n", &save); word && argc < IRC_PARAMS_MAX;
	     word = strtok_r(NULL, " \n", &save))
		argv[argc++] = word;
	check_arguments(argc, argv);
	free(text);
	return 0;
}
