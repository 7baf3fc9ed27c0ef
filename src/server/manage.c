/* manage: "teahouse account" and "teahouse oper": the server that runs is asked to do it. */
#include "server/program.h"

#include "base/limits.h"
#include "server/config.h"
#include "server/control_address.h"
#include "server/prompt.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOURS_DEFAULT "24"

static const char account_help[] =
	"usage: teahouse account add NAME\n"
	"       teahouse account passwd NAME\n"
	"       teahouse account drop NAME\n"
	"       teahouse account invite [--hours N]\n"
	"\n"
	"Registers an account, gives it another password, or ends it, or makes an invitation: a code\n"
	"with which somebody may register one, once. The server that runs on the data folder does it,\n"
	"and has it on disk when this ends.\n"
	"\n"
	"  --data DIR           the data folder (default: $XDG_STATE_HOME/teahouse)\n"
	"  --password-file F    where the password is, as one line; -: standard input (default: asked\n"
	"                       for at a terminal)\n"
	"  --hours N            how long the invitation is good, 1 to 8760 (default: 24)\n"
	"  --help, --version\n";

static const char oper_help[] =
	"usage: teahouse oper add NAME\n"
	"\n"
	"Makes an operator of the server that runs on the data folder, for \"OPER NAME PASSWORD\"; or\n"
	"gives one that was made like this another password. It is kept in the data.\n"
	"\n"
	"  --data DIR           the data folder (default: $XDG_STATE_HOME/teahouse)\n"
	"  --password-file F    where the password is, as one line; -: standard input (default: asked\n"
	"                       for at a terminal)\n"
	"  --help, --version\n";

enum needs { NAME = 1, PASSWORD = 2, HOURS = 4 };

/* What each command can do. */
struct action {
	const char *command, *name;
	unsigned needs; /* of enum needs */
};

static const struct action actions[] = {
	{ "account", "add", NAME | PASSWORD }, { "account", "drop", NAME },
	{ "account", "invite", HOURS },        { "account", "passwd", NAME | PASSWORD },
	{ "oper", "add", NAME | PASSWORD },
};

struct order {
	const struct action *action;
	const char *name, *hours, *password_file;
	struct config config; /* only for its data folder */
};

enum result { RESULT_GO, RESULT_DONE, RESULT_WRONG };

/* ---- the command line ---- */

static const struct option long_options[] = {
	{ "data", required_argument, NULL, 'd' },
	{ "password-file", required_argument, NULL, 'p' },
	{ "hours", required_argument, NULL, 'o' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'v' },
	{ 0 },
};

static enum result read_option(struct order *o, int letter, const char *help, const char *word,
			       struct err *err)
{
	switch (letter) {
	case 'd':
		return config_set_key(&o->config, CONFIG_COMMAND, "server.data", optarg, err)
			       ? RESULT_GO
			       : RESULT_WRONG;
	case 'p':
		o->password_file = optarg;
		return RESULT_GO;
	case 'o':
		o->hours = optarg;
		return RESULT_GO;
	case 'h':
		fputs(help, stdout);
		return RESULT_DONE;
	case 'v':
		puts("teahouse " TEAHOUSE_VERSION);
		return RESULT_DONE;
	default:
		err_set(err, ERR_INVALID, "%s: %s", word,
			letter == ':' ? "this option needs a value" : "there is no such option");
		return RESULT_WRONG;
	}
}

static const struct action *action_find(const char *command, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(actions); i++)
		if (strcmp(actions[i].command, command) == 0 && strcmp(actions[i].name, name) == 0)
			return &actions[i];
	return NULL;
}

/* words: the action, and what it is done to. */
static bool read_words(struct order *o, const char *command, char **words, int count,
		       struct err *err)
{
	o->action = count > 0 ? action_find(command, words[0]) : NULL;
	if (!o->action)
		return err_set(err, ERR_INVALID, "%s %s: see teahouse %s --help", command,
			       count > 0 ? words[0] : "needs to be told what to do", command);
	bool named = o->action->needs & NAME;
	if (count != (named ? 2 : 1))
		return err_set(err, ERR_INVALID, "%s %s takes %s: see teahouse %s --help", command,
			       words[0], named ? "one name" : "no name", command);
	o->name = named ? words[1] : "";
	if (named &&
	    (!o->name[0] || strpbrk(o->name, " \t\r\n") || strlen(o->name) > NICK_BYTES_MAX))
		return err_set(err, ERR_INVALID, "a name has 1 to %d bytes, and no spaces",
			       NICK_BYTES_MAX);
	if (o->hours && !(o->action->needs & HOURS))
		return err_set(err, ERR_INVALID, "--hours is for invitations");
	if (o->password_file && !(o->action->needs & PASSWORD))
		return err_set(err, ERR_INVALID, "%s %s needs no password", command, words[0]);
	return true;
}

static enum result read_order(struct order *o, int argc, char **argv, const char *help,
			      struct err *err)
{
	int letter;
	config_init(&o->config);
	if (!config_read_environment(&o->config, environ, err))
		return RESULT_WRONG;
	opterr = 0;
	while ((letter = getopt_long(argc, argv, ":", long_options, NULL)) != -1) {
		enum result result = read_option(o, letter, help, argv[optind - 1], err);
		if (result != RESULT_GO)
			return result;
	}
	return read_words(o, argv[0], argv + optind, argc - optind, err) &&
			       config_find_data(&o->config, err)
		       ? RESULT_GO
		       : RESULT_WRONG;
}

/* ---- doing it ---- */

/* A name may begin with anything, but what a line holds is words. */
static bool send_order(const struct order *o, const char *password, struct err *err)
{
	char request[CONTROL_LINE_BYTES_MAX], answer[CONTROL_LINE_BYTES_MAX];
	const char *what = o->action->needs & HOURS ? (o->hours ? o->hours : HOURS_DEFAULT)
						    : o->name;
	int len = snprintf(request, sizeof(request), "%s-%s %s%s%s\n", o->action->command,
			   o->action->name, what, password ? " " : "", password ? password : "");
	bool ok = control_ask(o->config.data, request, (size_t)len, answer, err);
	sodium_memzero(request, sizeof(request));
	if (ok)
		puts(answer);
	return ok;
}

static bool carry_out(const struct order *o, struct err *err)
{
	char password[PROMPT_SIZE] = "";
	if (!(o->action->needs & PASSWORD))
		return send_order(o, NULL, err);
	/* Nobody should have to type one for nothing. */
	bool ok = control_is_there(o->config.data, err) &&
		  prompt_password(o->password_file, password, err) && send_order(o, password, err);
	sodium_memzero(password, sizeof(password));
	return ok;
}

static int manage(int argc, char **argv, const char *help)
{
	static struct order order; /* large, and there is one */
	struct err err = { 0 };
	if (sodium_init() < 0) {
		fputs("teahouse: libsodium cannot be used on this machine\n", stderr);
		return 1;
	}
	switch (read_order(&order, argc, argv, help, &err)) {
	case RESULT_DONE:
		return 0;
	case RESULT_WRONG:
		fprintf(stderr, "teahouse: %s\n", err.text);
		return 2;
	case RESULT_GO:
		break;
	}
	if (carry_out(&order, &err))
		return 0;
	fprintf(stderr, "teahouse: %s\n", err.text);
	/* What was typed can be no password. */
	return err.code == ERR_INVALID || err.code == ERR_LIMIT ? 2 : 1;
}

int account_main(int argc, char **argv)
{
	return manage(argc, argv, account_help);
}

int oper_main(int argc, char **argv)
{
	return manage(argc, argv, oper_help);
}
