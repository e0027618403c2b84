/*
 * run_weft.c -- standard output and standard error go into files while the command runs.
 */
#include "run_weft.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

enum { MOST_WORDS = 40 };

struct diversion {
	FILE *stream, *file;
	int saved;
};

static struct diversion
divert(FILE *stream, FILE *file)
{
	struct diversion d = {stream, file, -1};
	fflush(stream);
	d.saved = dup(fileno(stream));
	if (!d.file || d.saved < 0 || dup2(fileno(d.file), fileno(stream)) < 0)
		abort();
	return d;
}

static void
restore(struct diversion *d)
{
	fflush(d->stream);
	clearerr(d->stream);
	dup2(d->saved, fileno(d->stream));
	close(d->saved);
}

static void
read_back(FILE *file, char *ret_text, size_t size)
{
	rewind(file);
	ret_text[fread(ret_text, 1, size - 1, file)] = '\0';
	fclose(file);
}

static const struct command *
command_named(const char *name)
{
	for (const struct command *c = client_commands; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	abort();
}

void
run_words(FILE *out_file, struct run *r, const char *const *words)
{
	char *copies[MOST_WORDS];
	int count = 0;
	for (; words[count + 1] && count < MOST_WORDS; count++)
		copies[count] = strdup(words[count + 1]);

	const struct command *command = command_named(words[0]);
	FILE *own = out_file ? NULL : tmpfile(), *err_file = tmpfile();
	struct diversion out = divert(stdout, own ? own : out_file), err = divert(stderr, err_file);
	r->status = command->run(command, count, copies);
	restore(&err);
	restore(&out);
	read_back(err_file, r->err, sizeof r->err);
	r->out[0] = '\0';
	if (own)
		read_back(own, r->out, sizeof r->out);
	while (count > 0)
		free(copies[--count]);
}

const char *
file_in(const char *folder, const char *name, const char *text, char path[300])
{
	snprintf(path, 300, "%s/%s", folder, name);
	FILE *file = fopen(path, "w");
	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		abort();
	return path;
}
