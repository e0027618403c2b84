/*
 * call.c -- from the words of the command line to a verb, and from its outcome to an exit status.
 */
#include "call.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/document.h"
#include "base/fetch.h"
#include "base/violation.h"

struct common_flags {
	const char *server, *token, *token_file, *ca;
	bool json, help;
};

// clang-format off
static const struct flag common_flags[] = {
	{"server",     0,   FLAG_TEXT,   offsetof(struct common_flags, server),     "URL",   "where the server is (WEFT_SERVER; http://127.0.0.1:8080)"},
	{"token",      0,   FLAG_TEXT,   offsetof(struct common_flags, token),      "TOKEN", "who is asking (WEFT_TOKEN)"},
	{"token-file", 0,   FLAG_TEXT,   offsetof(struct common_flags, token_file), "FILE",  "the same, kept in a file (WEFT_TOKEN_FILE)"},
	{"ca",         0,   FLAG_TEXT,   offsetof(struct common_flags, ca),         "FILE",  "trust these authorities (PEM) with an https:// server (WEFT_CA)"},
	{"json",       0,   FLAG_SWITCH, offsetof(struct common_flags, json),       NULL,    "the answer as JSON"},
	{"help",       'h', FLAG_SWITCH, offsetof(struct common_flags, help),       NULL,    "this text"},
	{0},
};
static const struct flag no_flags[] = {{0}};
// clang-format on

void
call_flush(struct call *c)
{
	screen_show(&c->out, &c->page);
}

enum err_code
call_told(enum err_code code, struct err *e)
{
	e->code = code;
	e->message[0] = '\0';
	return code;
}

static void
usage_line(const struct call *c, const struct verb *v, struct buf *out)
{
	buf_printf(out, "weft %s", c->command->name);
	if (v && v->name)
		buf_printf(out, " %s", v->name);
	const char *arguments = v ? v->name ? v->arguments : c->command->arguments : "VERB ...";
	if (arguments && *arguments)
		buf_printf(out, " %s", arguments);
	buf_text(out, " [options]\n");
}

static void
write_verb_help(const struct call *c, const struct verb *v, struct buf *out)
{
	const char *summary = v->name ? v->summary : c->command->summary;
	const char *help = v->name ? v->help : c->command->help;
	buf_printf(out, "%s\n\nUsage: ", summary);
	usage_line(c, v, out);
	buf_printf(out, "\n%s\n", help);
	if (v->flags) {
		buf_text(out, "Options:\n");
		flags_help(v->flags, out);
		buf_char(out, '\n');
	}
	buf_text(out, "Common options:\n");
	flags_help(common_flags, out);
}

static void
write_command_help(const struct call *c, const struct verb *verbs, struct buf *out)
{
	buf_printf(out, "%s\n\nUsage: ", c->command->summary);
	usage_line(c, NULL, out);
	buf_printf(out, "\n%s\nVerbs:\n", c->command->help);
	for (const struct verb *v = verbs; v->run; v++)
		buf_printf(out, "  %-12s%s\n", v->name, v->summary);
	buf_printf(out, "\n'weft %s VERB --help' says more.\n", c->command->name);
}

static bool
asks_for_help(const char *word)
{
	return !strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help");
}

static enum err_code
unknown_verb(const struct call *c, const struct verb *verbs, const char *word, struct err *e)
{
	const char *names[16];
	size_t count = 0;
	CLEANUP(buf_done) struct buf list = {0};
	for (const struct verb *v = verbs; v->run && count < ARRAY_LEN(names); v++) {
		buf_printf(&list, "%s%s", count ? ", " : "", v->name);
		names[count++] = v->name;
	}
	if (!word)
		return ERR(e, USAGE, "weft %s takes one of: %s", c->command->name, list.data);
	const char *nearest = nearest_word(word, names, count);
	if (nearest)
		return ERR(e, USAGE, "no 'weft %s %s'; did you mean '%s'?", c->command->name, word,
			   nearest);
	return ERR(e, USAGE, "no 'weft %s %s'; there are: %s", c->command->name, word, list.data);
}

/*
 * Choose the verb and step over its name.  c->verb stays NULL when help on the whole command was
 * asked for.
 */
static enum err_code
choose_verb(struct call *c, const struct verb *verbs, int *argc, char ***argv, struct err *e)
{
	if (!verbs[0].name) {
		c->verb = &verbs[0];
		return ERR_OK;
	}
	const char *word = *argc > 0 ? (*argv)[0] : NULL;
	for (const struct verb *v = verbs; word && v->run; v++) {
		if (!strcmp(v->name, word)) {
			c->verb = v;
			(*argc)--;
			(*argv)++;
			return ERR_OK;
		}
	}
	return word && asks_for_help(word) ? ERR_OK : unknown_verb(c, verbs, word, e);
}

static enum err_code
check_word_count(const struct call *c, struct err *e)
{
	const struct verb *v = c->verb;
	const char *arguments = v->name ? v->arguments : c->command->arguments;
	if (c->words.count < v->least)
		return ERR(e, USAGE, "too few words: it takes %s", arguments);
	if (c->words.count > v->most && v->most == 0)
		return ERR(e, USAGE, "takes no words, but was given '%s'", c->words.items[0]);
	if (c->words.count > v->most)
		return ERR(e, USAGE, "'%s' is one word too many: it takes %s",
			   c->words.items[v->most], arguments);
	return ERR_OK;
}

