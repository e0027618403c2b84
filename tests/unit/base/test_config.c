/*
 * Settings: which source goes before which, and what is said about a bad one.
 */
#include "base/config.h"

#include "folder.h"
#include "reading.h"

static const char *
config_file(void **state, const struct folder *f, const char *text)
{
	const char *path = arena_printf(*state, "%s/weft.yaml", f->path);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	return path;
}

/* The words are NULL-terminated. */
static enum err_code
load(void **state, const char *const *words, struct config *c, struct err *e)
{
	char *argv[16];
	int argc = 0;
	for (; words[argc]; argc++)
		argv[argc] = arena_text(*state, words[argc]);
	return config_load(argc, argv, *state, c, e);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NO_WORDS   ((const char *const[]){NULL})

static void
assert_refused(void **state, const char *const *words, enum err_code code, const char *message)
{
	struct config c = {.threads = 77};
	struct err e;
	assert_int_equal(load(state, words, &c, &e), code);
	assert_int_equal(c.threads, 77);
	assert_contains(e.message, message);
}

static void
every_setting_has_its_default(void **state)
{
	struct config c;
	struct err e;
	assert_int_equal(load(state, NO_WORDS, &c, &e), ERR_OK);
	assert_string_equal(c.listen, "127.0.0.1:8080");
	assert_int_equal(c.threads, 2);
	assert_false(c.dev);
}

static void
flags_are_written_in_several_ways(void **state)
{
	struct config c;
	struct err e;
	assert_int_equal(
	    load(state, WORDS("--max-body", "2048", "--data=x=y", "--dev", "--threads=3"), &c, &e),
	    ERR_OK);
	assert_int_equal(c.max_body, 2048);
	assert_string_equal(c.data, "x=y");
	assert_true(c.dev);
	assert_int_equal(c.threads, 3);
	assert_int_equal(load(state, WORDS("--dev", "--no-dev"), &c, &e), ERR_OK);
	assert_false(c.dev);
	assert_int_equal(load(state, WORDS("--dev=false"), &c, &e), ERR_OK);
	assert_false(c.dev);
}

static void
a_flag_goes_before_the_environment_and_that_before_the_file(void **state)
{
	struct folder f;
	struct config c;
	struct err e;
	folder_make(&f);
	const char *path =
	    config_file(state, &f, "threads: 5\nmax_body: 5000\norigin: file\ndev: true\n");
	setenv("WEFT_THREADS", "6", 1);
	setenv("WEFT_MAX_BODY", "6000", 1);
	assert_int_equal(load(state, WORDS("--threads", "7", "--config", path), &c, &e), ERR_OK);
	assert_int_equal(c.threads, 7);
	assert_int_equal(c.max_body, 6000);
	assert_string_equal(c.origin, "file");
	assert_true(c.dev);
	setenv("WEFT_CONFIG", path, 1);
	assert_int_equal(load(state, NO_WORDS, &c, &e), ERR_OK);
	assert_string_equal(c.origin, "file");
	unsetenv("WEFT_THREADS");
	unsetenv("WEFT_MAX_BODY");
	unsetenv("WEFT_CONFIG");
	folder_remove(&f);
}

static void
a_bad_flag_is_told_with_what_would_be_right(void **state)
{
	assert_refused(state, WORDS("--max-bodi", "5000"), ERR_USAGE,
		       "unknown flag '--max-bodi'; did you mean '--max-body'?");
	assert_refused(state, WORDS("--colour"), ERR_USAGE, "unknown flag '--colour'; --help");
	assert_refused(state, WORDS("--no-threads"), ERR_USAGE, "unknown flag '--no-threads'");
	assert_refused(state, WORDS("serve"), ERR_USAGE, "unexpected word 'serve'");
	assert_refused(state, WORDS("--threads"), ERR_USAGE, "--threads: its value is missing");
	assert_refused(state, WORDS("--threads", "0"), ERR_USAGE,
		       "--threads: expected a whole number from 1 to 64 threads, found '0'");
	assert_refused(state, WORDS("--threads", "2x"), ERR_USAGE, "found '2x'");
	assert_refused(state, WORDS("--threads", " 2"), ERR_USAGE, "found ' 2'");
	assert_refused(state, WORDS("--threads", ""), ERR_USAGE, "found ''");
	assert_refused(state, WORDS("--threads", "99999999999999999999"), ERR_USAGE,
		       "from 1 to 64");
	assert_refused(state, WORDS("--dev=maybe"), ERR_USAGE,
		       "--dev: expected true or false, found 'maybe'");
}

static void
a_bad_variable_is_named(void **state)
{
	setenv("WEFT_REQUEST_TIMEOUT", "soon", 1);
	assert_refused(state, NO_WORDS, ERR_USAGE,
		       "WEFT_REQUEST_TIMEOUT: expected a whole number from 1 to 600 seconds");
	unsetenv("WEFT_REQUEST_TIMEOUT");
}

static void
a_bad_file_is_told_with_its_place(void **state)
{
	struct folder f;
	folder_make(&f);
	static const struct {
		const char *text;
		enum err_code code;
		const char *message;
	} cases[] = {
	    {"threads: 2\nlisten_to: x\n", ERR_MALFORMED,
	     "weft.yaml: 2:1: unknown setting 'listen_to'"},
	    {"thread: 2\n", ERR_MALFORMED, "unknown setting 'thread'; did you mean 'threads'?"},
	    {"threads: many\n", ERR_MALFORMED,
	     "weft.yaml: 1:10: threads: expected a whole number, found a text"},
	    {"threads: 900\n", ERR_USAGE,
	     "weft.yaml: 1:10: threads: expected a whole number from 1 to 64"},
	    {"listen: 8080\n", ERR_MALFORMED, "listen: expected text, found a whole number"},
	    {"- x\n", ERR_MALFORMED, "expected a map of settings, found a list"},
	    {"a: b: c\n", ERR_MALFORMED, "weft.yaml: 1:5: "},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *path = config_file(state, &f, cases[i].text);
		assert_refused(state, WORDS("--config", path), cases[i].code, cases[i].message);
	}
	assert_refused(state, WORDS("--config", "no/such.yaml"), ERR_USAGE,
		       "no/such.yaml: No such file");
	folder_remove(&f);
}

static void
help_lists_every_setting(void **state)
{
	CLEANUP(buf_done) struct buf b = {0};
	(void)state;
	config_help(&b);
	assert_contains(b.data, "--config FILE");
	assert_contains(b.data, "--max-body N");
	assert_contains(b.data, "(default 15, from 1 to 600 seconds)");
	assert_contains(b.data, "--dev ");
}

/* With its comment signs taken away the sample says what the defaults say. */
static void
the_sample_is_a_valid_file(void **state)
{
	struct folder f;
	struct config sample, plain;
	struct err e;
	struct buf b = {0};
	folder_make(&f);
	config_sample(&b);
	char *text = arena_text(*state, b.data);
	for (char *p = text; (p = strchr(p, '#')); p++)
		if (p[1] != ' ')
			*p = ' ';
	const char *path = config_file(state, &f, text);
	assert_int_equal(load(state, WORDS("--config", path), &sample, &e), ERR_OK);
	assert_int_equal(load(state, NO_WORDS, &plain, &e), ERR_OK);
	assert_string_equal(sample.listen, plain.listen);
	assert_int_equal(sample.cache_bytes, plain.cache_bytes);
	buf_done(&b);
	folder_remove(&f);
}

static void
a_file_of_comments_sets_nothing(void **state)
{
	static const char *const texts[] = {"", "\n \n", "# a\n\t# b\r\n#c"};
	struct folder f;
	struct config c;
	struct err e;
	folder_make(&f);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const char *path = config_file(state, &f, texts[i]);
		assert_int_equal(load(state, WORDS("--config", path), &c, &e), ERR_OK);
		assert_string_equal(c.listen, "127.0.0.1:8080");
	}
	const char *path = config_file(state, &f, "# a\nlisten: x # b\n");
	assert_int_equal(load(state, WORDS("--config", path), &c, &e), ERR_OK);
	assert_string_equal(c.listen, "x");
	folder_remove(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_ARENA(every_setting_has_its_default),
	    IN_ARENA(flags_are_written_in_several_ways),
	    IN_ARENA(a_flag_goes_before_the_environment_and_that_before_the_file),
	    IN_ARENA(a_bad_flag_is_told_with_what_would_be_right),
	    IN_ARENA(a_bad_variable_is_named),
	    IN_ARENA(a_bad_file_is_told_with_its_place),
	    IN_ARENA(help_lists_every_setting),
	    IN_ARENA(the_sample_is_a_valid_file),
	    IN_ARENA(a_file_of_comments_sets_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
