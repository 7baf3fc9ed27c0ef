#include "server/about.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* *ret: NULL if there is none. */
static bool read_motd(const char *path, char **ret, struct err *err)
{
	*ret = NULL;
	if (!path[0])
		return true;
	char *text = xcalloc(1, MOTD_BYTES_MAX + 1);
	size_t len = 0;
	struct err why;
	if (file_read(path, text, MOTD_BYTES_MAX, &len, &why) != FILE_READ)
		err_set(err, why.code, "server.motd: %s", why.text);
	else if (memchr(text, '\0', len) || !utf8_valid(text, len))
		err_set(err, ERR_INVALID, "server.motd: %s is not UTF-8 text", path);
	else
		*ret = text;
	if (!*ret)
		free(text);
	return *ret;
}

/* What may change. */
static bool about_read(struct about *a, const struct config *config, struct err *err)
{
	char *motd;
	if (!read_motd(config->motd, &motd, err))
		return false;
	free(a->motd);
	a->motd = motd;
	a->sts_seconds = config->sts_seconds == SIZE_MAX ? -1 : (int64_t)config->sts_seconds;
	return true;
}

bool about_open(struct about *a, const struct config *config, struct err *err)
{
	*a = (struct about){
		.name = config->name,
		.network = config->network,
		.description = config->description,
		.icon = config->icon,
		.admin = config->admin,
		.started_ms = clock_wall_ms(),
	};
	return about_read(a, config, err);
}

void about_done(struct about *a)
{
	free(a->motd);
	a->motd = NULL;
}

bool about_read_again(struct about *a, const struct config *config, struct err *err)
{
	struct config *fresh;
	if (!config->again)
		return about_read(a, config, err);
	fresh = xcalloc(1, sizeof(*fresh)); /* too large for the stack */
	bool ok = config->again(fresh, err) && about_read(a, fresh, err);
	free(fresh);
	return ok;
}
