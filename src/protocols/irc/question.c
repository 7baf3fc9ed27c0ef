#include "protocols/irc/question.h"

#include "protocols/irc/irc.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What a subcommand has between its target and its limit, and what it makes of it. */
struct subcommand {
	const char *name;
	bool has_target;
	size_t bound_count;
	enum { BY_ANYTHING, BY_ANYTHING_OR_STAR, BY_TIME } bound;
	void (*fill)(struct irc_question *q, const struct event_bound *bounds, size_t limit);
};

static void fill_after(struct irc_question *q, const struct event_bound *bounds, size_t limit)
{
	q->spans[0] = (struct event_span){ .after = bounds[0], .limit = limit, .oldest = true };
}

/* What is in the middle is the first of what follows. */
static void fill_around(struct irc_question *q, const struct event_bound *bounds, size_t limit)
{
	struct event_bound middle = bounds[0];
	middle.with_it = true;
	q->spans[0] = (struct event_span){ .before = bounds[0], .limit = limit / 2 };
	q->spans[1] = (struct event_span){ .after = middle,
					   .limit = limit - limit / 2,
					   .oldest = true };
	q->span_count = 2;
}

static void fill_before(struct irc_question *q, const struct event_bound *bounds, size_t limit)
{
	q->spans[0] = (struct event_span){ .before = bounds[0], .limit = limit };
}

/* Counted from the bound that is named first. */
static void fill_between(struct irc_question *q, const struct event_bound *bounds, size_t limit)
{
	q->spans[0] = (struct event_span){ .after = bounds[0],
					   .before = bounds[1],
					   .either_way = true,
					   .limit = limit,
					   .oldest = true };
}

static void fill_latest(struct irc_question *q, const struct event_bound *bounds, size_t limit)
{
	q->spans[0] = (struct event_span){ .after = bounds[0], .limit = limit };
}

static void fill_targets(struct irc_question *q, const struct event_bound *bounds, size_t limit)
{
	bool backwards = bounds[1].time_ms < bounds[0].time_ms;
	q->spans[0] = (struct event_span){ .after = bounds[backwards],
					   .before = bounds[!backwards],
					   .limit = limit,
					   .oldest = !backwards };
}

static const struct subcommand subcommands[] = {
	{ "AFTER", true, 1, BY_ANYTHING, fill_after },
	{ "AROUND", true, 1, BY_ANYTHING, fill_around },
	{ "BEFORE", true, 1, BY_ANYTHING, fill_before },
	{ "BETWEEN", true, 2, BY_ANYTHING, fill_between },
	{ "LATEST", true, 1, BY_ANYTHING_OR_STAR, fill_latest },
	{ "TARGETS", false, 2, BY_TIME, fill_targets },
};

static const struct subcommand *subcommand_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(subcommands); i++)
		if (strcasecmp(subcommands[i].name, name) == 0)
			return &subcommands[i];
	return NULL;
}

/* Any word may be an id, for all that a client knows. */
static bool parse_bound(const char *text, const struct subcommand *sub, struct event_bound *ret)
{
	*ret = (struct event_bound){ 0 };
	if (strcmp(text, "*") == 0)
		return sub->bound == BY_ANYTHING_OR_STAR;
	if (strncmp(text, "timestamp=", 10) == 0) {
		ret->by = BOUND_TIME;
		return irc_time_parse(text + 10, &ret->time_ms);
	}
	if (strncmp(text, "msgid=", 6) == 0 && text[6] && sub->bound != BY_TIME) {
		ret->by = BOUND_ID;
		if (!irc_msgid_parse(text + 6, &ret->id))
			ret->id = UINT64_MAX;
		return true;
	}
	return false;
}

bool irc_limit_parse(const char *text, size_t *ret)
{
	size_t digits = strspn(text, "0123456789");
	if (digits == 0 || text[digits] || digits > 9)
		return false;
	*ret = strtoul(text, NULL, 10);
	return *ret > 0;
}

static bool fails(enum irc_fail *ret_why, enum irc_fail why)
{
	*ret_why = why;
	return false;
}

bool irc_question_read(size_t argc, const char *const *argv, struct irc_question *ret,
		       const char **ret_context, enum irc_fail *ret_why)
{
	const struct subcommand *sub = argc > 0 ? subcommand_find(argv[0]) : NULL;
	struct event_bound bounds[2];
	size_t limit;
	*ret_context = "";
	if (argc > 0 && !sub)
		return fails(ret_why, FAIL_HISTORY_COMMAND);
	size_t first = sub && sub->has_target ? 2 : 1, wanted = sub ? first + sub->bound_count : 0;
	if (!sub || argc <= wanted)
		return fails(ret_why, FAIL_HISTORY_TOO_FEW);
	if (argc > wanted + 1)
		return fails(ret_why, FAIL_HISTORY_TOO_MANY);
	for (size_t i = 0; i < sub->bound_count; i++) {
		*ret_context = argv[first + i];
		if (!parse_bound(argv[first + i], sub, &bounds[i]))
			return fails(ret_why, bounds[i].by == BOUND_TIME ? FAIL_HISTORY_TIME
									 : FAIL_HISTORY_REFERENCE);
	}
	*ret_context = "";
	if (!irc_limit_parse(argv[wanted], &limit))
		return fails(ret_why, FAIL_HISTORY_LIMIT);
	if (limit > HISTORY_MAX)
		limit = HISTORY_MAX;
	*ret = (struct irc_question){ .target = sub->has_target ? argv[1] : NULL, .span_count = 1 };
	sub->fill(ret, bounds, limit);
	return true;
}
