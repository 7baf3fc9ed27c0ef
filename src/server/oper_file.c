#include "server/oper_file.h"

#include "base/buf.h"
#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES_MAX (OPERS_MAX * (SECTION_NAME_BYTES_MAX + PASSWORD_HASH_SIZE + 2))
#define OPERS_PATH_SIZE 4200

static void path_of(const char *dir, char path[OPERS_PATH_SIZE])
{
	snprintf(path, OPERS_PATH_SIZE, "%s/opers", dir);
}

bool oper_file_set(struct opers *o, const char *name, const char *hash, struct err *err)
{
	char key[SECTION_NAME_BYTES_MAX + 32];
	if (strlen(name) > SECTION_NAME_BYTES_MAX || strchr(name, '.'))
		return err_set(err, ERR_INVALID,
			       "an operator's name has letters, digits, - and _, at most %d bytes",
			       SECTION_NAME_BYTES_MAX);
	snprintf(key, sizeof(key), "oper.%s.password_hash", name);
	return opers_set(o, key, hash, err);
}

/* text is the caller's, to be changed. */
static bool read_lines(char *text, const char *path, struct opers *o, struct err *err)
{
	unsigned number = 1;
	struct err why;
	for (char *line = text, *end; *line; line = end + 1, number++) {
		end = line + strcspn(line, "\n");
		char *space = strchr(line, ' ');
		if (*end != '\n' || !space || space > end)
			return err_set(err, ERR_INVALID, "%s:%u: this is no name and hash", path,
				       number);
		*end = *space = '\0';
		if (!oper_file_set(o, line, space + 1, &why))
			return err_set(err, ERR_INVALID, "%s:%u: %s", path, number, why.text);
	}
	return true;
}

bool oper_file_read(const char *dir, struct opers *o, struct err *err)
{
	char path[OPERS_PATH_SIZE];
	size_t len = 0;
	char *text = xcalloc(FILE_BYTES_MAX + 1, 1);
	*o = (struct opers){ 0 };
	path_of(dir, path);
	enum file_result result = file_read(path, text, FILE_BYTES_MAX, &len, err);
	bool ok = result == FILE_NONE || (result == FILE_READ && read_lines(text, path, o, err));
	free(text);
	return ok;
}

bool oper_file_write(const char *dir, const struct opers *o, struct err *err)
{
	char path[OPERS_PATH_SIZE];
	struct buf text = { 0 };
	path_of(dir, path);
	for (size_t i = 0; i < o->count; i++)
		buf_printf(&text, "%s %s\n", o->all[i].name, o->all[i].password.hash);
	bool ok = file_write(path, text.bytes, text.len, err);
	buf_done(&text);
	return ok;
}
