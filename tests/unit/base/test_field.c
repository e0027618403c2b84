/*
 * Decoding a map by its table, and what is complained of.
 */
#include "pet.h"
#include "reading.h"

struct outcome {
	struct pet pet;
	struct violations violations;
	bool is_good;
};

static struct outcome
decode(void **state, const char *yaml)
{
	struct node *n = ARENA_NEW(*state, struct node);
	struct outcome o = {.violations = {.arena = *state}};
	struct field_context c = {
	    .arena = *state, .violations = &o.violations, .pointer = "", .user = state};
	*n = tree_of(state, DOCUMENT_YAML, yaml);
	o.is_good = field_decode(&pet_set, n, &c, &o.pet);
	assert_int_equal(o.is_good, o.violations.count == 0);
	return o;
}

/* Exactly one complaint: "rule pointer line:column message -> suggestion". */
static void
assert_complaint(void **state, const char *yaml, const char *wanted)
{
	struct outcome o = decode(state, yaml);
	if (o.violations.count != 1)
		fail_msg("'%s': %zu complaints", yaml, o.violations.count);
	const struct violation *v = &o.violations.items[0];
	const char *found = arena_printf(
	    *state, "%s %s %u:%u %s%s%s", v->rule, v->pointer, v->at.line, v->at.column, v->message,
	    v->suggestion ? " -> " : "", v->suggestion ? v->suggestion : "");
	assert_string_equal(found, wanted);
}

static void
every_type_of_field_is_decoded(void **state)
{
	struct outcome o = decode(
	    state, "name: rex\nversion: '1.0'\nis_tame: true\nlegs: 4\nweight: 7\nage: 2 years\n"
		   "mood: hungry\ntags: [a, b]\nlast: {reason: x, mood: calm}\n"
		   "visits:\n  - y\n  - reason: z\nanything: [1]\nx-more: 5\n");
	assert_true(o.is_good);
	assert_string_equal(o.pet.name, "rex");
	assert_string_equal(o.pet.version, "1.0");
	assert_true(o.pet.is_tame);
	assert_int_equal(o.pet.legs, 4);
	assert_true(o.pet.weight == 7.0);
	assert_int_equal(o.pet.age.months, 24);
	assert_int_equal(o.pet.mood, 2);
	assert_int_equal(o.pet.tags.count, 2);
	assert_string_equal(o.pet.tags.items[1], "b");
	assert_place(o.pet.tags.places[1], 8, 11);
	assert_place(o.pet.last.at, 9, 7);
	assert_int_equal(o.pet.last.mood, 0);
	const struct visit *visits = o.pet.visits.items;
	assert_int_equal(o.pet.visits.count, 2);
	assert_string_equal(visits[0].reason, "y");
	assert_place(visits[0].at, 11, 5);
	assert_int_equal(visits[0].mood, -1);
	assert_string_equal(visits[1].reason, "z");
	assert_int_equal(o.pet.anything->kind, NODE_LIST);
	assert_place(o.pet.at, 1, 1);
}

static void
what_is_absent_stays_zero_and_absent_words_are_minus_one(void **state)
{
	struct outcome o = decode(state, "{name: rex, version: null, tags: ~, anything: ~}");
	assert_true(o.is_good);
	assert_null(o.pet.version);
	assert_int_equal(o.pet.mood, -1);
	assert_int_equal(o.pet.last.mood, -1);
	assert_int_equal(o.pet.last.at.line, 0);
	assert_int_equal(o.pet.tags.count, 0);
	assert_int_equal(o.pet.visits.count, 0);
	assert_int_equal(o.pet.anything->kind, NODE_NULL);
}

static void
one_may_stand_for_a_list_of_one(void **state)
{
	struct outcome o = decode(state, "{name: rex, tags: small, visits: {reason: x}}");
	assert_true(o.is_good);
	assert_int_equal(o.pet.tags.count, 1);
	assert_string_equal(o.pet.tags.items[0], "small");
	assert_string_equal(((const struct visit *)o.pet.visits.items)[0].reason, "x");
	assert_complaint(state, "{name: rex, visits: {reason: [x]}}",
			 "type /visits/reason 1:30 expected text, found a list");
	assert_complaint(state, "{name: rex, tags: bad}", "tag /tags 1:19 no such tag");
}

static void
an_unknown_key_is_answered_with_the_nearest_known_one(void **state)
{
	assert_complaint(state, "name: rex\nwieght: 3\n",
			 "unknown-key /wieght 2:1 unknown key 'wieght' -> weight");
	assert_complaint(state, "name: rex\ncolour: red\n",
			 "unknown-key /colour 2:1 unknown key 'colour' -> x-colour");
	assert_complaint(state, "{name: rex, visits: [{reason: a, when/: b}]}",
			 "unknown-key /visits/0/when~1 1:34 unknown key 'when/'");
}

static void
a_missing_key_is_complained_of_at_its_map(void **state)
{
	assert_complaint(state, "\n  legs: 4\n", "required /name 2:3 'name' is missing -> rex");
	assert_complaint(state, "name:\nlegs: 4\n",
			 "required /name 1:6 'name' is required, found nothing -> rex");
	assert_complaint(state, "{name: rex, visits: [{}]}",
			 "required /visits/0/reason 1:22 'reason' is missing -> a cough");
}

