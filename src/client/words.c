#include "client/words.h"

#include <string.h>

#define WORDS_ROW(name, zh, en) [WORDS_##name] = { zh, en },
static const char *const rows[WORDS_COUNT][WORDS_LANGS] = { WORDS(WORDS_ROW) };
#undef WORDS_ROW

const char *words_of(enum words_lang lang, enum words which)
{
	return rows[which][lang];
}

bool words_lang_parse(const char *name, enum words_lang *ret)
{
	static const char *const names[WORDS_LANGS] = { "zh", "en" };
	for (size_t i = 0; i < WORDS_LANGS; i++)
		if (strcmp(names[i], name) == 0) {
			*ret = (enum words_lang)i;
			return true;
		}
	return false;
}
