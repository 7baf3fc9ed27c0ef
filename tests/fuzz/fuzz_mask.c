/* fuzz_mask: any text as a mask, and as the text of a change of modes: what is completed is complete and
 * fits, means the same people as the masks it is made of, and a change is read back as it was written. */
#include "core/ban.h"
#include "core/mode.h"
#include "core/rules.h"

#include "base/text.h"

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

/* mask_match() once more, as one would tell it: slowly. */
static bool matches(const char *mask, const char *text, unsigned *steps)
{
	if (++*steps > 20000)
		return false;
	if (*mask == '*')
		return matches(mask + 1, text, steps) || (*text && matches(mask, text + 1, steps));
	if (!*mask || !*text)
		return *mask == *text;
	char a = *mask >= 'A' && *mask <= 'Z' ? (char)(*mask + 32) : *mask;
	char b = *text >= 'A' && *text <= 'Z' ? (char)(*text + 32) : *text;
	return (a == '?' || a == b) && matches(mask + 1, text + 1, steps);
}

static bool is_ascii(const char *text)
{
	while (*text)
		if ((unsigned char)*text++ >= 0x80)
			return false;
	return true;
}

static void check_match(const char *mask, const char *text)
{
	unsigned steps = 0;
	bool found = mask_match(mask, text);
	if (!is_ascii(mask) || !is_ascii(text))
		return;
	bool expected = matches(mask, text, &steps);
	must(steps > 20000 || found == expected, "a mask matches what it says");
}

static void check_ban(const char *mask, const char *text)
{
	char once[MASK_SIZE], twice[MASK_SIZE];
	struct person p = { .account = text };
	snprintf(p.source, sizeof(p.source), "%.*s", (int)utf8_cut(text, strlen(text), 100), text);
	snprintf(p.real, sizeof(p.real), "%s", p.source);
	(void)ban_means(mask, &p, BAN_SPEAK); /* whatever a database says */
	if (!ban_complete(mask, once))
		return;
	must(mask_is_word(once) && utf8_valid(once, strlen(once)), "it is a word");
	must(ban_complete(once, twice) && strcmp(once, twice) == 0, "complete is complete");
	must(ban_minutes(once) <= BAN_MINUTES_MAX, "it ends within a year, if it does");
	must(!ban_means(once, &p, BAN_ENTER) || ban_means(once, &p, BAN_SPEAK),
	     "who may not come in may not speak");
}

static void check_modes(const char *text)
{
	struct mode_change changes[MODE_CHANGES_MAX], again[MODE_CHANGES_MAX];
	struct buf written = { 0 }, rewritten = { 0 };
	struct rules rules = { 0 };
	char *copy = xstrdup(text);
	size_t count = mode_parse(copy, changes, MODE_CHANGES_MAX);
	mode_text(changes, count, &written);
	char *second = xstrdup(written.len ? written.bytes : "");
	size_t same = mode_parse(second, again, MODE_CHANGES_MAX);
	must(same == count, "as many changes are read back");
	mode_text(again, same, &rewritten);
	must(written.len == rewritten.len &&
		     (written.len == 0 || memcmp(written.bytes, rewritten.bytes, written.len) == 0),
	     "the same changes are read back");
	for (size_t i = 0; i < count; i++) {
		rules_apply(&rules, &changes[i], "li", 1000);
		must(changes[i].mode->kind == MODE_RANK || changes[i].on ||
			     rules_have(&rules, &changes[i]),
		     "what is taken off is off");
	}
	for (size_t i = 0; i < RULES_LISTS; i++)
		must(rules.lists[i].count <= ROOM_MASKS_MAX, "lists have an end");
	rules_done(&rules);
	free(copy);
	free(second);
	buf_done(&written);
	buf_done(&rewritten);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Two texts: the second begins behind the first newline. */
	char *mask = xcalloc(size + 1, 1);
	memcpy(mask, data, size);
	for (size_t i = 0; i < size; i++)
		if (!mask[i])
			mask[i] = ' ';
	char *text = strchr(mask, '\n');
	if (text)
		*text++ = '\0';
	else
		text = mask + size;
	if (utf8_valid(mask, strlen(mask)) && utf8_valid(text, strlen(text))) {
		check_match(mask, text);
		check_ban(mask, text);
		check_modes(mask);
		check_modes(text);
	}
	free(mask);
	return 0;
}
