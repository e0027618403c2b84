/*
 * client_commands.c -- the table that `weft` dispatches by, and the step from a command to its
 * verbs.
 */
#include <string.h>

#include "families.h"

static const struct {
	const char *name;
	const struct verb *verbs;
} families[] = {
#define X(name, verbs, arguments, summary, help) {name, verbs},
#include "commands.def"
#undef X
};

static int
run_client_command(const struct command *self, int argc, char **argv)
{
	size_t i = 0;
	while (strcmp(families[i].name, self->name) != 0)
		i++; /* every name in client_commands is here: both tables come from commands.def */
	return verb_main(self, families[i].verbs, argc, argv);
}

const struct command client_commands[] = {
#define X(name, verbs, arguments, summary, help)                                                   \
	{name, arguments, summary, help, run_client_command},
#include "commands.def"
#undef X
    {0},
};
