#include "server/config.h"

#include "base/text.h"
#include "core/host.h"
#include "protocols/protocol.h"
#include "server/certificate.h"

#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

struct option;

/* A value to be set, and where it comes from. */
struct setting {
	enum config_source source;
	const char *value;
};

typedef bool option_set(struct config *c, const struct option *o, const struct setting *s,
			struct err *err);

/* A key of the configuration. */
struct option {
	const char *section, *key;
	option_set *set;
	size_t offset;   /* of a size or a text in struct config */
	size_t min, max; /* of a size; max: of a text's bytes, with the NUL */
};

static bool set_size(struct config *c, const struct option *o, const struct setting *s,
		     struct err *err)
{
	const char *value = s->value;
	char *end;
	size_t digits = strspn(value, "0123456789");
	unsigned long long n = strtoull(value, &end, 10);
	if (digits == 0 || *end || digits > 18 || n < o->min || n > o->max)
		return err_set(err, ERR_INVALID,
			       "%s.%s must be a number from %zu to %zu, not \"%.60s\"", o->section,
			       o->key, o->min, o->max, value);
	memcpy((char *)c + o->offset, &(size_t){ (size_t)n }, sizeof(size_t));
	return true;
}

static bool set_text(struct config *c, const struct option *o, const struct setting *s,
		     struct err *err)
{
	const char *value = s->value;
	size_t len = strlen(value);
	if (len >= o->max)
		return err_set(err, ERR_LIMIT, "%s.%s may have at most %zu bytes", o->section,
			       o->key, o->max - 1);
	memcpy((char *)c + o->offset, value, len + 1);
	return true;
}

/* A text with a rule of its own. */
static bool set_checked(struct config *c, const struct option *o, const struct setting *s,
			bool valid, const char *rule, struct err *err)
{
	if (!valid)
		return err_set(err, ERR_INVALID, "%s.%s must be %s, not \"%.60s\"", o->section,
			       o->key, rule, s->value);
	return set_text(c, o, s, err);
}

static bool set_name(struct config *c, const struct option *o, const struct setting *s,
		     struct err *err)
{
	bool valid = host_valid(s->value) && strchr(s->value, '.');
	return set_checked(c, o, s, valid, "like chat.example.org: at most 63 bytes", err);
}

/* Shown as it is, as a part of lines. */
static bool is_shown_whole(const char *text)
{
	size_t len = strlen(text);
	struct buf shown = { 0 };
	if (!utf8_valid(text, len))
		return false;
	text_add_shown(&shown, text, len);
	bool whole = shown.len == len && (len == 0 || memcmp(shown.bytes, text, len) == 0);
	buf_done(&shown);
	return whole;
}

static bool set_network(struct config *c, const struct option *o, const struct setting *s,
			struct err *err)
{
	bool valid = s->value[0] && !strchr(s->value, ' ') && is_shown_whole(s->value);
	return set_checked(c, o, s, valid, "a word", err);
}

static bool set_description(struct config *c, const struct option *o, const struct setting *s,
			    struct err *err)
{
	return set_checked(c, o, s, is_shown_whole(s->value), "text without control codes", err);
}

/* https://ircv3.net/specs/extensions/network-icon; a token of RPL_ISUPPORT has one "=". */
static bool set_icon(struct config *c, const struct option *o, const struct setting *s,
		     struct err *err)
{
	bool valid = strncmp(s->value, "https://", 8) == 0 || strncmp(s->value, "http://", 7) == 0;
	for (const char *at = s->value; *at; at++)
		valid = valid && *at > ' ' && *at < 0x7F && *at != '=' && *at != '\\';
	return set_checked(c, o, s, valid || !s->value[0],
			   "an address such as https://example.org/tea.png, without = and \\", err);
}

static bool set_password(struct config *c, const struct option *o, const struct setting *s,
			 struct err *err)
{
	(void)o;
	return password_set(&c->password, "server.password", s->value, err);
}

static bool set_password_hash(struct config *c, const struct option *o, const struct setting *s,
			      struct err *err)
{
	(void)o;
	return password_set_hash(&c->password, "server.password_hash", s->value, err);
}

