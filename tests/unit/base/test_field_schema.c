/*
 * What is derived from a table: the JSON Schema and the page of reference.
 */
#include "pet.h"
#include "reading.h"

static struct node
schema_of(void **state, const struct field_set *set)
{
	struct buf b = {0};
	field_schema(set, "https://example.org/pet.json", "Pets", &b);
	struct node n = tree_of(state, DOCUMENT_JSON, arena_text(*state, b.data));
	buf_done(&b);
	return n;
}

static void
assert_at(void **state, const struct node *root, const char *pointer, const char *json)
{
	struct position at;
	const struct node *n = pointer_place(root, pointer, &at);
	if (!n)
		fail_msg("nothing at '%s'", pointer);
	assert_string_equal(as_json(state, n), json);
}

static void
the_schema_says_what_it_is(void **state)
{
	struct node n = schema_of(state, &pet_set);
	assert_at(state, &n, "/$schema", "\"https://json-schema.org/draft/2020-12/schema\"");
	assert_at(state, &n, "/$id", "\"https://example.org/pet.json\"");
	assert_at(state, &n, "/title", "\"Pets\"");
	assert_at(state, &n, "/$ref", "\"#/$defs/pet\"");
	assert_int_equal(node_get(&n, "$defs")->count, 2);
}

static void
each_type_of_field_has_its_schema(void **state)
{
	struct node n = schema_of(state, &pet_set);
	struct position at;
	const struct node *fields = pointer_place(&n, "/$defs/pet/properties", &at);
	assert_at(state, fields, "/name",
		  "{\"description\":\"What it is "
		  "called\",\"type\":\"string\",\"minLength\":1,\"pattern\":\"^[a-z]+$\","
		  "\"examples\":[\"rex\"]}");
	assert_at(state, fields, "/is_tame/type", "\"boolean\"");
	assert_at(state, fields, "/legs/type", "\"integer\"");
	assert_at(state, fields, "/weight/type", "\"number\"");
	assert_at(state, fields, "/age/type", "\"string\"");
	assert_at(state, fields, "/age/examples", "[\"2 years\"]");
	assert_at(state, fields, "/mood/enum", "[\"calm\",\"playful\",\"hungry\"]");
	assert_at(state, fields, "/tags/anyOf",
		  "[{\"type\":\"string\",\"minLength\":1},{\"type\":\"array\",\"minItems\":1,"
		  "\"items\":{\"type\":"
		  "\"string\"}}]");
	assert_at(state, fields, "/tags/examples", "[[\"small\",\"brown\"]]");
	assert_at(state, fields, "/last/$ref", "\"#/$defs/vet_visit\"");
	assert_at(state, fields, "/visits/anyOf/0",
		  "{\"$ref\":\"#/$defs/vet_visit\",\"type\":[\"object\",\"string\"]}");
	assert_at(state, fields, "/visits/anyOf/1",
		  "{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/vet_visit\"}}");
	assert_at(state, fields, "/anything", "{\"description\":\"Whatever there is to say\"}");
}

static void
keys_are_closed_but_for_extensions(void **state)
{
	struct node n = schema_of(state, &pet_set);
	assert_at(state, &n, "/$defs/pet/required", "[\"name\"]");
	assert_at(state, &n, "/$defs/pet/additionalProperties", "false");
	assert_at(state, &n, "/$defs/pet/patternProperties/^x-",
		  "{\"description\":\"An extension, kept as it is\"}");
	assert_at(state, &n, "/$defs/vet_visit/anyOf/0/additionalProperties", "false");
	assert_at(state, &n, "/$defs/vet_visit/anyOf/1",
		  "{\"description\":\"a text is the reason\",\"not\":{\"type\":\"object\"}}");
	struct position at;
	assert_null(pointer_place(&n, "/$defs/vet_visit/anyOf/0/patternProperties", &at));
}

/* A set that holds itself, and another of the same name. */
static const struct field_set branch_set;
static const struct field twin_fields[] = {{"x", FIELD_NODE, 0, .help = "anything"}, {0}};
static const struct field_set twin_set = {"branch", sizeof(void *), twin_fields, .open = true};
static const struct field branch_fields[] = {
    {"branches", FIELD_LIST, 0, .of = &branch_set},
    {"twin", FIELD_LIST, sizeof(struct list), .of = &twin_set},
    {0},
};
static const struct field_set branch_set = {"branch", 2 * sizeof(struct list), branch_fields,
					    .open = false};

static void
sets_that_hold_themselves_or_share_a_name_are_told_apart(void **state)
{
	struct node n = schema_of(state, &branch_set);
	assert_int_equal(node_get(&n, "$defs")->count, 2);
	assert_at(state, &n, "/$defs/branch/properties/branches/items/$ref", "\"#/$defs/branch\"");
	assert_at(state, &n, "/$defs/branch/properties/twin/items/$ref", "\"#/$defs/branch_2\"");
	assert_at(state, &n, "/$defs/branch_2/type", "\"object\"");
	struct position at;
	assert_null(pointer_place(&n, "/$defs/branch_2/additionalProperties", &at));
}

static void
the_reference_has_a_section_a_set_and_a_row_a_field(void **state)
{
	CLEANUP(buf_done) struct buf b = {0};
	(void)state;
	field_reference(&pet_set, "Pets", &b);
	assert_memory_equal(b.data, "# Pets\n\nAn animal\n\n| key |", 26);
	assert_contains(b.data, "| `name` | text | yes | What it is called<br>Example: `rex` |\n");
	assert_contains(b.data, "| `mood` | `calm`, `playful` or `hungry` |  |");
	assert_contains(b.data, "| `visits` | one or a list of [vet visit](#vet-visit) |");
	assert_contains(b.data, "\nKeys that begin with `x-` may stand here as well.\n");
	assert_contains(b.data, "\n## vet visit\n\nA visit\n\nShort form: a text is the reason\n");
	assert_contains(b.data, "| Why \\| when<br>Example: `a cough` |");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_ARENA(the_schema_says_what_it_is),
	    IN_ARENA(each_type_of_field_has_its_schema),
	    IN_ARENA(keys_are_closed_but_for_extensions),
	    IN_ARENA(sets_that_hold_themselves_or_share_a_name_are_told_apart),
	    IN_ARENA(the_reference_has_a_section_a_set_and_a_row_a_field),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
