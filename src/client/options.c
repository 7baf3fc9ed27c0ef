#include "client/options.h"

#include "base/text.h"
#include "client/speech.h"

#include <getopt.h>
#include <ini.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
	"usage: teahouse join [options] [URL] [ROOM]\n"
	"\n"
	"  URL                   host, host:port, irc://host:port/room or plain://host:port\n"
	"                        (default: irc://127.0.0.1, this machine)\n"
	"  ROOM                  with or without its # (default: lobby)\n"
	"\n"
	"  --nick NICK           your name there (default: your user name)\n"
	"  --password-file FILE  the server's password is FILE's first line; -: standard input's\n"
	"  --password-command COMMAND\n"
	"                        it is the first line that COMMAND prints\n"
	"  --lang zh|en          (default: as LANG has it)\n"
	"  --color auto|always|never\n"
	"                        auto heeds NO_COLOR\n"
	"  --line                line mode, which is all there is yet\n"
	"  --help, --version\n"
	"\n"
	"Where input or output is no terminal, each line of standard input is said, what others\n"
	"say is printed, and the exit code is 0 only if all of it arrived. nick, lang and color can\n"
	"also be set in teahouse/client.conf in $XDG_CONFIG_HOME or ~/.config.\n";

enum letter {
	OPT_NICK = 1,
	OPT_FILE,
	OPT_COMMAND,
	OPT_LANG,
	OPT_COLOR,
	OPT_LINE,
	OPT_HELP,
	OPT_VERSION
};

static const struct option long_options[] = {
	{ "nick", required_argument, NULL, OPT_NICK },
	{ "password-file", required_argument, NULL, OPT_FILE },
	{ "password-command", required_argument, NULL, OPT_COMMAND },
	{ "lang", required_argument, NULL, OPT_LANG },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "line", no_argument, NULL, OPT_LINE },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ 0 },
};

/* ---- values ---- */

static bool set_nick(struct join_options *o, const char *value, struct err *err)
{
	if (!*value || strlen(value) > NICK_BYTES_MAX || strchr(value, ' ') ||
	    !utf8_valid(value, strlen(value)))
		return err_set(err, ERR_INVALID,
			       "a nickname is 1 to %d bytes without spaces, not \"%.60s\"",
			       NICK_BYTES_MAX, value);
	snprintf(o->nick, sizeof(o->nick), "%s", value);
	return true;
}

static bool set_lang(struct join_options *o, const char *value, struct err *err)
{
	return lang_parse(value, &o->lang) ||
	       err_set(err, ERR_INVALID, "lang must be zh or en, not \"%.60s\"", value);
}

static bool set_color(struct join_options *o, const char *value, struct err *err)
{
	static const char *const words[] = { "auto", "always", "never" };
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i], value) == 0) {
			o->colour = (enum colour_mode)i;
			return true;
		}
	return err_set(err, ERR_INVALID, "color must be auto, always or never, not \"%.60s\"",
		       value);
}

static bool take_password(struct join_options *o, FILE *from, const char *what, struct err *err)
{
	char line[sizeof(o->password) + 2];
	if (!fgets(line, sizeof(line), from))
		return err_set(err, ERR_IO, "%.100s gives no password", what);
	size_t len = strcspn(line, "\r\n");
	if (len == 0 || len > PASSWORD_BYTES_MAX)
		return err_set(err, ERR_INVALID, "a password is 1 to %d bytes", PASSWORD_BYTES_MAX);
	line[len] = '\0';
	memcpy(o->password, line, len + 1);
	return true;
}

static bool read_password(struct join_options *o, const char *path, struct err *err)
{
	if (strcmp(path, "-") == 0)
		return take_password(o, stdin, "standard input", err);
	FILE *file = fopen(path, "re");
	if (!file)
		return err_errno(err, "cannot read %.100s", path);
	bool ok = take_password(o, file, path, err);
	fclose(file);
	return ok;
}

static bool ask_password(struct join_options *o, const char *command, struct err *err)
{
	FILE *pipe = popen(command, "re");
	if (!pipe)
		return err_errno(err, "cannot run %.100s", command);
	bool ok = take_password(o, pipe, command, err);
	pclose(pipe);
	return ok;
}

/* ---- what was not said ---- */

static enum lang lang_of_environment(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *value = getenv(names[i]);
		if (value && *value)
			return strncmp(value, "zh", 2) == 0 ? LANG_ZH : LANG_EN;
	}
	return LANG_EN;
}

static void nick_of_user(struct join_options *o)
{
	const struct passwd *user = getpwuid(getuid());
	if (!user || !set_nick(o, user->pw_name, NULL))
		snprintf(o->nick, sizeof(o->nick), "guest");
}

