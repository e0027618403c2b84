/*
 * cli.h -- the client half of the `weft` command: speaks HTTP, knows no catalog.
 *
 * Every command takes --server URL (WEFT_SERVER, http://127.0.0.1:8080), --token TOKEN
 * (WEFT_TOKEN), --token-file FILE (WEFT_TOKEN_FILE), --ca FILE (WEFT_CA), --json, --help.  Tables
 * are for people, colours only for terminals; --json gives what the server answered.
 */
#ifndef WEFT_CLI_CLI_H
#define WEFT_CLI_CLI_H

/*
 * One subcommand: `weft NAME ...`.  `run` gets the words behind its name and gives the exit status
 * (base/err.def); with the one word --help it says what there is to say, with all options.
 */
struct command {
	const char *name;
	const char *arguments; /* for the usage line: "FILE..." */
	const char *summary;   /* one line, for the list */
	const char *help;      /* what it does, an example or two */
	int (*run)(const struct command *self, int argc, char **argv);
};

/* The client's commands, ended by a row of zeros. */
extern const struct command client_commands[];

#endif
