#include "bench/options.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_URL "irc://127.0.0.1:6667"
#define FIELD(name) offsetof(struct options, name)

static const struct setting {
	const char *name;
	size_t field; /* an unsigned of struct options */
	int value, min, max;
	const char *help;
} settings[] = {
	{ "--pid", FIELD(pid), 0, 0, 1 << 30, "the server's process: its CPU time and memory" },
	{ "--cpu", FIELD(cpu), -1, -1, 1023, "the core this program stays on; -1: any" },
	{ "--at-once", FIELD(at_once), 256, 1, 100000, "clients coming in at the same time" },
	{ "--patience", FIELD(patience), 15, 1, 600, "seconds without progress before giving up" },
	{ "--seconds", FIELD(seconds), 3, 1, 600, "measured, at most" },
	{ "--warmup-ms", FIELD(warmup_ms), 500, 0, 60000, "not measured, before" },
	{ "--members", FIELD(members), 50, 1, 100000, "of a room" },
	{ "--rooms", FIELD(rooms), 1, 1, 10000, "how many" },
	{ "--senders", FIELD(senders), 1, 1, 10000, "members of a room who talk" },
	{ "--bytes", FIELD(bytes), 64, 16, 400, "of a message's text" },
	{ "--messages", FIELD(messages), 0, 0, 1 << 30, "of a sender; 0: no limit" },
	{ "--rate", FIELD(rate), 0, 0, 1000000,
	  "messages per second of all senders, on time; 0: as fast as it goes" },
	{ "--window", FIELD(window), 0, 0, 1 << 20,
	  "messages of a sender in flight; 0: 32, with --rate a million of all" },
	{ "--echo", FIELD(echo), 0, 0, 1, "1: senders ask for their echo, and it is measured" },
	{ "--clients", FIELD(clients), 10000, 1, 100000, "how many" },
	{ "--base-clients", FIELD(base_clients), 2000, 1, 100000, "idle: at the first look" },
	{ "--cut", FIELD(cut), 0, 0, 1, "storm: 1: all are in, are cut off, and come back" },
	{ "--ping-ms", FIELD(ping_ms), 5, 1, 10000, "ping: from one to the next" },
	{ "--slow", FIELD(slow), 10, 1, 10000, "slow: members who do not read" },
	{ "--limit", FIELD(limit), 50, 1, 10000, "history: messages asked for" },
	{ "--from-s", FIELD(from_s), 0, 0, INT_MAX,
	  "history: asks for what was before moments from then on (Unix time); 0: the latest" },
	{ "--to-s", FIELD(to_s), 0, 0, INT_MAX, "history: and up to then" },
};

static unsigned *setting_value(const struct setting *s, struct options *o)
{
	return (unsigned *)((char *)o + s->field);
}

static bool set_number(struct options *o, const char *name, const char *text, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		const struct setting *s = &settings[i];
		if (strcmp(s->name, name) != 0)
			continue;
		char *end;
		long value = strtol(text, &end, 10);
		if (end == text || *end || value < s->min || value > s->max)
			return err_set(err, ERR_INVALID, "%s has to be from %d to %d", name, s->min,
				       s->max);
		*setting_value(s, o) = (unsigned)value;
		return true;
	}
	return err_set(err, ERR_INVALID, "there is no option %.60s: see teahouse bench --help",
		       name);
}

static bool set_room(struct options *o, const char *text, struct err *err)
{
	if (text[0] != '#' || strlen(text) > ROOM_BYTES_MAX || strpbrk(text, " ,\r\n\a"))
		return err_set(err, ERR_INVALID, "a room is # and at most %d bytes, not \"%.60s\"",
			       ROOM_BYTES_MAX - 1, text);
	snprintf(o->room, sizeof(o->room), "%s", text);
	return true;
}

static bool set_option(struct options *o, const char *name, const char *text, struct err *err)
{
	if (!text)
		return err_set(err, ERR_INVALID, "%.60s needs a value", name);
	if (strcmp(name, "--hash") == 0) {
		o->hash = text;
		return true;
	}
	return strcmp(name, "--room") == 0 ? set_room(o, text, err)
					   : set_number(o, name, text, err);
}

static bool set_url(struct options *o, const char *text, struct err *err)
{
	if (!url_parse(text, &o->url, err))
		return false;
	bool tls = strcmp(o->url.scheme, "ircs") == 0;
	if (!tls && strcmp(o->url.scheme, "irc") != 0)
		return err_set(err, ERR_INVALID, "irc:// or ircs:// can be measured, not %.60s",
			       text);
	if (!o->url.port[0])
		snprintf(o->url.port, sizeof(o->url.port), tls ? "6697" : "6667");
	return true;
}

static bool set_defaults(struct options *o, const char *const *presets, struct err *err)
{
	*o = (struct options){ 0 };
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		*setting_value(&settings[i], o) = (unsigned)settings[i].value;
	for (; presets && *presets; presets += 2)
		if (!set_option(o, presets[0], presets[1], err))
			return false;
	return true;
}

bool options_read(struct options *o, const char *const *presets, int argc, char **argv,
		  struct err *err)
{
	const char *url = NULL;
	if (!set_defaults(o, presets, err))
		return false;
	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0) {
			o->json = true;
		} else if (argv[i][0] != '-') {
			if (url)
				return err_set(err, ERR_INVALID,
					       "one server at a time: %.60s is a second", argv[i]);
			url = argv[i];
		} else {
			if (!set_option(o, argv[i], i + 1 < argc ? argv[i + 1] : NULL, err))
				return false;
			i++;
		}
	}
	return set_url(o, url ? url : DEFAULT_URL, err);
}

void options_help(FILE *out)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		fprintf(out, "  %-16s %s (%d)\n", settings[i].name, settings[i].help,
			settings[i].value);
	fprintf(out, "  %-16s history: where (#bench0)\n", "--room");
	fprintf(out, "  %-16s logins: of the password, to be timed: teahouse passwd\n", "--hash");
}
