/*
 * main.c -- `weft`: a table of subcommands.
 *
 * The server's own are listed here; the client's come from cli.  `weft audit verify` and `weft
 * check` are the client's unless they name a data folder: then the catalog is read without a
 * server.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/err.h"
#include "base/fetch.h"
#include "base/violation.h"

#include "subcommand.h"

static const struct command server_commands[] = {
    {"serve", "[--listen ADDRESS] [--data DIR] [--dev]", "Run the server", serve_help, serve_run},
    {"backup", "FILE --data DIR", "Copy the catalog while it is served", backup_help, backup_run},
    {"restore", "FILE --data DIR", "Put a backup in place", restore_help, restore_run},
    {"migrate", "--from WHERE --to WHERE", "Move a catalog between SQLite and PostgreSQL",
     migrate_help, migrate_run},
    {"key", "--data DIR [--origin NAME]", "Make a log's key before the log", key_help, key_run},
    {"rebuild", "--data DIR [--store URL]", "Make all projections again from the log", rebuild_help,
     rebuild_run},
    {0},
};

static const struct command *const all_commands[] = {server_commands, client_commands, NULL};

static const struct command *
find_command(const char *name)
{
	for (size_t t = 0; all_commands[t]; t++)
		for (const struct command *c = all_commands[t]; c->name; c++)
			if (strcmp(c->name, name) == 0)
				return c;
	return NULL;
}

static void
print_list(const struct command *commands)
{
	for (const struct command *c = commands; c->name; c++)
		printf("  %-12s %s\n", c->name, c->summary);
}

static int
print_overview(void)
{
	puts("weft -- the control plane of a federated data mesh\n\n"
	     "usage: weft COMMAND [ARGUMENTS]        weft COMMAND --help\n\n"
	     "The server:");
	print_list(server_commands);
	puts("\nThe client (--server URL, --token TOKEN, --json):");
	print_list(client_commands);
	puts("\nStart with:  weft serve --dev    then, in another terminal:  weft publish "
	     "product.yaml");
	return 0;
}

static int
complain_unknown(const char *name)
{
	const char *names[100];
	size_t count = 0;
	for (size_t t = 0; all_commands[t]; t++)
		for (const struct command *c = all_commands[t]; c->name && count < ARRAY_LEN(names);
		     c++)
			names[count++] = c->name;
	const char *meant = nearest_word(name, names, count);
	fprintf(stderr, "weft: no command '%s'", name);
	if (meant)
		fprintf(stderr, "; did you mean '%s'?", meant);
	fputs("\nRun 'weft --help' for all of them.\n", stderr);
	return err_exit_status(ERR_USAGE);
}

static bool
is_one_of(const char *word, const char *a, const char *b)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

/* --name, or --name=VALUE */
static bool
has_option(const char *name, int argc, char **argv)
{
	size_t length = strlen(name);
	for (int i = 0; i < argc; i++)
		if (strncmp(argv[i], name, length) == 0 &&
		    (argv[i][length] == '\0' || argv[i][length] == '='))
			return true;
	return false;
}

static int
run_command(const char *name, int argc, char **argv)
{
	if (strcmp(name, "audit") == 0 && argc > 0 && strcmp(argv[0], "verify") == 0 &&
	    has_option("--data", argc, argv))
		return audit_offline_run(argc - 1, argv + 1);
	if (strcmp(name, "check") == 0 &&
	    (has_option("--data", argc, argv) || has_option("--backup", argc, argv)))
		return check_offline_run(argc, argv);
	const struct command *c = find_command(name);
	return c ? c->run(c, argc, argv) : complain_unknown(name);
}

int
subcommand_failed(const struct err *e)
{
	fprintf(stderr, "weft: %s\n", e->message);
	return err_exit_status(e->code);
}

static int
start_up(void)
{
	struct err e;
	signal(SIGPIPE, SIG_IGN);
	fetch_start_up();
	if (digest_start_up(&e) == ERR_OK)
		return 0;
	return subcommand_failed(&e);
}

int
main(int argc, char **argv)
{
	int failed = start_up();
	if (failed)
		return failed;
	if (argc < 2 || is_one_of(argv[1], "--help", "-h"))
		return print_overview();
	if (is_one_of(argv[1], "--version", "version")) {
		puts("weft " WEFT_VERSION);
		return 0;
	}
	if (strcmp(argv[1], "help") == 0) {
		char *const ask[] = {"--help", NULL};
		return argc < 3 ? print_overview() : run_command(argv[2], 1, (char **)ask);
	}
	return run_command(argv[1], argc - 2, argv + 2);
}
