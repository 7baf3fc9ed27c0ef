/* oper_file.h: operators who were added while the server ran, in data/opers: a line for each, his name
 * and the hash of his password. Those of the configuration are not among them. */
#ifndef TEAHOUSE_SERVER_OPER_FILE_H
#define TEAHOUSE_SERVER_OPER_FILE_H

#include "server/opers.h"

/* No file: nobody. err says which line is wrong. */
MUST_USE bool oper_file_read(const char *dir, struct opers *o, struct err *err);
/* On disk when it returns true. */
MUST_USE bool oper_file_write(const char *dir, const struct opers *o, struct err *err);
/* Adds name, or gives it another password. name: as it was given. */
MUST_USE bool oper_file_set(struct opers *o, const char *name, const char *hash, struct err *err);

#endif
