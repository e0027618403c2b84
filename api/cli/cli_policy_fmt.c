/*
 * cli_policy_fmt.c -- weft policy fmt: the expressions of policy documents in their canonical
 * layout.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/policy_format.h"

#include "listing.h"
#include "policy_inputs.h"
#include "policy_verbs.h"
#include "report.h"
#include "sending.h"

// clang-format off
const struct flag policy_fmt_flags[] = {
	{"check", 0,   FLAG_SWITCH, offsetof(struct policy_fmt_flags, check), NULL, "write nothing; fail when a file would change, and show how"},
	{"write", 'w', FLAG_SWITCH, offsetof(struct policy_fmt_flags, write), NULL, "write the files that change; else the result goes to standard output"},
	{0},
};
// clang-format on

struct fmt_run {
	size_t files, changed;
};

/* ---- writing ---- */

static enum err_code
write_all(int fd, const struct format_result *r, const char *path, struct err *e)
{
	for (size_t done = 0; done < r->length;) {
		ssize_t n = write(fd, r->text + done, r->length - done);
		if (n < 0)
			return err_errno(e, errno, "writing '%s'", path);
		done += (size_t)n;
	}
	return fsync(fd) == 0 ? ERR_OK : err_errno(e, errno, "writing '%s'", path);
}

/* Beside the file, then in its place: whatever happens, one of the two is there whole. */
static enum err_code
replace_file(struct call *c, const char *path, const struct format_result *r, struct err *e)
{
	struct stat s;
	char *real = realpath(path, NULL);
	const char *target = arena_text(c->arena, real ? real : path);
	free(real);
	char *beside = arena_printf(c->arena, "%s.XXXXXX", target);
	int fd = stat(target, &s) == 0 ? mkstemp(beside) : -1;
	if (fd < 0)
		return err_errno(e, errno, "writing beside '%s'", path);
	enum err_code code = write_all(fd, r, path, e);
	if (!code && fchmod(fd, s.st_mode & 07777) != 0)
		code = err_errno(e, errno, "writing '%s'", path);
	close(fd);
	if (!code && rename(beside, target) != 0)
		code = err_errno(e, errno, "replacing '%s'", path);
	if (code)
		unlink(beside);
	return code;
}

/* ---- showing ---- */

static void
write_marked_lines(struct call *c, enum paint how, char mark, const char *lines)
{
	for (;;) {
		size_t length = strcspn(lines, "\r\n");
		paint(&c->out, &c->page, how,
		      arena_printf(c->arena, "  %c %.*s", mark, (int)length, lines));
		buf_char(&c->page, '\n');
		lines += length;
		lines += *lines == '\r';
		if (*lines != '\n')
			return;
		lines++;
	}
}

static void
show_changes(struct call *c, const char *path, const struct format_result *r)
{
	for (size_t i = 0; i < r->count; i++) {
		paint(&c->out, &c->page, BOLD,
		      arena_printf(c->arena, "%s:%u:%u", path, r->changes[i].at.line,
				   r->changes[i].at.column));
		buf_char(&c->page, '\n');
		write_marked_lines(c, RED, '-', r->changes[i].before);
		write_marked_lines(c, GREEN, '+', r->changes[i].after);
	}
}

/* ---- one file ---- */

static bool
is_policy(struct call *c, const struct sent_file *file)
{
	struct node root;
	struct err ignored;
	return !document_read(DOCUMENT_YAML, file->text, file->length, NULL, c->arena, &root,
			      &ignored) &&
	       strcmp(node_text(&root, "kind", ""), "Policy") == 0;
}

static enum err_code
put_result(struct call *c, const char *path, const struct format_result *r, struct err *e)
{
	const struct policy_fmt_flags *flags = c->flags;
	if (flags->check) {
		show_changes(c, path, r);
		return ERR_OK;
	}
	if (!flags->write || strcmp(path, "-") == 0) {
		buf_append(&c->page, r->text, r->length);
		return ERR_OK;
	}
	if (r->count == 0)
		return ERR_OK;
	enum err_code code = replace_file(c, path, r, e);
	if (!code)
		note(c, "%s: %s laid out", path, counted(c->arena, r->count, "expression"));
	return code;
}

static enum err_code
fmt_file(struct call *c, const char *path, struct fmt_run *run, struct err *e)
{
	struct sent_file file;
	struct format_result r;
	enum err_code code = sent_file_read(c, path, &file, e);
	if (code)
		return code;
	if (strstr(file.media_type, "json")) {
		if (policy_inputs_was_named(c, path))
			note(c, "%s: JSON is left as it is; only YAML has a layout", path);
		return ERR_OK;
	}
	if (!policy_inputs_was_named(c, path) && !is_policy(c, &file))
		return ERR_OK;
	if (policy_format(file.text, file.length, c->arena, &r, e))
		return tell_failure(c, file.name, file.text, file.length, e);
	run->files++;
	run->changed += r.count > 0;
	tell_violations(c, &file, &r.notes);
	return put_result(c, path, &r, e);
}

enum err_code
cli_policy_fmt(struct call *c, struct err *e)
{
	const struct policy_fmt_flags *flags = c->flags;
	struct words paths = {0};
	struct fmt_run run = {0};
	struct err worst = {0};
	if (flags->check && flags->write)
		return ERR(e, USAGE, "--check writes nothing: give it or --write");
	enum err_code code = policy_inputs_expand(c, &paths, e);
	for (size_t i = 0; !code && i < paths.count; i++) {
		struct err failure = {0};
		if (!fmt_file(c, paths.items[i], &run, &failure))
			continue;
		if (failure.message[0])
			tell_of_file(c, paths.items[i], &failure);
		if (err_exit_status(failure.code) >= err_exit_status(worst.code))
			worst = failure;
	}
	if (code)
		return code;
	if (flags->check)
		note(c, "%s, %zu would change", counted(c->arena, run.files, "file"), run.changed);
	*e = worst;
	if (!worst.code && flags->check && run.changed)
		return call_told(ERR_REFUSED, e);
	return worst.code;
}
