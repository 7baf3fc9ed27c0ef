#include "client/words.h"

#define WORDS_ROW(name, zh, en) [WORDS_##name] = { zh, en },
static const char *const rows[WORDS_COUNT][LANG_COUNT] = { WORDS(WORDS_ROW) };
#undef WORDS_ROW

const char *words_of(enum lang lang, enum words which)
{
	return rows[which][lang];
}