static bool set_word(const struct option *o, const char *value, const char *const *words,
		     size_t count, size_t *ret, struct err *err)
{
	char list[120] = "";
	for (size_t i = 0; i < count; i++) {
		if (strcmp(value, words[i]) == 0) {
			*ret = i;
			return true;
		}
		size_t used = strlen(list);
		snprintf(list + used, sizeof(list) - used, "%s%s", i ? " or " : "", words[i]);
	}
	return err_set(err, ERR_INVALID, "%s.%s must be %s, not \"%.60s\"", o->section, o->key,
		       list, value);
}

static bool set_lang(struct config *c, const struct option *o, const struct setting *s,
		     struct err *err)
{
	const char *value = s->value;
	if (lang_parse(value, &c->lang))
		return true;
	return err_set(err, ERR_INVALID, "%s.%s must be zh or en, not \"%.60s\"", o->section,
		       o->key, value);
}

static bool set_casemapping(struct config *c, const struct option *o, const struct setting *s,
			    struct err *err)
{
	const char *value = s->value;
	static const char *const words[] = { "precis", "ascii" };
	size_t at = 0;
	if (!set_word(o, value, words, ARRAY_LEN(words), &at, err))
		return false;
	c->casemapping = at == 0 ? CASEMAPPING_PRECIS : CASEMAPPING_ASCII;
	return true;
}

static bool set_durability(struct config *c, const struct option *o, const struct setting *s,
			   struct err *err)
{
	const char *value = s->value;
	static const char *const words[] = {
		[DURABILITY_FULL] = "full",
		[DURABILITY_RELAXED] = "relaxed",
		[DURABILITY_NONE] = "none",
	};
	size_t at = 0;
	if (!set_word(o, value, words, ARRAY_LEN(words), &at, err))
		return false;
	c->durability = (enum durability)at;
	return true;
}

/* false: it is neither. */
static bool set_yes_no(const struct option *o, const struct setting *s, bool *ret, struct err *err)
{
	static const char *const words[] = { "no", "yes" };
	size_t at = 0;
	if (!set_word(o, s->value, words, ARRAY_LEN(words), &at, err))
		return false;
	*ret = at == 1;
	return true;
}

static bool set_bool(struct config *c, const struct option *o, const struct setting *s,
		     struct err *err)
{
	return set_yes_no(o, s, (bool *)((char *)c + o->offset), err);
}

static bool set_register(struct config *c, const struct option *o, const struct setting *s,
			 struct err *err)
{
	static const char *const words[] = {
		[REGISTER_OPEN] = "open",
		[REGISTER_INVITE] = "invite",
		[REGISTER_OFF] = "off",
	};
	size_t at = 0;
	if (!set_word(o, s->value, words, ARRAY_LEN(words), &at, err))
		return false;
	c->accounts.may_register = (enum may_register)at;
	return true;
}

static bool set_email(struct config *c, const struct option *o, const struct setting *s,
		      struct err *err)
{
	static const char *const words[] = { "off", "required" };
	size_t at = 0;
	if (!set_word(o, s->value, words, ARRAY_LEN(words), &at, err))
		return false;
	c->accounts.needs_email = at == 1;
	return true;
}

static bool add_listen(struct config *c, const char *text, struct err *err)
{
	struct url url;
	if (!url_parse(text, &url, err))
		return false;
	const struct protocol *p = protocol_find(url.scheme);
	if (!p)
		return err_set(err, ERR_INVALID,
			       "%s:// is not spoken here: listen on plain://, irc:// or ircs://",
			       url.scheme);
	if (c->listen_count == LISTENERS_MAX)
		return err_set(err, ERR_LIMIT, "at most %d places can be listened on",
			       LISTENERS_MAX);
	if (!url.port[0])
		snprintf(url.port, sizeof(url.port), "%s", p->port);
	c->listen[c->listen_count++] = url;
	return true;
}

static bool add_exempt(struct config *c, const char *text, struct err *err)
{
	if (c->exempt_count == EXEMPT_MAX)
		return err_set(err, ERR_LIMIT, "at most %d networks can be exempt", EXEMPT_MAX);
	if (!network_parse(text, &c->exempt[c->exempt_count], err))
		return false;
	c->exempt_count++;
	return true;
}

