/*
 * sending.c -- send, complain in the file's own lines, count.
 */
#include "sending.h"

#include <string.h>

#include "expression_place.h"
#include "report.h"

void
tell_violations(struct call *c, const struct sent_file *file, const struct violations *list)
{
	if (list->count == 0)
		return;
	CLEANUP(buf_done) struct buf b = {0};
	const struct source source = {file->name, file->text, file->length};
	list = expression_places(list, file->text, file->length, c->arena);
	report_violations(&c->err, &source, list, &b);
	call_flush(c);
	screen_show(&c->err, &b);
}

enum err_code
tell_failure(struct call *c, const char *file, const char *text, size_t length, struct err *e)
{
	CLEANUP(buf_done) struct buf b = {0};
	const struct source source = {file, text, length};
	report_error(&c->err, &source, e, &b);
	call_flush(c);
	screen_show(&c->err, &b);
	return call_told(e->code, e);
}

enum err_code
tell_of_file(struct call *c, const char *path, struct err *e)
{
	bool names_itself = strncmp(e->message, path, strlen(path)) == 0;
	return tell_failure(c, names_itself ? NULL : path, NULL, 0, e);
}

/*
 * Complaints speak for themselves; an error without them is shown with its place, if the server
 * knew one.
 */
static enum err_code
tell_refusal(struct call *c, const struct sent_file *file, const struct answer *a, struct err *e)
{
	if (c->json && a->root.kind == NODE_MAP) {
		answer_show_json(c, a);
		return tell_failure(c, file->name, NULL, 0, e);
	}
	if (a->violations.count == 0) {
		e->at.line = (uint32_t)node_int(&a->root, "line", 0);
		e->at.column = (uint32_t)node_int(&a->root, "column", 0);
		return tell_failure(c, file->name, file->text, file->length, e);
	}
	tell_violations(c, file, &a->violations);
	return call_told(e->code, e);
}

enum err_code
send_document(struct call *c, const struct sent_file *file, const char *method, const char *path,
	      struct answer *ret_answer, struct err *e)
{
	const struct question q = {method, path, NULL, file->media_type, file->text, file->length};
	enum err_code code = client_ask(c, &q, ret_answer, e);
	if (code &&
	    (ret_answer->status == 0 || code == ERR_UNREACHABLE || code == ERR_UNAUTHENTICATED))
		return code;
	if (code)
		return tell_refusal(c, file, ret_answer, e);
	if (!c->json)
		tell_violations(c, file, &ret_answer->violations);
	return ERR_OK;
}

const char *
word_of_failure(enum err_code code)
{
	if (code == ERR_NOT_FOUND)
		return "not found";
	switch (err_exit_status(code)) {
	case 1:
		return "refused";
	case 2:
		return "malformed";
	case 4:
		return "not allowed";
	default:
		return "failed";
	}
}

enum { MOST_WORDS = 16 };

/* How many files fared how, in the order in which the words came up. */
struct tally {
	const char *words[MOST_WORDS];
	size_t counts[MOST_WORDS];
	size_t used, files;
};

static void
count(struct call *c, struct tally *t, const char *word, size_t files)
{
	size_t i = 0;
	while (i < t->used && strcmp(t->words[i], word) != 0)
		i++;
	if (i == MOST_WORDS)
		return;
	if (i == t->used)
		t->words[t->used++] = arena_text(c->arena, word);
	t->counts[i] += files;
}

static void
show_summary(struct call *c, const struct tally *t)
{
	CLEANUP(buf_done) struct buf b = {0};
	paint(&c->err, &b, BOLD, counted(c->arena, t->files, "file"));
	for (size_t i = 0; i < t->used; i++) {
		buf_printf(&b, "%s%zu ", i ? ", " : ": ", t->counts[i]);
		paint(&c->err, &b, paint_of_word(t->words[i]), t->words[i]);
	}
	buf_char(&b, '\n');
	call_flush(c);
	screen_show(&c->err, &b);
}

/* No other file would fare better. */
static bool
ends_it_all(enum err_code code)
{
	return code == ERR_UNREACHABLE || code == ERR_TIMEOUT || code == ERR_UNAUTHENTICATED;
}

/*
 * What is about one file is told beside it; only what ends it all is left for the end.  Each file
 * has an arena of its own, so that there may be any number of them.
 */
static enum err_code
do_file(struct call *c, file_fn *one, const char *path, struct tally *t, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct arena *whole = c->arena;
	const char *word = "done";
	c->arena = &arena;
	enum err_code code = one(c, path, &word, e);
	c->arena = whole;
	c->problem = c->problem ? arena_text(whole, c->problem) : NULL;
	count(c, t, code ? word_of_failure(code) : word, 1);
	call_flush(c);
	if (!code || !e->message[0] || ends_it_all(code))
		return code;
	return tell_of_file(c, path, e);
}

enum err_code
each_file(struct call *c, file_fn *one, struct err *e)
{
	struct tally t = {.files = c->words.count};
	struct err worst = {0};
	for (size_t i = 0; i < c->words.count; i++) {
		struct err failure = {0};
		enum err_code code = do_file(c, one, c->words.items[i], &t, &failure);
		if (code && err_exit_status(code) >= err_exit_status(worst.code))
			worst = failure;
		if (ends_it_all(code)) {
			worst = failure;
			if (i + 1 < c->words.count)
				count(c, &t, "not tried", c->words.count - i - 1);
			break;
		}
	}
	if (c->words.count > 1)
		show_summary(c, &t);
	*e = worst;
	return worst.code;
}

enum err_code
document_name(struct call *c, const struct sent_file *file, const char **ret_name, struct err *e)
{
	struct node root;
	if (document_read(document_format_of(file->media_type), file->text, file->length, NULL,
			  c->arena, &root, e))
		return tell_failure(c, file->name, file->text, file->length, e);
	const char *name = node_text(&root, "name", NULL);
	if (!name || !*name) {
		ERR_AT(e, MALFORMED, root.at, "the document has no 'name'");
		return tell_failure(c, file->name, file->text, file->length, e);
	}
	*ret_name = name;
	return ERR_OK;
}

enum err_code
put_document(struct call *c, const char *path, const char *collection, const char **ret_word,
	     struct err *e)
{
	struct sent_file file;
	const char *name = NULL;
	struct answer a;
	enum err_code code = sent_file_read(c, path, &file, e);
	if (!code)
		code = document_name(c, &file, &name, e);
	if (!code)
		code = send_document(c, &file, "PUT", api_path(c->arena, collection, name, NULL),
				     &a, e);
	if (code)
		return code;
	*ret_word = node_text(&a.root, "outcome", "defined");
	if (c->json) {
		answer_show_json(c, &a);
		return ERR_OK;
	}
	paint(&c->out, &c->page, BOLD, name);
	buf_text(&c->page, "  ");
	paint(&c->out, &c->page, paint_of_word(*ret_word), *ret_word);
	buf_char(&c->page, '\n');
	return ERR_OK;
}
