#include "protocols/protocol.h"

#include "protocols/plain.h"

#include <string.h>

const struct protocol protocols[] = {
	{ "plain", "4567", &plain_codec, sizeof(struct plain_dialog), &plain_session_ops,
	  "nc %s %s" },
	{ 0 },
};

const struct protocol *protocol_find(const char *scheme)
{
	for (const struct protocol *p = protocols; p->scheme; p++)
		if (strcmp(p->scheme, scheme) == 0)
			return p;
	return NULL;
}
