/* batch.h: a batch that a client sends: https://ircv3.net/specs/extensions/client-batch
 *
 * At most one is open at a time, and draft/multiline is the only type there is. What belongs to it is
 * kept here until it ends, and asked for then; whatever else is said meanwhile goes on as ever. One with
 * a fault is answered once, and what still comes for it is passed over. Core thread. */
#ifndef TEAHOUSE_PROTOCOLS_IRC_BATCH_H
#define TEAHOUSE_PROTOCOLS_IRC_BATCH_H

#include "protocols/irc/irc.h"

struct irc_batch;

/* r says that it belongs to a batch: irc_batch_take() is for it, and nothing else. */
bool irc_batch_claims(const struct irc_dialog *irc, const struct request *r);
void irc_batch_take(struct irc_dialog *irc, const struct irc_command *row, const struct request *r);

/* For whom a message is that BATCH with this argument would end; "": it ends none. */
const char *irc_batch_target(const struct irc_dialog *irc, const char *reference);

/* A line came of which nothing is known, and it may have belonged to it. */
void irc_batch_spoil(struct irc_dialog *irc);
/* Says so if it has been open for too long. Outside of an answer. */
void irc_batch_expire(struct irc_dialog *irc);
/* NULL is fine. */
void irc_batch_free(struct irc_batch *b);

#endif