static bool each_word(struct config *c, const char *value,
		      bool (*add)(struct config *c, const char *word, struct err *err),
		      struct err *err)
{
	char word[512];
	for (const char *at = value; *(at += strspn(at, " "));) {
		size_t len = strcspn(at, " ");
		if (len >= sizeof(word))
			return err_set(err, ERR_LIMIT, "\"%.40s…\" is too long", at);
		memcpy(word, at, len);
		word[len] = '\0';
		if (!add(c, word, err))
			return false;
		at += len;
	}
	return true;
}

static bool set_listen(struct config *c, const struct option *o, const struct setting *s,
		       struct err *err)
{
	(void)o;
	if (c->listen_source < s->source)
		c->listen_count = 0;
	c->listen_source = s->source;
	return each_word(c, s->value, add_listen, err);
}

static bool set_exempt(struct config *c, const struct option *o, const struct setting *s,
		       struct err *err)
{
	(void)o;
	if (c->exempt_source < s->source)
		c->exempt_count = 0;
	c->exempt_source = s->source;
	return each_word(c, s->value, add_exempt, err);
}

#define SIZE(field) set_size, offsetof(struct config, field)
#define BOOL(field) set_bool, offsetof(struct config, field)
#define TEXT_BY(set, field)                                                                        \
	set, offsetof(struct config, field), 0, sizeof(((struct config *)0)->field)
#define TEXT(field) TEXT_BY(set_text, field)

static const struct option options[] = {
	{ "server", "name", TEXT_BY(set_name, name) },
	{ "server", "network", TEXT_BY(set_network, network) },
	{ "server", "description", TEXT_BY(set_description, description) },
	{ "server", "icon", TEXT_BY(set_icon, icon) },
	{ "server", "admin", TEXT_BY(set_description, admin) },
	{ "server", "password", set_password, 0, 0, 0 },
	{ "server", "password_hash", set_password_hash, 0, 0, 0 },
	{ "server", "motd", TEXT(motd) },
	{ "server", "data", TEXT(data) },
	{ "server", "listen", set_listen, 0, 0, 0 },
	{ "server", "lobby", TEXT(lobby) },
	{ "server", "lang", set_lang, 0, 0, 0 },
	{ "server", "casemapping", set_casemapping, 0, 0, 0 },
	{ "server", "durability", set_durability, 0, 0, 0 },
	{ "server", "threads", SIZE(threads), 0, IO_THREADS_MAX },
	{ "tls", "cert", TEXT(tls_cert) },
	{ "tls", "key", TEXT(tls_key) },
	{ "tls", "sts_duration", SIZE(sts_seconds), 0, STS_SECONDS_MAX },
	{ "limits", "exempt", set_exempt, 0, 0, 0 },
	{ "limits", "monitor", SIZE(monitor), 1, MONITOR_MAX },
	{ "limits", "nick_bytes", SIZE(nick_bytes), 1, NICK_BYTES_MAX },
	{ "limits", "user_bytes", SIZE(user_bytes), 1, USER_BYTES_MAX },
	{ "limits", "room_bytes", SIZE(room_bytes), 2, ROOM_BYTES_MAX },
	{ "limits", "rooms", SIZE(rooms), 1, ROOMS_MAX },
	{ "limits", "output_bytes", SIZE(output_bytes), 16384, 1u << 30 },
	{ "limits", "register_timeout", SIZE(register_timeout_s), 1, 3600 },
	{ "limits", "ping_interval", SIZE(ping_interval_s), 1, 3600 },
	{ "limits", "ping_timeout", SIZE(ping_timeout_s), 1, 3600 },
	{ "limits", "line_rate", SIZE(line_rate), 0, 1000000 },
	{ "limits", "whowas", SIZE(whowas), 0, WHOWAS_MAX },
	{ "limits", "login_rate", SIZE(login_rate), 0, 1000 },
	{ "limits", "register_rate", SIZE(register_rate), 0, 1000 },
	{ "accounts", "register", set_register, 0, 0, 0 },
	{ "accounts", "before_connect", BOOL(accounts.before_connect), 0, 0 },
	{ "accounts", "email", set_email, 0, 0, 0 },
	{ "accounts", "require_login", BOOL(accounts.needs_login), 0, 0 },
	{ "accounts", "custom_name", BOOL(accounts.custom_name), 0, 0 },
	{ "history", "replay", SIZE(replay), 0, REPLAY_MAX },
};

