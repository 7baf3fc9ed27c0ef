/* serve: "teahouse serve", from its options to its exit code. */
#include "server/program.h"

#include "base/log.h"
#include "server/config.h"
#include "server/hub.h"
#include "store/folder.h"

#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const char help[] =
	"usage: teahouse serve [options]\n"
	"\n"
	"  --listen URL         where to listen, such as plain://127.0.0.1:4567; may be repeated\n"
	"                       (default: plain:// on 4567, irc:// on 6667, of 127.0.0.1 and ::1)\n"
	"  --public             listen on all addresses of this machine, and with TLS: ircs:// on 6697\n"
	"  --data DIR           where the history is kept (default: $XDG_STATE_HOME/teahouse)\n"
	"  --durability WORD    full: seen means on disk (default); relaxed: a power cut may take\n"
	"                       the last seconds\n"
	"  --threads N          I/O threads (default: one fewer than cores); 0: none beside the core's\n"
	"  --exempt CIDR        addresses without rates, such as 127.0.0.0/8; may be repeated\n"
	"  --config FILE        read settings from FILE\n"
	"  --set section.key=value\n"
	"                       any setting of the file: docs/configuration.md has them all\n"
	"  --help, --version\n";

enum option_letter { OPT_CONFIG = 1, OPT_SET, OPT_PUBLIC, OPT_HELP, OPT_VERSION, OPT_KEY };

/* Options that only set a key have OPT_KEY and their place in option_keys. */
static const struct option long_options[] = {
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "set", required_argument, NULL, OPT_SET },
	{ "public", no_argument, NULL, OPT_PUBLIC },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "listen", required_argument, NULL, OPT_KEY },
	{ "data", required_argument, NULL, OPT_KEY + 1 },
	{ "durability", required_argument, NULL, OPT_KEY + 2 },
	{ "threads", required_argument, NULL, OPT_KEY + 3 },
	{ "exempt", required_argument, NULL, OPT_KEY + 4 },
	{ 0 },
};

static const char *const option_keys[] = {
	"server.listen", "server.data", "server.durability", "server.threads", "limits.exempt",
};

enum options_result { OPTIONS_SERVE, OPTIONS_DONE, OPTIONS_WRONG };

static enum options_result read_option(struct config *c, int letter, struct err *err)
{
	bool ok = false;
	switch (letter) {
	case OPT_CONFIG: /* read before all others */
		return OPTIONS_SERVE;
	case OPT_SET:
		ok = config_set(c, optarg, err);
		break;
	case OPT_PUBLIC:
		c->is_public = ok = true;
		break;
	case OPT_HELP:
		fputs(help, stdout);
		return OPTIONS_DONE;
	case OPT_VERSION:
		puts("teahouse " TEAHOUSE_VERSION);
		return OPTIONS_DONE;
	case '?':
	case ':':
		err_set(err, ERR_INVALID, "%s: see teahouse serve --help",
			letter == '?' ? "there is no such option" : "this option needs a value");
		break;
	default:
		ok = config_set_key(c, CONFIG_COMMAND, option_keys[letter - OPT_KEY], optarg, err);
		break;
	}
	return ok ? OPTIONS_SERVE : OPTIONS_WRONG;
}

/* The file first, then the environment, then the options: each counts more than the one before. */
static bool read_weaker_settings(struct config *c, int argc, char **argv, struct err *err)
{
	int letter;
	optind = 1;
	opterr = 0;
	while ((letter = getopt_long(argc, argv, ":", long_options, NULL)) != -1)
		if (letter == OPT_CONFIG && !config_read_file(c, optarg, err))
			return false;
	return config_read_environment(c, environ, err);
}

static enum options_result read_options(struct config *c, int argc, char **argv, struct err *err)
{
	int letter;
	if (!read_weaker_settings(c, argc, argv, err))
		return OPTIONS_WRONG;
	optind = 1;
	while ((letter = getopt_long(argc, argv, ":", long_options, NULL)) != -1) {
		enum options_result result = read_option(c, letter, err);
		if (result == OPTIONS_WRONG && (letter == '?' || letter == ':')) {
			struct err why = *err;
			err_set(err, ERR_INVALID, "%s: %s", argv[optind - 1], why.text);
		}
		if (result != OPTIONS_SERVE)
			return result;
	}
	if (optind < argc) {
		err_set(err, ERR_INVALID, "%s: serve takes options only: see teahouse serve --help",
			argv[optind]);
		return OPTIONS_WRONG;
	}
	return config_finish(c, err) ? OPTIONS_SERVE : OPTIONS_WRONG;
}

