#include "bench/options.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_URL "irc://127.0.0.1:6667"
#define FIELD(name) offsetof(struct options, name)

static const struct setting {
	const char *name;
	size_t field; /* an unsigned of struct options */
	unsigned value, min, max;
	const char *help;
} settings[] = {
	{ "--pid", FIELD(pid), 0, 0, 1u << 30, "the server's process: its CPU time and memory" },
	{ "--at-once", FIELD(at_once), 256, 1, 100000, "clients registering at the same time" },
	{ "--patience", FIELD(patience), 15, 1, 600, "seconds without progress before giving up" },
	{ "--members", FIELD(members), 50, 1, 100000, "of a room" },
	{ "--rooms", FIELD(rooms), 1, 1, 10000, "fanout: how many" },
	{ "--senders", FIELD(senders), 1, 1, 10000, "fanout: members of a room who talk" },
	{ "--window", FIELD(window), 32, 1, 10000, "fanout: messages of a sender in flight" },
	{ "--bytes", FIELD(bytes), 64, 16, 400, "fanout: of a message's text" },
	{ "--messages", FIELD(messages), 0, 0, 1u << 30, "fanout: of a sender; 0: no limit" },
	{ "--seconds", FIELD(seconds), 3, 1, 600, "fanout: measured, at most" },
	{ "--warmup-ms", FIELD(warmup_ms), 500, 0, 60000, "fanout: not measured, before" },
	{ "--clients", FIELD(clients), 10000, 1, 100000, "idle, storm: how many" },
	{ "--base-clients", FIELD(base_clients), 2000, 1, 100000, "idle: at the first look" },
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
		if (!text)
			return err_set(err, ERR_INVALID, "%s needs a number", name);
		char *end;
		unsigned long value = strtoul(text, &end, 10);
		if (*text < '0' || *text > '9' || *end || value < s->min || value > s->max)
			return err_set(err, ERR_INVALID, "%s has to be from %u to %u", name, s->min,
				       s->max);
		*setting_value(s, o) = (unsigned)value;
		return true;
	}
	return err_set(err, ERR_INVALID, "there is no option %.60s: see teahouse bench --help",
		       name);
}

static bool set_url(struct options *o, const char *text, struct err *err)
{
	if (!url_parse(text, &o->url, err))
		return false;
	if (strcmp(o->url.scheme, "irc") != 0)
		return err_set(err, ERR_INVALID, "only irc:// can be measured, not %.60s", text);
	if (!o->url.port[0])
		snprintf(o->url.port, sizeof(o->url.port), "6667");
	return true;
}

bool options_read(struct options *o, int argc, char **argv, struct err *err)
{
	const char *url = NULL;
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		*setting_value(&settings[i], o) = settings[i].value;
	o->json = false;
	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0) {
			o->json = true;
		} else if (argv[i][0] != '-') {
			if (url)
				return err_set(err, ERR_INVALID,
					       "one server at a time: %.60s is a second", argv[i]);
			url = argv[i];
		} else {
			if (!set_number(o, argv[i], i + 1 < argc ? argv[i + 1] : NULL, err))
				return false;
			i++;
		}
	}
	return set_url(o, url ? url : DEFAULT_URL, err);
}

void options_help(FILE *out)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		fprintf(out, "  %-16s %s (%u)\n", settings[i].name, settings[i].help,
			settings[i].value);
}