void config_init(struct config *c)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	*c = (struct config){
		.name = "teahouse.local",
		.network = "teahouse",
		.description = "a teahouse",
		.lobby = "#lobby",
		.lang = LANG_ZH,
		.casemapping = CASEMAPPING_PRECIS,
		.durability = DURABILITY_FULL,
		.threads = cores > 2 ? (size_t)cores - 1 : 1,
		.nick_bytes = NICK_BYTES_MAX,
		.user_bytes = 10,
		.room_bytes = ROOM_BYTES_MAX,
		.rooms = 10000,
		.output_bytes = OUTPUT_BYTES_MAX,
		.register_timeout_s = 60,
		.ping_interval_s = 120,
		.ping_timeout_s = 60,
		.line_rate = 100,
		.whowas = 500,
		.login_rate = 5,
		.register_rate = 5,
		.accounts = { .before_connect = true },
		.monitor = 100,
		.replay = 20,
		.sts_seconds = SIZE_MAX,
	};
	if (c->threads > IO_THREADS_MAX)
		c->threads = IO_THREADS_MAX;
}

static bool is_key(const struct option *o, const char *key, size_t len)
{
	size_t section = strlen(o->section);
	return len == section + 1 + strlen(o->key) && strncmp(key, o->section, section) == 0 &&
	       key[section] == '.' && strncmp(key + section + 1, o->key, len - section - 1) == 0;
}

static const struct option *option_find(const char *key, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (is_key(&options[i], key, len))
			return &options[i];
	return NULL;
}

bool config_set_key(struct config *c, enum config_source source, const char *key, const char *value,
		    struct err *err)
{
	const struct option *o = option_find(key, strlen(key));
	const struct setting setting = { source, value };
	if (opers_has_key(key))
		return opers_set(&c->opers, key, value, err);
	if (gateways_has_key(key))
		return gateways_set(&c->gateways, key, value, err);
	if (!o)
		return err_set(err, ERR_INVALID, "there is no setting %.60s", key);
	return o->set(c, o, &setting, err);
}

bool config_set(struct config *c, const char *assignment, struct err *err)
{
	char key[64];
	size_t len = strcspn(assignment, "=");
	if (!assignment[len] || len >= sizeof(key))
		return err_set(err, ERR_INVALID, "--set %.80s: write it as --set section.key=value",
			       assignment);
	memcpy(key, assignment, len);
	key[len] = '\0';
	return config_set_key(c, CONFIG_COMMAND, key, assignment + len + 1, err);
}

/* ---- the file ---- */

struct file_reading {
	struct config *config;
	FILE *file;
	int line;
	int wrong_line; /* 0: none so far */
	struct err why;
};

static bool is_at_end(FILE *file)
{
	int next = getc(file);
	return next == EOF || ungetc(next, file) == EOF;
}

/* libinih's room for a line is fixed, and the rest of a longer one would be another line to it. When
 * something is wrong nothing more is read: the first error counts. */
static char *read_line(char *line, int size, void *ctx)
{
	struct file_reading *f = ctx;
	if (f->wrong_line || !fgets(line, size, f->file))
		return NULL;
	f->line++;
	size_t len = strlen(line);
	if (len < (size_t)size - 1 || line[len - 1] == '\n' || is_at_end(f->file))
		return line;
	f->wrong_line = f->line;
	err_set(&f->why, ERR_LIMIT,
		"a line has at most %d bytes: write the key again for more, or go on in a line that "
		"begins with a space",
		size - 2);
	return NULL;
}

