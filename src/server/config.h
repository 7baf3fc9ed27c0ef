/* config.h: how the server is to run: from the command line, the environment, a file, or by default.
 *
 * Sections and keys are those of the file (INI); --set section.key=value and TEAHOUSE_SECTION_KEY
 * mean the same. The command line counts more than the environment, and that more than the file.
 * [oper NAME] is --set oper.NAME.key=value, and has no variable: those have no small letters. [webirc
 * NAME] likewise. */
#ifndef TEAHOUSE_SERVER_CONFIG_H
#define TEAHOUSE_SERVER_CONFIG_H

#include "base/err.h"
#include "base/limits.h"
#include "base/url.h"
#include "core/account.h"
#include "core/nick.h"
#include "net/address.h"
#include "protocols/texts.h"
#include "server/gateways.h"
#include "server/opers.h"
#include "store/history.h"

#define EXEMPT_MAX 64
#define PATH_SIZE 4096

/* Where a setting comes from, the weakest first. A list given by one replaces a weaker one's. */
enum config_source { CONFIG_DEFAULT, CONFIG_FILE, CONFIG_ENVIRONMENT, CONFIG_COMMAND };

struct config {
	/* [server] */
	char data[PATH_SIZE]; /* "": $XDG_STATE_HOME/teahouse */
	struct url listen[LISTENERS_MAX];
	size_t listen_count; /* 0: the defaults */
	char name[SERVER_NAME_BYTES_MAX + 1];
	char network[NETWORK_BYTES_MAX + 1];
	char description[DESCRIPTION_BYTES_MAX + 1];
	char admin[DESCRIPTION_BYTES_MAX + 1];
	char icon[ICON_BYTES_MAX + 1]; /* "": none */
	struct password password;      /* everyone must give it */
	char motd[PATH_SIZE];          /* of a file; "": none */
	char lobby[ROOM_BYTES_MAX + 1];
	enum lang lang;
	enum casemapping casemapping;
	enum durability durability;
	size_t threads; /* I/O threads */
	/* [tls] */
	char tls_cert[PATH_SIZE], tls_key[PATH_SIZE]; /* lists of paths; "": the server's own */
	size_t sts_seconds; /* how long clients are to come by TLS only; SIZE_MAX: nothing is said of it */
	/* [limits] */
	struct network exempt[EXEMPT_MAX];
	size_t exempt_count;
	size_t nick_bytes, user_bytes, room_bytes, rooms, output_bytes;
	size_t register_timeout_s, ping_interval_s, ping_timeout_s;
	size_t line_rate;     /* a second; 0: no limit */
	size_t login_rate;    /* failures a minute, of an account or an address; 0: no limit */
	size_t register_rate; /* accounts an hour, of an address; 0: no limit */
	size_t whowas;        /* remembered of those who left */
	size_t monitor;       /* nicks that a client may watch */
	/* [history] */
	size_t replay;
	/* [accounts] */
	struct account_rules accounts;
	/* [oper NAME] */
	struct opers opers;
	/* [webirc NAME] */
	struct gateway_list gateways;

	bool is_public; /* listen on all addresses; --public */
	enum config_source listen_source, exempt_source;
	/* Reads all of it once more, into fresh, from where this came; NULL: it came from nowhere. */
	bool (*again)(struct config *fresh, struct err *err);
};

/* Fills in the defaults. */
void config_init(struct config *c);

/* Each says in err which line, variable or option is wrong, and why. */
MUST_USE bool config_read_file(struct config *c, const char *path, struct err *err);
/* environment: as environ(7) has it. */
MUST_USE bool config_read_environment(struct config *c, char **environment, struct err *err);
/* From the command line; assignment: "section.key=value" */
MUST_USE bool config_set(struct config *c, const char *assignment, struct err *err);
/* key: "section.key", "oper.NAME.key" or "oper NAME.key", and so on */
MUST_USE bool config_set_key(struct config *c, enum config_source source, const char *key,
			     const char *value, struct err *err);

/* The data folder, if none is set yet, is where it is by default. */
MUST_USE bool config_find_data(struct config *c, struct err *err);
/* After the last setting: decides what was left open, and checks what goes together. */
MUST_USE bool config_finish(struct config *c, struct err *err);

#endif
