/* past.h: a room's past comes in pages, newest page first, while new lines come too. Nothing is shown
 * until all of it is there; then it is shown in order, each message once. */
#ifndef TEAHOUSE_CLIENT_PAST_H
#define TEAHOUSE_CLIENT_PAST_H

#include "client/model.h"

/* r is entered: from now on what comes is held. */
void past_begin(struct model *m, struct model_room *r);

/* Something came that was said there: held, if the past is on its way. false: it is to be shown. */
bool past_hold(struct model_room *r, const char *id, const struct shown *what);

/* A page has come: its messages, oldest first, of the size that was asked for. true: another one is
 * to be asked for, before *ret_before (an id). Otherwise all is shown. */
bool past_page(struct model *m, struct model_room *r, struct kept_lines *page, size_t asked,
	       const char **ret_before);

/* There is no past to be had: what was held is shown. */
void past_give_up(struct model *m, struct model_room *r);

void kept_lines_add(struct kept_lines *k, const char *id, const struct shown *what);
void kept_lines_done(struct kept_lines *k);

#endif
