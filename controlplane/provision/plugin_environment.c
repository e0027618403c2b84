/*
 * plugin_environment.c -- see plugin_environment.h.
 *
 * Nothing of our own environment is handed on: it may hold the secrets of others.
 */
#include "plugin_environment.h"

#include <sys/stat.h>

#include <errno.h>
#include <string.h>

#include "base/document.h"

enum { SECRETS_MOST = 65536, FIXED = 4 };

static enum err_code
check_private(const char *path, bool *ret_exists, struct err *e)
{
	struct stat st;
	*ret_exists = false;
	if (stat(path, &st) != 0)
		return errno == ENOENT ? ERR_OK : err_errno(e, errno, "reading '%s'", path);
	if (st.st_mode & (S_IRWXG | S_IRWXO))
		return ERR(e, REFUSED,
			   "'%s' holds secrets, and others than its owner may read it: chmod 600",
			   path);
	*ret_exists = true;
	return ERR_OK;
}

/* How many lines there may be in `text`. */
static size_t
count_lines(const char *text)
{
	size_t count = 1;
	for (; *text; text++)
		count += *text == '\n';
	return count;
}

/* Cuts `text` into lines; empty ones and those that begin with "#" are left out. */
static enum err_code
take_lines(char *text, const char *path, const char **ret_lines, struct err *e)
{
	char *rest = text, *line;
	unsigned number = 0;
	while ((line = strsep(&rest, "\n"))) {
		number++;
		if (*line == '\0' || *line == '#')
			continue;
		if (*line == '=' || !strchr(line, '='))
			return ERR(e, MALFORMED, "'%s': line %u: expected NAME=value", path,
				   number);
		*ret_lines++ = line;
	}
	return ERR_OK;
}

enum err_code
plugin_environment(const char *secrets, const char *home, struct arena *arena,
		   const char *const **ret_environment, struct err *e)
{
	char *text = arena_text(arena, "");
	size_t length;
	bool exists;
	enum err_code code = check_private(secrets, &exists, e);
	if (code == ERR_OK && exists)
		code = file_read(secrets, SECRETS_MOST, arena, &text, &length, e);
	if (code != ERR_OK)
		return code;
	const char **all = ARENA_ARRAY(arena, const char *, FIXED + count_lines(text) + 1);
	all[0] = "PATH=/usr/local/bin:/usr/bin:/bin";
	all[1] = arena_printf(arena, "HOME=%s", home);
	all[2] = "LANG=C.UTF-8";
	all[3] = "TZ=UTC";
	code = take_lines(text, secrets, all + FIXED, e);
	if (code == ERR_OK)
		*ret_environment = all;
	return code;
}