/* libinih's callback. */
static int on_entry(void *ctx, const char *section, const char *key, const char *value)
{
	struct file_reading *f = ctx;
	char name[256];
	snprintf(name, sizeof(name), "%s.%s", section, key);
	if (!config_set_key(f->config, CONFIG_FILE, name, value ? value : "", &f->why))
		f->wrong_line = f->line;
	return 1;
}

bool config_read_file(struct config *c, const char *path, struct err *err)
{
	struct file_reading f = { .config = c, .file = fopen(path, "re") };
	if (!f.file)
		return err_errno(err, "cannot read the configuration %s", path);
	int no_entry = ini_parse_stream(read_line, &f, on_entry, &f);
	bool readable = !ferror(f.file) || err_errno(err, "cannot read the configuration %s", path);
	fclose(f.file);
	if (!readable)
		return false;
	if (no_entry > 0 && (f.wrong_line == 0 || no_entry < f.wrong_line))
		return err_set(err, ERR_INVALID,
			       "%s:%d: this is no \"key = value\" and no \"[section]\"", path,
			       no_entry);
	return f.wrong_line == 0 ||
	       err_set(err, f.why.code, "%s:%d: %s", path, f.wrong_line, f.why.text);
}

/* ---- the environment ---- */

static bool begins_with_section(const char *name, const char *section, size_t *ret_section_len)
{
	*ret_section_len = strlen(section);
	return strncasecmp(name, section, *ret_section_len) == 0 && name[*ret_section_len] == '_';
}

/* Operators are no section here, but whoever tries is told so. */
static bool is_of_a_section(const char *name, size_t *ret_section_len)
{
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (begins_with_section(name, options[i].section, ret_section_len))
			return true;
	return begins_with_section(name, "oper", ret_section_len) ||
	       begins_with_section(name, "webirc", ret_section_len);
}

bool config_read_environment(struct config *c, char **environment, struct err *err)
{
	static const char prefix[] = "TEAHOUSE_";
	for (; *environment; environment++) {
		char key[64];
		struct err why;
		size_t section_len;
		const char *name = *environment + strlen(prefix);
		size_t len = strcspn(*environment, "=");
		/* TEAHOUSE_ and a word that is no section is somebody else's. */
		if (!(*environment)[len] || strncmp(*environment, prefix, strlen(prefix)) != 0 ||
		    !is_of_a_section(name, &section_len) || len - strlen(prefix) >= sizeof(key))
			continue;
		len -= strlen(prefix);
		for (size_t i = 0; i < len; i++)
			key[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] | 32) : name[i];
		key[section_len] = '.';
		key[len] = '\0';
		if (!config_set_key(c, CONFIG_ENVIRONMENT, key, name + len + 1, &why))
			return err_set(err, ERR_INVALID, "%s%.*s: %s", prefix, (int)len, name,
				       why.text);
	}
	return true;
}

/* ---- what was left open ---- */

/* $XDG_STATE_HOME/teahouse, or ~/.local/state/teahouse: the XDG Base Directory Specification. */
bool config_find_data(struct config *c, struct err *err)
{
	if (c->data[0])
		return true;
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	int len;
	if (state && state[0] == '/')
		len = snprintf(c->data, sizeof(c->data), "%s/teahouse", state);
	else if (home && home[0] == '/')
		len = snprintf(c->data, sizeof(c->data), "%s/.local/state/teahouse", home);
	else
		return err_set(err, ERR_INVALID,
			       "there is no HOME to keep the history in: name a folder with --data");
	if ((size_t)len >= sizeof(c->data))
		return err_set(err, ERR_LIMIT, "the path of the data folder is too long");
	return true;
}

bool config_finish(struct config *c, struct err *err)
{
	char key[NAME_KEY_SIZE];
	if (c->lobby[0] &&
	    !room_key(c->lobby, strlen(c->lobby), c->room_bytes, c->casemapping, key))
		return err_set(err, ERR_INVALID,
			       "server.lobby must be the name of a room, such as #lobby, not \"%s\"",
			       c->lobby);
	if (!opers_check(&c->opers, err) || !gateways_check(&c->gateways, err) ||
	    !certificate_check(c->tls_cert, c->tls_key, err))
		return false;
	return config_find_data(c, err);
}
