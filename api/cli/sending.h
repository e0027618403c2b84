/*
 * sending.h -- documents on their way to the server, one file after another: all are tried, then
 * counted.
 */
#ifndef WEFT_CLI_SENDING_H
#define WEFT_CLI_SENDING_H

#include "client.h"

/*
 * send_document -- send the file as the body.  What the server complains of is shown at once, in
 * the file's own lines (with --json the problem document); the error has no message then.  Warnings
 * of a success are shown as well.
 */
enum err_code send_document(struct call *c, const struct sent_file *file, const char *method,
			    const char *path, struct answer *ret_answer, struct err *e);

/* tell_violations -- all complaints about a file, now, on standard error. */
void tell_violations(struct call *c, const struct sent_file *file, const struct violations *list);

/*
 * tell_failure -- "FILE:LINE:COLUMN: error: ..." for an error without violations; gives the code
 * without a message.
 */
enum err_code tell_failure(struct call *c, const char *file, const char *text, size_t length,
			   struct err *e);

/* tell_of_file -- the same beside the file's name, unless the message begins with it. */
enum err_code tell_of_file(struct call *c, const char *path, struct err *e);

/*
 * One file: gives the word that it is counted under ("created", "refused") in `*ret_word`, be it a
 * success or not.  Word and texts live in the call's arena, which is the file's own meanwhile.
 */
typedef enum err_code file_fn(struct call *c, const char *path, const char **ret_word,
			      struct err *e);

/*
 * each_file -- all the words of the call, one after another, and a summary when there are several.
 * The worst exit status is the one that comes back.  Ends early where no other file can fare
 * better: the server cannot be reached.
 */
enum err_code each_file(struct call *c, file_fn *one, struct err *e);

/* word_of_failure -- what a file that failed is counted under. */
const char *word_of_failure(enum err_code code);

/*
 * document_name -- the `name` in a document that is put under its name; complaints about a document
 * without one, or about a text that is no YAML, are shown at once.
 */
enum err_code document_name(struct call *c, const struct sent_file *file, const char **ret_name,
			    struct err *e);

/*
 * put_document -- PUT the file under its name: /api/v1/COLLECTION/NAME; and say what became of it.
 * A file_fn's work.
 */
enum err_code put_document(struct call *c, const char *path, const char *collection,
			   const char **ret_word, struct err *e);

#endif
