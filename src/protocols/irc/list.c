/* list: which rooms there are. https://modern.ircdocs.horse/#list-message
 *
 * What is asked for is words with commas between them, as ELIST=CMNTU has it
 * (https://modern.ircdocs.horse/#elist-parameter): names and masks of rooms, of which one must fit, and
 * conditions, which all must hold. */
#include "protocols/irc/handlers.h"

#include "core/mask.h"

#include <stdlib.h>
#include <string.h>

/* More than a person types; each is held against every room. */
#define LIST_MASKS_MAX 8
#define MINUTE_MS 60000

/* From inclusive, to exclusive. */
struct bounds {
	int64_t from, to;
};

struct list {
	const char *masks[LIST_MASKS_MAX], *not_masks[LIST_MASKS_MAX];
	size_t mask_count, not_count, name_count;
	struct bounds members;
	struct bounds age_ms, topic_age_ms; /* the topic's only if asks_topic */
	bool asks_topic;
};

/* A negative value is an age of a clock that was set back since. */
static bool bounds_have(const struct bounds *r, int64_t value)
{
	value = value < 0 ? 0 : value;
	return value >= r->from && value < r->to;
}

/* ---- what is asked ---- */

/* "<n": less; ">n": more, or, of an age that is counted in steps, at least. */
static void bounds_narrow(struct bounds *r, const char *text, int64_t step, bool is_age)
{
	int64_t n = strtol(text + 1, NULL, 10);
	n = n < 0 ? 0 : n > INT32_MAX ? INT32_MAX : n;
	if (text[0] == '<')
		r->to = n * step;
	else
		r->from = n * step + (is_age ? 0 : 1);
}

static bool is_mask(const char *word)
{
	return strpbrk(word, "*?");
}

/* false: too many masks. word lives as long as list. */
static bool list_add(struct list *list, const char *word)
{
	bool compares = word[0] && (word[1] == '<' || word[1] == '>');
	if (word[0] == '<' || word[0] == '>') {
		bounds_narrow(&list->members, word, 1, false);
	} else if ((word[0] == 'C' || word[0] == 'c') && compares) {
		bounds_narrow(&list->age_ms, word + 1, MINUTE_MS, true);
	} else if ((word[0] == 'T' || word[0] == 't') && compares) {
		bounds_narrow(&list->topic_age_ms, word + 1, MINUTE_MS, true);
		list->asks_topic = true;
	} else if (word[0] == '!') {
		if (list->not_count == LIST_MASKS_MAX)
			return false;
		list->not_masks[list->not_count++] = word + 1;
	} else if (is_mask(word)) {
		if (list->mask_count == LIST_MASKS_MAX)
			return false;
		list->masks[list->mask_count++] = word;
	} else {
		list->name_count++;
	}
	return true;
}

/* ---- what there is ---- */

static bool matches_any(const char *const *masks, size_t count, const struct room *r)
{
	for (size_t i = 0; i < count; i++)
		if (mask_match(masks[i], r->name))
			return true;
	return false;
}

static bool list_allows(const struct list *list, struct irc_dialog *irc, const struct room *r)
{
	int64_t now_ms = irc_chat(irc)->now_ms;
	if (!r->first || !irc_sees(irc, r) ||
	    !bounds_have(&list->members, (int64_t)r->member_count) ||
	    !bounds_have(&list->age_ms, now_ms - r->since_ms) ||
	    matches_any(list->not_masks, list->not_count, r))
		return false;
	return !list->asks_topic ||
	       (r->topic && bounds_have(&list->topic_age_ms, now_ms - r->topic_ms));
}

static void list_room(struct irc_dialog *irc, const struct room *r)
{
	irc_numeric(irc, RPL_LIST, r->name, r->member_count, r->topic ? r->topic : "");
}

static void list_all(struct irc_dialog *irc, const struct list *list)
{
	const struct chat *chat = irc_chat(irc);
	for (size_t i = 0; i < chat->room_slots && !irc_answer_is_full(irc); i++) {
		const struct room *r = chat->rooms[i];
		if (r && list_allows(list, irc, r) &&
		    (list->mask_count == 0 || matches_any(list->masks, list->mask_count, r)))
			list_room(irc, r);
	}
}

static void list_name(struct irc_dialog *irc, const struct list *list, const char *name)
{
	const struct room *r = irc_room(irc, name);
	if (r && list_allows(list, irc, r) && !irc_answer_is_full(irc) &&
	    !matches_any(list->masks, list->mask_count, r))
		list_room(irc, r);
}

/* The words of list lie one behind the other in text. */
static void list_rooms(struct irc_dialog *irc, const struct list *list, const struct buf *text)
{
	if (list->mask_count > 0 || list->name_count == 0)
		list_all(irc, list);
	const char *end = text->bytes + text->len;
	for (const char *word = text->bytes; word < end; word += strlen(word) + 1)
		if (word[0] == '#' && !is_mask(word))
			list_name(irc, list, word);
}

void irc_cmd_list(struct irc_dialog *irc, const struct request *r)
{
	struct list list = { .members = { 0, INT64_MAX },
			     .age_ms = { 0, INT64_MAX },
			     .topic_age_ms = { 0, INT64_MAX } };
	struct buf text = { 0 };
	const char *refused = NULL;
	/* Names and conditions may come in two arguments, or mixed in one. */
	buf_printf(&text, "%s,%s", irc_arg(r, 0), irc_arg(r, 1));
	for (char *at = text.bytes, *word; (word = strsep(&at, ","));)
		if (word[0] && !list_add(&list, word) && !refused)
			refused = word;
	irc_numeric(irc, RPL_LISTSTART);
	if (refused)
		irc_numeric(irc, ERR_TOOMANYTARGETS, irc_word(refused));
	else
		list_rooms(irc, &list, &text);
	irc_numeric(irc, RPL_LISTEND);
	buf_done(&text);
}