static int on_entry(void *ctx, const char *section, const char *key, const char *value)
{
	struct join_options *o = ctx;
	(void)section;
	if (strcmp(key, "nick") == 0)
		return set_nick(o, value, NULL);
	if (strcmp(key, "lang") == 0)
		return set_lang(o, value, NULL);
	return strcmp(key, "color") == 0 && set_color(o, value, NULL);
}

static bool read_file(struct join_options *o, struct err *err)
{
	char path[4096];
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	if (config && config[0] == '/')
		snprintf(path, sizeof(path), "%s/teahouse/client.conf", config);
	else if (home && home[0] == '/')
		snprintf(path, sizeof(path), "%s/.config/teahouse/client.conf", home);
	else
		return true;
	int line = access(path, F_OK) == 0 ? ini_parse(path, on_entry, o) : 0;
	if (line < 0)
		return err_errno(err, "cannot read %.200s", path);
	return line == 0 ||
	       err_set(err, ERR_INVALID,
		       "%.200s:%d: it takes nick, lang (zh, en) and color (auto, always, "
		       "never)",
		       path, line);
}

/* ---- the place ---- */

static bool set_url(struct join_options *o, const char *text, struct err *err)
{
	char full[600];
	bool named = strstr(text, "://") != NULL;
	snprintf(full, sizeof(full), "%s%.500s", named ? "" : "irc://", text);
	if (!url_parse(full, &o->url, err))
		return false;
	if (strcmp(o->url.scheme, "plain") == 0)
		o->speech = &speech_plain;
	else if (strcmp(o->url.scheme, "irc") != 0)
		return err_set(err, ERR_INVALID, "%s:// is not spoken here: try irc:// or plain://",
			       o->url.scheme);
	else
		o->speech = named ? &speech_irc : NULL;
	if (!o->url.port[0])
		snprintf(o->url.port, sizeof(o->url.port), "%s",
			 o->speech == &speech_plain ? "4567" : "6667");
	if (o->url.room[0])
		snprintf(o->room, sizeof(o->room), "%s", o->url.room);
	snprintf(o->name, sizeof(o->name), strchr(o->url.host, ':') ? "[%s]:%s" : "%s:%s",
		 o->url.host, o->url.port);
	return true;
}

static bool set_places(struct join_options *o, int argc, char **argv, struct err *err)
{
	if (!set_url(o, argc > 0 ? argv[0] : "irc://127.0.0.1", err))
		return false;
	if (argc > 1)
		snprintf(o->room, sizeof(o->room), "%s", argv[1]);
	if (argc > 2)
		return err_set(err, ERR_INVALID, "%.60s: one place and one room are enough",
			       argv[2]);
	if (!o->room[0] && o->speech != &speech_plain)
		snprintf(o->room, sizeof(o->room), "#lobby");
	if (strpbrk(o->room, " ,"))
		return err_set(err, ERR_INVALID, "\"%.60s\" is no room", o->room);
	return true;
}

/* 1: go on; 0: all is done; -1: err says why not. */
static int read_option(struct join_options *o, int letter, struct err *err)
{
	bool ok = false;
	switch (letter) {
	case OPT_NICK:
		ok = set_nick(o, optarg, err);
		break;
	case OPT_FILE:
		ok = read_password(o, optarg, err);
		break;
	case OPT_COMMAND:
		ok = ask_password(o, optarg, err);
		break;
	case OPT_LANG:
		ok = set_lang(o, optarg, err);
		break;
	case OPT_COLOR:
		ok = set_color(o, optarg, err);
		break;
	case OPT_LINE:
		o->line = ok = true;
		break;
	case OPT_HELP:
		fputs(help, stdout);
		return 0;
	case OPT_VERSION:
		puts("teahouse " TEAHOUSE_VERSION);
		return 0;
	default:
		err_set(err, ERR_INVALID, "%s: see teahouse join --help",
			letter == ':' ? "this option needs a value" : "there is no such option");
	}
	return ok ? 1 : -1;
}

int join_options_read(struct join_options *o, int argc, char **argv)
{
	struct err err = { 0 };
	int letter, result = 1;
	o->lang = lang_of_environment();
	nick_of_user(o);
	if (!read_file(o, &err))
		goto wrong;
	optind = 1;
	while (result > 0 && (letter = getopt_long(argc, argv, ":", long_options, NULL)) != -1)
		result = read_option(o, letter, &err);
	if (result == 0)
		return 0;
	if (result > 0 && set_places(o, argc - optind, argv + optind, &err))
		return -1;
wrong:
	fprintf(stderr, "teahouse: %s\n", err.text);
	return 2;
}