static struct {
	int argc;
	char **argv;
} options;

/* config->again() */
static bool read_options_again(struct config *fresh, struct err *err)
{
	config_init(fresh);
	return read_options(fresh, options.argc, options.argv, err) == OPTIONS_SERVE;
}

/* As many connections as this process may have. */
static void raise_descriptors(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* The hub takes these from a descriptor, and the threads it starts never see them. A process that began
 * anew may have done so while it handled its alarm, which is blocked then. */
static void block_signals(void)
{
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGALRM);
	pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
}

/* One for each protocol. */
static void print_ways_in(const struct hub *hub)
{
	char url[128], way_in[128], before[128] = "";
	for (size_t i = 0; hub_place(hub, i, url, way_in); i++) {
		size_t scheme = strcspn(url, ":") + 1;
		if (strncmp(url, before, scheme) != 0)
			printf("to enter, in another terminal: %s\n", way_in);
		snprintf(before, sizeof(before), "%.*s", (int)scheme, url);
	}
}

static void print_places(const struct hub *hub)
{
	char url[128], way_in[128], fingerprint[TLS_FINGERPRINT_SIZE];
	const char *code = hub_first_code(hub);
	for (size_t i = 0; hub_place(hub, i, url, way_in); i++)
		printf("listening on %s\n", url);
	print_ways_in(hub);
	for (size_t i = 0; hub_fingerprint(hub, i, fingerprint); i++)
		printf("certificate of ircs://, SHA-256: %s\n", fingerprint);
	if (code)
		printf("to become operator: OPER admin %s\n", code);
	puts("ready");
	fflush(stdout);
}

/* ---- RESTART: the same command once more, in the same process ---- */

/* Taken at the start: a program that was replaced since is found by its path, and not by /proc. */
static struct {
	char path[PATH_SIZE];
	char **command;
} again;

static void note_command(char **command)
{
	ssize_t len = readlink("/proc/self/exe", again.path, sizeof(again.path) - 1);
	if (len < 0)
		snprintf(again.path, sizeof(again.path), "%s", command[0]);
	again.command = command;
}

/* The data is no longer locked then, and the ports are free. Safe in a signal's handler. */
static void begin_anew(void)
{
	static const char words[] = "teahouse: cannot begin anew\n";
	alarm(0); /* the new program would be given it */
	execv(again.path, again.command);
	ssize_t written = write(STDERR_FILENO, words, sizeof(words) - 1);
	_exit(written < 0 ? 2 : 1);
}

static bool begins_anew;

static void on_alarm(int signal)
{
	(void)signal;
	if (begins_anew)
		begin_anew();
	_exit(0);
}

/* Everything is on disk; what is left is tidying up, which a dead disk must not draw out. */
static void limit_tidying(void)
{
	signal(SIGALRM, on_alarm);
	alarm(1);
}

static bool serve(const struct config *config, struct err *err)
{
	int lock = -1;
	if (!folder_lock(config->data, &lock, err))
		return false;
	struct hub *hub = hub_new(config, QUEUE_SLOTS, err);
	if (!hub) {
		close(lock);
		return false;
	}
	if (config->durability == DURABILITY_NONE)
		log_warn("nothing-is-stored", "durability=%s", "none");
	print_places(hub);
	/* A thread that waits for a dead disk cannot be waited for. Unless durability is relaxed,
	 * nobody has seen what it holds. */
	bool stopped = hub_run(hub);
	begins_anew = hub_begins_anew(hub);
	if (!stopped)
		on_alarm(SIGALRM);
	limit_tidying();
	hub_free(hub);
	close(lock);
	if (begins_anew)
		begin_anew();
	return true;
}

int serve_main(int argc, char **argv)
{
	static struct config config; /* large, and there is one */
	struct err err = { 0 };
	if (sodium_init() < 0) {
		fputs("teahouse: libsodium cannot be used on this machine\n", stderr);
		return 1;
	}
	config_init(&config);
	options.argc = argc;
	options.argv = argv;
	switch (read_options(&config, argc, argv, &err)) {
	case OPTIONS_DONE:
		return 0;
	case OPTIONS_WRONG:
		fprintf(stderr, "teahouse: %s\n", err.text);
		return 2;
	case OPTIONS_SERVE:
		break;
	}
	config.again = read_options_again;
	note_command(argv - 1);
	raise_descriptors();
	block_signals();
	if (serve(&config, &err))
		return 0;
	fprintf(stderr, "teahouse: %s\n", err.text);
	return 1;
}
