/*
 * offline.c -- the words of a command on a data folder.
 */
#include "offline.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/document.h"

#include "subcommand.h"

static const struct flag help_flag[] = {
    {"help", 'h', FLAG_SWITCH, 0, NULL, "this text"},
    {0},
};

void
offline_done(struct offline *o)
{
	arena_done(&o->arena);
}

static int
print_help(const struct offline *o)
{
	CLEANUP(buf_done) struct buf options = {0};
	flags_help(o->flags, &options);
	flags_help(help_flag, &options);
	printf("usage: weft %s %s\n\n%s\nOptions:\n%s", o->command->name, o->command->arguments,
	       o->command->help, options.data);
	return 0;
}

int
offline_read(struct offline *o, int argc, char **argv, void *into)
{
	bool help = false;
	struct err e;
	const struct flag_set sets[] = {{o->flags, into}, {help_flag, &help}, {0}};
	enum err_code code = flags_parse(sets, argc, argv, &o->arena, &o->words, &e);
	if (code == ERR_OK && help)
		return print_help(o);
	if (code == ERR_OK && o->words.count != o->operands)
		code = ERR(&e, USAGE, "it takes %s; see 'weft %s --help'", o->command->arguments,
			   o->command->name);
	return code == ERR_OK ? OFFLINE_GO_ON : subcommand_failed(&e);
}

enum err_code
offline_no_folder(struct err *e)
{
	return ERR(e, USAGE,
		   "--data DIR is missing: the folder that 'weft serve --data' was given");
}

const char *
offline_store(const char *flag)
{
	const char *usual = getenv("WEFT_STORE");
	if (flag)
		return flag;
	return usual && *usual ? usual : NULL;
}

enum err_code
offline_checkpoint(struct offline *o, const char *file, const char **ret_text, struct err *e)
{
	size_t length;
	char *text = NULL;
	enum err_code code = file ? file_read(file, 65536, &o->arena, &text, &length, e) : ERR_OK;
	*ret_text = text;
	return code;
}
