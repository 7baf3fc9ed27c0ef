#include "protocols/texts.h"

#include <assert.h>
#include <string.h>

#define TEXT_ROW(name, zh, en) [TEXT_##name] = { zh, en },
static const char *const texts[TEXT_COUNT][LANG_COUNT] = { TEXTS(TEXT_ROW) };
#undef TEXT_ROW

const char *text_of(enum lang lang, enum text text)
{
	assert(lang < LANG_COUNT && text < TEXT_COUNT);
	return texts[text][lang];
}

bool lang_parse(const char *name, enum lang *ret)
{
	static const char *const names[LANG_COUNT] = { [LANG_ZH] = "zh", [LANG_EN] = "en" };
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(name, names[i]) == 0) {
			*ret = (enum lang)i;
			return true;
		}
	return false;
}