static const char *
variable(const char *name)
{
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

static enum err_code
read_token_file(struct call *c, const char *path, struct err *e)
{
	enum { MOST = 4096 };
	char *text;
	size_t length;
	if (file_read(path, MOST, c->arena, &text, &length, e))
		return err_while(e, "reading the token");
	text[strcspn(text, "\r\n \t")] = '\0';
	if (!*text)
		return ERR(e, USAGE, "the token file '%s' is empty", path);
	c->token = text;
	return ERR_OK;
}

/* A flag goes before the environment, and a token before a file with one. */
static enum err_code
settle_server(struct call *c, const struct common_flags *f, struct err *e)
{
	const char *server = f->server ? f->server : variable("WEFT_SERVER");
	char *url = arena_text(c->arena, server ? server : "http://127.0.0.1:8080");
	for (size_t n = strlen(url); n > 0 && url[n - 1] == '/'; n--)
		url[n - 1] = '\0';
	if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
		return ERR(e, USAGE,
			   "the server is an address such as http://127.0.0.1:8080, not '%s'", url);
	c->server = url;
	c->json = f->json;
	c->ca = f->ca ? f->ca : variable("WEFT_CA");

	c->token = f->token;
	if (!c->token && f->token_file)
		return read_token_file(c, f->token_file, e);
	if (!c->token)
		c->token = variable("WEFT_TOKEN");
	if (!c->token && variable("WEFT_TOKEN_FILE"))
		return read_token_file(c, variable("WEFT_TOKEN_FILE"), e);
	return ERR_OK;
}

static enum err_code
run_verb(struct call *c, const struct verb *verbs, int argc, char **argv, struct err *e)
{
	enum err_code code = choose_verb(c, verbs, &argc, &argv, e);
	if (code)
		return code;
	if (!c->verb) {
		write_command_help(c, verbs, &c->page);
		return ERR_OK;
	}

	struct common_flags common = {0};
	void *own = arena_alloc(c->arena, c->verb->size);
	c->flags = own;
	const struct flag_set sets[] = {
	    {c->verb->flags ? c->verb->flags : no_flags, own},
	    {common_flags, &common},
	    {0},
	};
	code = flags_parse(sets, argc, argv, c->arena, &c->words, e);
	if (code)
		return code;
	if (common.help) {
		write_verb_help(c, c->verb, &c->page);
		return ERR_OK;
	}
	code = check_word_count(c, e);
	if (code)
		return code;
	code = settle_server(c, &common, e);
	return code ? code : c->verb->run(c, e);
}

/* What helps whoever made this mistake. */
static void
write_hint(const struct call *c, enum err_code code, struct buf *out)
{
	const char *verb = c->verb && c->verb->name ? c->verb->name : NULL;
	if (code == ERR_USAGE)
		buf_printf(out, "see 'weft %s%s%s --help'\n", c->command->name, verb ? " " : "",
			   verb ? verb : "");
	else if (code == ERR_UNREACHABLE)
		buf_text(out, "is it running?  --server URL or WEFT_SERVER names another one\n");
	else if (code == ERR_UNAUTHENTICATED)
		buf_text(
		    out,
		    "give a token with --token, --token-file, WEFT_TOKEN or WEFT_TOKEN_FILE\n");
}

static void
tell_error(struct call *c, const struct err *e)
{
	CLEANUP(buf_done) struct buf b = {0};
	paint(&c->err, &b, RED, "weft: ");
	if (e->at.line)
		buf_printf(&b, "%u:%u: ", e->at.line, e->at.column);
	paint(&c->err, &b, PLAIN, e->message);
	buf_char(&b, '\n');
	write_hint(c, e->code, &b);
	screen_show(&c->err, &b);
}

/*
 * Behind a full disk the answer did not arrive, so this was no success.  A reader that has seen
 * enough (`weft events | head`) needs no message.
 */
static enum err_code
check_written(const struct call *c, struct err *e)
{
	if (!c->out.broken)
		return ERR_OK;
	if (c->out.broken == EPIPE)
		return call_told(ERR_IO, e);
	return err_errno(e, c->out.broken, "writing to standard output");
}

int
verb_main(const struct command *self, const struct verb *verbs, int argc, char **argv)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct call c = {.command = self, .arena = &arena};
	struct err e = {0};
	screen_init(&c.out, stdout);
	screen_init(&c.err, stderr);

	enum err_code code = digest_start_up(&e);
	if (!code) {
		fetch_start_up();
		code = run_verb(&c, verbs, argc, argv, &e);
	}
	if (code && e.message[0] && c.json && c.problem)
		buf_printf(&c.page, "%s\n", c.problem);
	call_flush(&c);
	buf_done(&c.page);
	if (!code)
		code = check_written(&c, &e);
	if (code && e.message[0])
		tell_error(&c, &e);
	return err_exit_status(code);
}
