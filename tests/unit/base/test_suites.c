/*
 * The JSON and the YAML test suite, and the documents that others published.
 */
#include "corpus.h"
#include "reading.h"

/* What the suites themselves are read with: some of their files are larger or deeper than a
 * document may be. */
static enum err_code
read_file(void **state, enum document_format format, const char *path, struct node *n,
	  struct err *e)
{
	const struct document_limits wide = {(size_t)16 << 20, 2000000, 64};
	char *text;
	size_t length;
	enum err_code code = file_read(path, (size_t)16 << 20, *state, &text, &length, e);
	return code ? code : document_read(format, text, length, &wide, *state, n, e);
}

static bool
is_one_of(const char *name, const char *const *names)
{
	while (*names && strcmp(name, *names) != 0)
		names++;
	return *names != NULL;
}

/* Valid JSON that Weft refuses on purpose: a key that stands twice, and NUL in a text. */
static const char *const refused_on_purpose[] = {"y_object_duplicated_key.json",
						 "y_object_duplicated_key_and_value.json",
						 "y_string_null_escape.json", NULL};

static void
the_json_test_suite_is_decided_rightly(void **state)
{
	struct corpus c;
	char path[2048];
	unsigned files = 0, wrong = 0;
	if (!corpus_open(&c, "json-test-suite/test_parsing"))
		skip();
	for (const char *name; (name = corpus_next(&c, path, sizeof path)); files++) {
		struct node n;
		struct err e = {0};
		bool is_read = !read_file(state, DOCUMENT_JSON, path, &n, &e);
		bool should_be_read = name[0] == 'y' && !is_one_of(name, refused_on_purpose);
		bool may_be_either = name[0] == 'i';
		if (is_read != should_be_read && !may_be_either) {
			printf("%s: %s %s\n", name,
			       is_read ? "was read" : "was refused:", e.message);
			wrong++;
		}
	}
	printf("%u files\n", files);
	assert_int_equal(wrong, 0);
	assert_true(files > 100);
}

/* ---- the YAML test suite: maps with `yaml`, and `json` or `fail` ---- */

/*
 * Where libyaml itself reads something else: `[?x]` as a key, a last line of spaces in a block, and
 * an anchor's name that holds a colon.
 */
static const char *const known_to_differ[] = {"HM87.yaml", "L24T.yaml", "Y2GN.yaml", NULL};

struct yaml_tally {
	unsigned cases, equal, differ, refused, lenient;
};

/* The suite writes what an editor would not show as signs of its own. */
static const struct {
	const char *sign, *meaning;
} signs[] = {
    {"\xE2\x90\xA3", " "}, /* open box: a space */
    {"\xE2\x80\x94", ""},  /* dashes before a guillemet: a tab */
    {"\xC2\xBB", "\t"},     {"\xE2\x86\x90", "\r"},
    {"\xE2\x86\xB5", ""},   {"\xE2\x87\x94", "\xEF\xBB\xBF"},
    {"\xE2\x88\x8E\n", ""}, /* end of proof: no line end */
};

static size_t
expand_one(const char *p, struct buf *out)
{
	for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
		size_t length = strlen(signs[i].sign);
		if (strncmp(p, signs[i].sign, length) == 0) {
			buf_text(out, signs[i].meaning);
			return length;
		}
	}
	buf_char(out, *p);
	return 1;
}

static const char *
expanded(void **state, const char *text)
{
	struct buf out = {0};
	buf_text(&out, "");
	while (*text)
		text += expand_one(text, &out);
	text = arena_text(*state, out.data);
	buf_done(&out);
	return text;
}

static void
try_yaml(void **state, const char *name, const struct node *test, struct yaml_tally *t)
{
	const char *yaml = expanded(state, node_text(test, "yaml", "")),
		   *json = node_text(test, "json", NULL);
	struct node found, wanted;
	struct err e;
	bool is_read = !document_read(DOCUMENT_YAML, yaml, strlen(yaml), NULL, *state, &found, &e);
	t->cases++;
	if (!is_read) {
		t->refused++;
		return;
	}
	if (node_bool(test, "fail", false))
		t->lenient++;
	/* several values in a row are several documents */
	if (!json || document_read(DOCUMENT_JSON, json, strlen(json), NULL, *state, &wanted, &e))
		return;
	bool is_equal = node_equal(&found, &wanted);
	t->equal += is_equal;
	if (is_equal || is_one_of(name, known_to_differ))
		return;
	t->differ++;
	printf("%s: %s\n  instead of %s", name, as_json(state, &found), json);
}

static void
the_yaml_test_suite_is_read_as_it_says(void **state)
{
	struct corpus c;
	char path[2048];
	struct yaml_tally t = {0};
	if (!corpus_open(&c, "yaml-test-suite/src"))
		skip();
	for (const char *name; (name = corpus_next(&c, path, sizeof path));) {
		struct node tests = {0};
		struct err e;
		if (read_file(state, DOCUMENT_YAML, path, &tests, &e))
			fail_msg("%s: %s", name, e.message);
		for (uint32_t i = 0; i < tests.count; i++)
			try_yaml(state, name, &tests.items[i], &t);
	}
	printf("%u cases: %u equal, %u differ, %u refused, %u read that should not be\n", t.cases,
	       t.equal, t.differ, t.refused, t.lenient);
	assert_int_equal(t.differ, 0);
	assert_true(t.equal > 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_ARENA(the_json_test_suite_is_decided_rightly),
	    IN_ARENA(the_yaml_test_suite_is_read_as_it_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
