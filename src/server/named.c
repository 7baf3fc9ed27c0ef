#include "server/named.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>

/* Neither a dot nor anything else that a key is written with. */
static bool name_valid(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((name[i] & 0x80) == 0 && !isalnum((unsigned char)name[i]) && name[i] != '-' &&
		    name[i] != '_')
			return false;
	return len > 0 && len <= SECTION_NAME_BYTES_MAX && utf8_valid(name, len);
}

bool named_is_of(const char *section, const char *key)
{
	size_t len = strlen(section);
	return strncmp(key, section, len) == 0 && (key[len] == ' ' || key[len] == '.');
}

static bool is_among(const char *const words[], const char *word)
{
	for (; *words; words++)
		if (strcmp(*words, word) == 0)
			return true;
	return false;
}

bool named_parse(const char *section, const char *key, const char *const whats[],
		 struct named_key *ret, struct err *err)
{
	const char *name = key + strlen(section) + 1, *dot = strrchr(name, '.');
	if (!dot || !is_among(whats, dot + 1))
		return err_set(err, ERR_INVALID, "there is no setting %.60s", key);
	*ret = (struct named_key){ name, (size_t)(dot - name), dot + 1 };
	if (!name_valid(name, ret->name_len))
		return err_set(err, ERR_INVALID,
			       "a name has letters, digits, - and _, at most %d bytes, unlike that "
			       "of %.60s",
			       SECTION_NAME_BYTES_MAX, key);
	return true;
}
