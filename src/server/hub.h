/* hub.h: the core thread: where listeners, I/O threads, chat and log meet.
 *
 * One turn takes what the I/O threads ask, lets the log bring back what is on disk, runs what waited
 * for it, hands the next commit over, and wakes the I/O threads it has something for: once each. */
#ifndef TEAHOUSE_SERVER_HUB_H
#define TEAHOUSE_SERVER_HUB_H

#include "net/tls_config.h"
#include "server/config.h"

struct hub;

/* Opens the history in config->data (which is locked by then), listens, and starts the threads.
 * queue_slots: of each queue between two threads. config lives as long as the hub. NULL: reason in
 * err. */
struct hub *hub_new(const struct config *config, size_t queue_slots, struct err *err);

/* Frees everything. The threads have ended, or never began; NULL is fine. */
void hub_free(struct hub *hub);

/* The index-th place listened on, as a URL and as the way in for a person ("nc 127.0.0.1 4567").
 * false: there are no more. */
bool hub_place(const struct hub *hub, size_t index, char url[128], char way_in[128]);

/* The one-time code for "OPER admin CODE", on the first start of a server where that can be said; NULL
 * on every other. */
const char *hub_first_code(const struct hub *hub);

/* The fingerprint of the index-th certificate of ircs://. false: there are no more, or none. */
bool hub_fingerprint(const struct hub *hub, size_t index, char text[TLS_FINGERPRINT_SIZE]);

/* Serves until SIGTERM or SIGINT, or SIGHUP when its terminal is gone, or an operator stops it, then says goodbye to everyone;
 * at most STOP_MS. Any other SIGHUP has the certificates read anew. The caller has blocked all three.
 * true: hub_free() is next. false: the disk still has not answered; the hub must not be
 * freed, only the program ended. */
bool hub_run(struct hub *hub);

/* After hub_run(): an operator wants the server to begin anew. */
bool hub_begins_anew(const struct hub *hub);

#endif