static void
a_wrong_type_is_named_with_what_was_found(void **state)
{
	assert_complaint(state, "{name: [x]}", "type /name 1:8 expected text, found a list");
	assert_complaint(state, "{name: rex, legs: four}",
			 "type /legs 1:19 expected a whole number, found a text ('four')");
	assert_complaint(state, "{name: rex, legs: 4.0}",
			 "type /legs 1:19 expected a whole number, found a number (4.0)");
	assert_complaint(state, "{name: rex, weight: {}}",
			 "type /weight 1:21 expected a number, found a map");
	assert_complaint(state, "{name: rex, last: [x]}",
			 "type /last 1:19 expected a reason or a map, found a list");
}

static void
a_number_where_text_belongs_is_to_be_quoted(void **state)
{
	assert_complaint(
	    state, "{name: rex, version: 1.5}",
	    "type /version 1:22 expected text, found a number (1.5) -> put the value in quotes");
	assert_complaint(
	    state, "{name: rex, tags: [a, 7]}",
	    "type /tags/1 1:23 expected text, found a whole number (7) -> put the value in quotes");
	assert_complaint(
	    state, "{name: rex, tags: true}",
	    "type /tags 1:19 expected a list of texts, found true -> put the value in quotes");
}

static void
words_for_true_and_false_are_suggested(void **state)
{
	assert_complaint(state, "{name: rex, is_tame: yes}",
			 "type /is_tame 1:22 expected true or false, found a text ('yes') -> true");
	assert_complaint(
	    state, "{name: rex, is_tame: Off}",
	    "type /is_tame 1:22 expected true or false, found a text ('Off') -> false");
	assert_complaint(state, "{name: rex, is_tame: 1}",
			 "type /is_tame 1:22 expected true or false, found a whole number (1)");
}

static void
an_unknown_word_is_answered_with_the_nearest_one(void **state)
{
	assert_complaint(
	    state, "{name: rex, mood: playfull}",
	    "word /mood 1:19 expected one of calm, playful, hungry, found 'playfull' -> playful");
	assert_complaint(
	    state, "{name: rex, mood: 3}",
	    "type /mood 1:19 expected one of calm, playful, hungry, found a whole number (3)");
}

static void
a_bad_length_of_time_is_explained(void **state)
{
	assert_complaint(state, "{name: rex, age: 2 yeras}",
			 "duration /age 1:18 '2 yeras' is not a length of time: there is no unit "
			 "'yeras'; did you mean "
			 "'years'? -> 2 years");
	assert_complaint(
	    state, "{name: rex, age: 2}",
	    "type /age 1:18 expected a length of time, found a whole number (2) -> 2 years");
}

static void
an_empty_value_may_be_forbidden(void **state)
{
	assert_complaint(state, "{name: ''}",
			 "not-empty /name 1:8 'name' must not be empty -> rex");
	assert_complaint(state, "{name: rex, tags: []}",
			 "not-empty /tags 1:19 'tags' must not be empty -> [small, brown]");
}

static void
checks_complain_where_they_look(void **state)
{
	assert_complaint(state, "{name: re x}", "name /name 1:8 're x' holds a space");
	assert_complaint(state, "{name: rex, tags: [a, bad]}", "tag /tags/1 1:23 no such tag");
	assert_complaint(state, "{name: rex, legs: 5}", "legs  1:1 too many legs");
}

static void
a_short_form_that_is_wrong_complains_itself(void **state)
{
	assert_complaint(state, "{name: rex, visits: [5]}",
			 "type /visits/0 1:22 expected a reason or a map, found a whole number");
	assert_complaint(state, "{name: rex, visits: 5}",
			 "type /visits 1:21 expected a list, found a whole number (5)");
}

static void
what_is_no_map_at_all_is_refused(void **state)
{
	assert_complaint(state, "[a]", "type  1:1 expected a map, found a list");
}

static void
all_complaints_come_at_once_and_the_rest_is_filled(void **state)
{
	struct outcome o = decode(
	    state,
	    "{name: rex, legs: x, mood: y, zzzzzz: 1, visits: [{}, {reason: ok}], tags: [1, b]}");
	assert_int_equal(o.violations.count, 5);
	assert_string_equal(o.pet.name, "rex");
	assert_int_equal(o.pet.visits.count, 2);
	assert_string_equal(((const struct visit *)o.pet.visits.items)[1].reason, "ok");
	assert_int_equal(o.pet.tags.count, 1);
	assert_string_equal(o.pet.tags.items[0], "b");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_ARENA(every_type_of_field_is_decoded),
	    IN_ARENA(what_is_absent_stays_zero_and_absent_words_are_minus_one),
	    IN_ARENA(one_may_stand_for_a_list_of_one),
	    IN_ARENA(an_unknown_key_is_answered_with_the_nearest_known_one),
	    IN_ARENA(a_missing_key_is_complained_of_at_its_map),
	    IN_ARENA(a_wrong_type_is_named_with_what_was_found),
	    IN_ARENA(a_number_where_text_belongs_is_to_be_quoted),
	    IN_ARENA(words_for_true_and_false_are_suggested),
	    IN_ARENA(an_unknown_word_is_answered_with_the_nearest_one),
	    IN_ARENA(a_bad_length_of_time_is_explained),
	    IN_ARENA(an_empty_value_may_be_forbidden),
	    IN_ARENA(checks_complain_where_they_look),
	    IN_ARENA(a_short_form_that_is_wrong_complains_itself),
	    IN_ARENA(what_is_no_map_at_all_is_refused),
	    IN_ARENA(all_complaints_come_at_once_and_the_rest_is_filled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
