#include "server/program.h"

#include "base/base.h"
#include "bench/bench.h"
#include "client/join.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct subcommand {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} subcommands[] = {
	{ "serve", serve_main, "open the room (teahouse serve --help tells more)" },
	{ "join", join_main, "enter one from this terminal, or from a script" },
	{ "account", account_main, "register names on the server that runs, or invite people to" },
	{ "oper", oper_main, "make an operator of the server that runs" },
	{ "passwd", passwd_main, "hash a password for the configuration" },
	{ "bench", bench_main, "load an IRC server on this machine, and measure it" },
};

static void print_help(FILE *out)
{
	fputs("teahouse: a chat room that anyone enters with what is at hand\n\nusage:\n", out);
	for (size_t i = 0; i < ARRAY_LEN(subcommands); i++)
		fprintf(out, "  teahouse %-8s %s\n", subcommands[i].name, subcommands[i].help);
	fputs("  teahouse --version\n", out);
}

int teahouse_main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "--help";
	/* A peer that went away, and a file that may grow no more, are errors of one write. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	for (size_t i = 0; i < ARRAY_LEN(subcommands); i++)
		if (strcmp(name, subcommands[i].name) == 0)
			return subcommands[i].run(argc - 1, argv + 1);
	if (strcmp(name, "--version") == 0) {
		puts("teahouse " TEAHOUSE_VERSION);
		return 0;
	}
	if (strcmp(name, "--help") == 0) {
		print_help(stdout);
		return argc > 1 ? 0 : 2;
	}
	fprintf(stderr, "teahouse: there is no command \"%s\": try teahouse --help\n", name);
	return 2;
}
