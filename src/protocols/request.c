#include "protocols/request.h"

#include <string.h>

struct request *request_new(const struct command *command, const char *text, size_t len, bool flag)
{
	struct request *r = xcalloc(1, sizeof(*r) + len + 1);
	r->command = command;
	r->flag = flag;
	r->label = r->batch = r->tags = "";
	r->text_len = len;
	if (len > 0)
		memcpy(r->text, text, len);
	return r;
}
