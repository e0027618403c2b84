/*
 * The facts that a judgement is made by: which are gathered, what they say, and that those of
 * yesterday do not count.
 */
#include "office.h"

#define PRODUCT(name, domain, more)                                                                \
	"name: " name "\nowner: " domain "-team\ndomain: " domain                                  \
	"\nschema: [{name: id, type: STRING, pii: true}, {name: n, type: INTEGER}]\n"              \
	"access: {role: analysts, level: read}\nquality_checks: [unique: id]\n" more

#define POLICY(name, expression)                                                                   \
	"kind: Policy\nname: " name                                                                \
	"\nenforcement: deny\nvalidations:\n  - expression: '" expression                          \
	"'\n    message: not so\n"

static void
define(struct office *o, const char *name, const char *text)
{
	const struct submission in = office_paper(text);
	struct outcome out = office_begin(o);
	assert_int_equal(office_end(o,
				    policy_define(o->governance, name, &in, &o->arena,
						  &o->violations, &out, &o->e),
				    &out),
			 ERR_OK);
}

static void
publish(struct office *o, const char *text)
{
	if (office_publish_text(o, text) != ERR_OK)
		fail_msg("%s", o->e.message);
}

/* What the newest event keeps under decision.KEY, as JSON. */
static const char *
kept(struct office *o, const char *key)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct session *s = NULL;
	struct event ev;
	struct node body;
	assert_int_equal(store_read(o->store, &s, &o->e), ERR_OK);
	assert_int_equal(event_get(s, size_of_log(s), &o->arena, &ev, &o->e), ERR_OK);
	session_end(&s);
	assert_int_equal(
	    document_read(DOCUMENT_JSON, ev.body, ev.body_length, NULL, &o->arena, &body, &o->e),
	    ERR_OK);
	json_canonical(&text, node_get(node_get(&body, "decision"), key));
	return arena_bytes(&o->arena, text.data, text.length);
}

static void
what_no_policy_looks_at_is_not_gathered(void **state)
{
	struct office *o = *state;
	publish(o, PRODUCT("a.b", "d", "inputs: [x.y]\n"));
	assert_string_equal(kept(o, "facts"),
			    "{\"domain\":{\"name\":\"d\",\"tags\":[],\"team\":null}}");
	assert_string_equal(kept(o, "upstream"), "[]");
}

static void
an_input_is_known_with_owner_access_and_columns(void **state)
{
	struct office *o = *state;
	define(o, "looks", POLICY("looks", "size(upstream) < 9"));
	publish(o, PRODUCT("a.b", "d", ""));
	publish(o, PRODUCT("c.d", "e",
			   "inputs: [a.b, x.y, {dataset: \"n|s\", owner: o}, \"dataset:n|t\"]\n"));
	assert_string_equal(
	    kept(o, "upstream"),
	    "[{\"access\":[{\"level\":\"read\",\"role\":\"analysts\"}],\"classification\":null,"
	    "\"columns\":[{\"classification\":null,\"name\":\"id\",\"personal\":true,\"type\":"
	    "\"STRING\"},{\"classification\":null,\"name\":\"n\",\"personal\":false,\"type\":"
	    "\"INTEGER\"}],\"domain\":\"d\",\"external\":false,\"kind\":\"product\",\"known\":true,"
	    "\"name\":\"a.b\",\"owner\":\"d-team\",\"personal\":true,\"status\":\"active\","
	    "\"version\":\"1.0.0\"},"
	    "{\"external\":true,\"kind\":\"product\",\"known\":false,\"name\":\"x.y\",\"owner\":"
	    "null},"
	    "{\"external\":true,\"kind\":\"dataset\",\"known\":false,\"name\":\"n|s\",\"owner\":"
	    "\"o\"},"
	    "{\"external\":true,\"kind\":\"dataset\",\"known\":false,\"name\":\"n|t\",\"owner\":"
	    "null}]");
}

static void
a_change_and_the_readers_are_known(void **state)
{
	struct office *o = *state;
	define(o, "looks",
	       POLICY("looks", "has(facts.change) || has(facts.downstream) || has(facts.quality) "
			       "|| has(facts.published_at)"));
	publish(o, PRODUCT("a.b", "d", ""));
	assert_string_equal(kept(o, "facts"), "{\"domain\":{\"name\":\"d\",\"tags\":[],\"team\":"
					      "null},\"downstream\":[]}");
	publish(o, PRODUCT("c.d", "e", "inputs: [a.b]\n"));
	publish(o, PRODUCT("a.b", "d", "description: more\n"));
	const char *facts = kept(o, "facts");
	assert_non_null(strstr(facts, "\"change\":{\"breaking\":false,\"items\":[{\"level\":"
				      "\"patch\",\"message\":\"description was added\","
				      "\"pointer\":\"/description\"}],\"level\":\"patch\","
				      "\"version\":\"1.0.1\"}"));
	assert_non_null(strstr(facts, "\"downstream\":[{\"domain\":\"e\",\"name\":\"c.d\","
				      "\"owner\":\"e-team\"}]"));
	assert_non_null(strstr(facts, "\"published_at\":\"20"));
}

/* Decide one publication, publish the other, then let the first have its turn. */
static enum err_code
publish_around(struct office *o, const char *outer, const char *inner)
{
	CLEANUP(buf_done) struct buf answer = {0};
	const struct submission in = office_paper(outer);
	struct violations violations = {.arena = &o->arena};
	struct outcome out = {.body = &answer};
	assert_int_equal(product_publish(o->governance, &in, &o->arena, &violations, &out, &o->e),
			 ERR_OK);
	assert_non_null(out.pending);
	publish(o, inner);
	return outcome_settle(o->governance, &out, &o->e);
}

static void
who_begins_to_read_it_meanwhile_is_heard(void **state)
{
	struct office *o = *state;
	define(o, "lonely", POLICY("lonely", "size(facts.downstream) == 0"));
	publish(o, PRODUCT("a.b", "d", ""));
	assert_int_equal(
	    publish_around(o, PRODUCT("a.b", "d", "description: more\n"), PRODUCT("x.y", "e", "")),
	    ERR_OK);
	assert_int_equal(publish_around(o, PRODUCT("a.b", "d", "description: other\n"),
					PRODUCT("c.d", "e", "inputs: [a.b]\n")),
			 ERR_REFUSED);
}

static void
an_input_that_changes_meanwhile_is_looked_at_again(void **state)
{
	struct office *o = *state;
	define(o, "owned", POLICY("owned", "upstream.all(u, u.owner != \"f-team\")"));
	publish(o, PRODUCT("a.b", "d", ""));
	assert_int_equal(
	    publish_around(o, PRODUCT("c.d", "e", "inputs: [a.b]\n"), PRODUCT("a.b", "f", "")),
	    ERR_REFUSED);
}

int
main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, office_open, office_close)
	const struct CMUnitTest tests[] = {
	    T(what_no_policy_looks_at_is_not_gathered),
	    T(an_input_is_known_with_owner_access_and_columns),
	    T(a_change_and_the_readers_are_known),
	    T(who_begins_to_read_it_meanwhile_is_heard),
	    T(an_input_that_changes_meanwhile_is_looked_at_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
