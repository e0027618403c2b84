/*
 * test_lineage.c -- walking the graph of products and columns, now and as of a past event.
 */
#include "catalog/lineage.h"

#include "fixture.h"

/* Columns and inputs as lines of YAML. */
static uint64_t
publish_made_from(struct mesh *m, const char *name, const char *columns, const char *inputs)
{
	const char *yaml =
	    arena_printf(&m->arena, "name: %s\nowner: o\ndomain: %.1s-domain\nschema:\n%s%s%s",
			 name, name, columns, *inputs ? "inputs:\n" : "", inputs);
	return publish(m, yaml, "1.0.0");
}

#define ID "  - {name: id, type: STRING}\n"

static enum err_code
try_walk(struct mesh *m, const struct lineage_question *q, struct lineage_graph *g)
{
	struct session *s = mesh_read(m);
	enum err_code code = lineage_walk(s, q, &m->arena, g, &m->e);
	session_end(&s);
	return code;
}

static struct lineage_graph
walk(struct mesh *m, struct lineage_question q)
{
	struct lineage_graph g;
	assert_ok(m, try_walk(m, &q, &g));
	assert_string_equal(g.nodes[0].id, q.root);
	assert_int_equal(g.nodes[0].distance, 0);
	return g;
}

/* The graph as text: "id@distance" of each node (external ones with a "!"), then "from>to" of each
 * edge. */
static const char *
walk_text(struct mesh *m, struct lineage_question q)
{
	CLEANUP(buf_done) struct buf b = {0};
	struct lineage_graph g = walk(m, q);
	for (size_t i = 0; i < g.node_count; i++)
		buf_printf(&b, "%s%s@%u%s", i ? " " : "", g.nodes[i].name, g.nodes[i].distance,
			   g.nodes[i].external ? "!" : "");
	buf_text(&b, " |");
	for (size_t i = 0; i < g.edge_count; i++)
		buf_printf(&b, " %s>%s", strchr(g.edges[i].from, ':') + 1,
			   strchr(g.edges[i].to, ':') + 1);
	return arena_text(&m->arena, b.data);
}

#define WALK(root_, direction_, ...)                                                               \
	walk_text(                                                                                 \
	    m, (struct lineage_question){.root = (root_), .direction = (direction_), __VA_ARGS__})

/* a.raw -> b.clean -> c.report, d.other; a dataset of another world feeds a.raw. */
static void
make_chain(struct mesh *m)
{
	publish_made_from(m, "a.raw", ID, "  - dataset:s3://lake|raw\n");
	publish_made_from(m, "b.clean", ID, "  - a.raw\n");
	publish_made_from(m, "c.report", ID, "  - b.clean\n");
	publish_made_from(m, "d.other", ID, "  - b.clean\n");
}

/* --- products --- */

static void
readers_are_those_that_are_made_from_it_directly(void **state)
{
	struct mesh *m = *state;
	struct lineage_reader_list list;
	make_chain(m);
	struct session *s = mesh_read(m);
	assert_ok(m, lineage_readers(s, "b.clean", &m->arena, &list, &m->e));
	assert_int_equal(list.count, 2);
	assert_string_equal(list.items[0].name, "c.report");
	assert_string_equal(list.items[0].owner, "o");
	assert_string_equal(list.items[0].domain, "c-domain");
	assert_string_equal(list.items[1].name, "d.other");
	assert_ok(m, lineage_readers(s, "c.report", &m->arena, &list, &m->e));
	assert_int_equal(list.count, 0);
	session_end(&s);
	publish_made_from(m, "d.other", ID, "");
	s = mesh_read(m);
	assert_ok(m, lineage_readers(s, "b.clean", &m->arena, &list, &m->e));
	assert_int_equal(list.count, 1);
	session_end(&s);
}

static void
downstream_is_what_is_made_from_it(void **state)
{
	struct mesh *m = *state;
	make_chain(m);
	assert_string_equal(WALK("product:a.raw", LINEAGE_DOWN),
			    "a.raw@0 b.clean@1 c.report@2 d.other@2 | a.raw>b.clean "
			    "b.clean>c.report b.clean>d.other");
	assert_string_equal(WALK("product:c.report", LINEAGE_DOWN), "c.report@0 |");
}

static void
upstream_ends_at_external_datasets(void **state)
{
	struct mesh *m = *state;
	make_chain(m);
	assert_string_equal(WALK("product:c.report", LINEAGE_UP),
			    "c.report@0 b.clean@1 a.raw@2 s3://lake|raw@3! | s3://lake|raw>a.raw "
			    "a.raw>b.clean b.clean>c.report");
	assert_string_equal(WALK("dataset:s3://lake|raw", LINEAGE_DOWN, .depth = 1),
			    "s3://lake|raw@0! a.raw@1 | s3://lake|raw>a.raw");
}

static void
both_directions_leave_siblings_out(void **state)
{
	struct mesh *m = *state;
	make_chain(m);
	assert_string_equal(WALK("product:c.report", LINEAGE_BOTH),
			    "c.report@0 b.clean@1 a.raw@2 s3://lake|raw@3! | s3://lake|raw>a.raw "
			    "a.raw>b.clean b.clean>c.report");
	assert_string_equal(WALK("product:b.clean", LINEAGE_BOTH, .depth = 1),
			    "b.clean@0 a.raw@1 c.report@1 d.other@1 | a.raw>b.clean "
			    "b.clean>c.report b.clean>d.other");
}

static void
a_node_says_its_kind_and_domain(void **state)
{
	struct mesh *m = *state;
	make_chain(m);
	struct lineage_graph g =
	    walk(m, (struct lineage_question){.root = "product:b.clean", .direction = LINEAGE_UP});
	assert_string_equal(g.nodes[0].kind, "product");
	assert_string_equal(g.nodes[0].domain, "b-domain");
	assert_string_equal(g.nodes[2].kind, "dataset");
	assert_string_equal(g.nodes[2].id, "dataset:s3://lake|raw");
	assert_null(g.nodes[2].domain);
	assert_string_equal(g.edges[0].kind, "declared");
	assert_string_equal(g.root, "product:b.clean");
}

static void
a_product_that_nobody_published_is_external_until_somebody_does(void **state)
{
	struct mesh *m = *state;
	publish_made_from(m, "b.clean", ID, "  - a.raw\n");
	assert_string_equal(WALK("product:b.clean", LINEAGE_UP),
			    "b.clean@0 a.raw@1! | a.raw>b.clean");
	assert_string_equal(WALK("product:a.raw", LINEAGE_DOWN),
			    "a.raw@0! b.clean@1 | a.raw>b.clean");
	publish_made_from(m, "a.raw", ID, "");
	assert_string_equal(WALK("product:b.clean", LINEAGE_UP),
			    "b.clean@0 a.raw@1 | a.raw>b.clean");
}

static void
a_cycle_is_visited_once(void **state)
{
	struct mesh *m = *state;
	publish_made_from(m, "a.a", ID, "  - c.c\n");
	publish_made_from(m, "b.b", ID, "  - a.a\n");
	publish_made_from(m, "c.c", ID, "  - b.b\n");
	const char *all = "a.a@0 b.b@1 c.c@2 | a.a>b.b b.b>c.c c.c>a.a";
	assert_string_equal(WALK("product:a.a", LINEAGE_DOWN), all);
	assert_string_equal(WALK("product:a.a", LINEAGE_UP),
			    "a.a@0 c.c@1 b.b@2 | a.a>b.b b.b>c.c c.c>a.a");
	assert_string_equal(WALK("product:a.a", LINEAGE_BOTH),
			    "a.a@0 b.b@1 c.c@1 | a.a>b.b b.b>c.c c.c>a.a");
}

static void
a_diamond_has_its_bottom_once_and_both_edges(void **state)
{
	struct mesh *m = *state;
	publish_made_from(m, "a.top", ID, "");
	publish_made_from(m, "b.left", ID, "  - a.top\n");
	publish_made_from(m, "b.right", ID, "  - a.top\n");
	publish_made_from(m, "c.bottom", ID, "  - b.left\n  - b.right\n  - a.top\n");
	assert_string_equal(WALK("product:a.top", LINEAGE_DOWN),
			    "a.top@0 b.left@1 b.right@1 c.bottom@1 | a.top>b.left a.top>b.right "
			    "a.top>c.bottom b.left>c.bottom"
			    " b.right>c.bottom");
}

static void
at_the_depth_s_limit_edges_between_known_nodes_are_kept(void **state)
{
	struct mesh *m = *state;
	make_chain(m);
	publish_made_from(m, "c.report", ID, "  - b.clean\n  - a.raw\n");
	publish_made_from(m, "e.far", ID, "  - c.report\n");
	assert_string_equal(
	    WALK("product:a.raw", LINEAGE_DOWN, .depth = 1),
	    "a.raw@0 b.clean@1 c.report@1 | a.raw>b.clean a.raw>c.report b.clean>c.report");
}

static void
a_walk_is_cut_at_the_most_nodes(void **state)
{
	struct mesh *m = *state;
	publish_made_from(m, "a.hub", ID, "");
	for (int i = 0; i < 30; i++)
		publish_made_from(m, arena_printf(&m->arena, "b.n%02d", i), ID, "  - a.hub\n");
	struct lineage_question q = {
	    .root = "product:a.hub", .direction = LINEAGE_DOWN, .most_nodes = 10};
	struct lineage_graph g = walk(m, q);
	assert_int_equal(g.node_count, 10);
	assert_int_equal(g.edge_count, 9);
	assert_true(g.cut);
	q.most_nodes = 31;
	g = walk(m, q);
	assert_int_equal(g.node_count, 31);
	assert_false(g.cut);
}

/* --- time --- */

static void
a_new_version_ends_the_edges_that_it_no_longer_declares(void **state)
{
	struct mesh *m = *state;
	make_chain(m);
	publish_made_from(m, "c.report", ID, "  - a.raw\n");
	assert_string_equal(WALK("product:a.raw", LINEAGE_DOWN),
			    "a.raw@0 b.clean@1 c.report@1 d.other@2 | a.raw>b.clean a.raw>c.report "
			    "b.clean>d.other");
}

static void
the_graph_as_of_a_past_event_is_what_held_then(void **state)
{
	struct mesh *m = *state;
	uint64_t before = publish_made_from(m, "a.raw", ID, "");
	uint64_t first = publish_made_from(m, "b.clean", ID, "  - a.raw\n");
	uint64_t second = publish_made_from(m, "b.clean", ID, "  - x.outside\n");
	uint64_t gone = retire(m, "b.clean");
	uint64_t back = publish_made_from(m, "b.clean", ID, "  - a.raw\n");
	assert_string_equal(WALK("product:a.raw", LINEAGE_DOWN, .as_of = before), "a.raw@0 |");
	assert_string_equal(WALK("product:a.raw", LINEAGE_DOWN, .as_of = first),
			    "a.raw@0 b.clean@1 | a.raw>b.clean");
	assert_string_equal(WALK("product:a.raw", LINEAGE_DOWN, .as_of = second), "a.raw@0 |");
	assert_string_equal(WALK("product:b.clean", LINEAGE_UP, .as_of = second),
			    "b.clean@0 x.outside@1! | x.outside>b.clean");
	assert_string_equal(WALK("product:b.clean", LINEAGE_UP, .as_of = gone), "b.clean@0 |");
	assert_string_equal(WALK("product:a.raw", LINEAGE_DOWN, .as_of = back),
			    "a.raw@0 b.clean@1 | a.raw>b.clean");
	assert_string_equal(WALK("product:a.raw", LINEAGE_DOWN),
			    "a.raw@0 b.clean@1 | a.raw>b.clean");
	assert_string_equal(WALK("product:b.clean", LINEAGE_UP, .as_of = before), "b.clean@0! |");
}

static void
a_retired_product_s_inputs_end_and_its_readers_stay(void **state)
{
	struct mesh *m = *state;
	make_chain(m);
	retire(m, "b.clean");
	assert_string_equal(WALK("product:a.raw", LINEAGE_DOWN), "a.raw@0 |");
	assert_string_equal(WALK("product:c.report", LINEAGE_UP),
			    "c.report@0 b.clean@1 | b.clean>c.report");
}

/* --- columns --- */

static void
make_columns(struct mesh *m)
{
	publish_made_from(m, "a.raw",
			  "  - {name: id, type: STRING, from: [\"s3://lake|raw#key\"]}\n  - {name: "
			  "mail, type: STRING, pii: true}\n",
			  "  - dataset:s3://lake|raw\n");
	publish_made_from(m, "b.clean",
			  "  - {name: id, type: STRING, from: [a.raw#id]}\n"
			  "  - {name: mail_hash, type: STRING, from: [{column: a.raw#mail, "
			  "transform: sha256, masking: true}]}\n",
			  "  - a.raw\n");
	publish_made_from(
	    m, "c.report",
	    "  - {name: people, type: INTEGER, from: [b.clean#id, b.clean#mail_hash]}\n",
	    "  - b.clean\n");
}

static void
a_column_is_followed_down_through_products(void **state)
{
	struct mesh *m = *state;
	make_columns(m);
	assert_string_equal(WALK("column:a.raw#mail", LINEAGE_DOWN),
			    "a.raw#mail@0 b.clean#mail_hash@1 c.report#people@2 |"
			    " a.raw#mail>b.clean#mail_hash b.clean#mail_hash>c.report#people");
	struct lineage_graph g = walk(
	    m, (struct lineage_question){.root = "column:a.raw#mail", .direction = LINEAGE_DOWN});
	assert_string_equal(g.edges[0].transform, "sha256");
	assert_true(g.edges[0].masking);
	assert_null(g.edges[1].transform);
	assert_false(g.edges[1].masking);
	assert_string_equal(g.nodes[0].kind, "column");
	assert_string_equal(g.nodes[0].domain, "a-domain");
}

static void
a_column_is_followed_up_to_another_world(void **state)
{
	struct mesh *m = *state;
	make_columns(m);
	assert_string_equal(
	    WALK("column:c.report#people", LINEAGE_UP),
	    "c.report#people@0 b.clean#id@1 b.clean#mail_hash@1 a.raw#id@2 a.raw#mail@2 "
	    "s3://lake|raw#key@3! |"
	    " a.raw#id>b.clean#id a.raw#mail>b.clean#mail_hash b.clean#id>c.report#people"
	    " b.clean#mail_hash>c.report#people s3://lake|raw#key>a.raw#id");
}

static void
the_columns_of_a_product_begin_at_distance_one(void **state)
{
	struct mesh *m = *state;
	make_columns(m);
	assert_string_equal(
	    WALK("product:a.raw", LINEAGE_DOWN, .level = LINEAGE_COLUMN, .depth = 2),
	    "a.raw@0 a.raw#id@1 a.raw#mail@1 b.clean#id@2 b.clean#mail_hash@2 |"
	    " a.raw#id>b.clean#id a.raw#mail>b.clean#mail_hash");
	assert_string_equal(
	    WALK("dataset:s3://lake|raw", LINEAGE_DOWN, .level = LINEAGE_COLUMN, .depth = 2),
	    "s3://lake|raw@0! s3://lake|raw#key@1! a.raw#id@2 | s3://lake|raw#key>a.raw#id");
}

static void
a_column_that_its_product_does_not_have_is_external(void **state)
{
	struct mesh *m = *state;
	publish_made_from(m, "a.raw", ID, "");
	publish_made_from(m, "b.clean", "  - {name: x, type: STRING, from: [a.raw#gone]}\n",
			  "  - a.raw\n");
	assert_string_equal(WALK("column:b.clean#x", LINEAGE_UP),
			    "b.clean#x@0 a.raw#gone@1! | a.raw#gone>b.clean#x");
	publish_made_from(m, "a.raw", ID "  - {name: gone, type: STRING}\n", "");
	assert_string_equal(WALK("column:b.clean#x", LINEAGE_UP),
			    "b.clean#x@0 a.raw#gone@1 | a.raw#gone>b.clean#x");
}

static void
columns_as_of_a_past_event_are_those_that_were_there(void **state)
{
	struct mesh *m = *state;
	uint64_t first = publish_made_from(m, "a.raw", ID "  - {name: old, type: STRING}\n", "");
	uint64_t second = publish_made_from(m, "a.raw", ID "  - {name: new, type: STRING}\n", "");
	assert_string_equal(
	    WALK("product:a.raw", LINEAGE_DOWN, .level = LINEAGE_COLUMN, .as_of = first),
	    "a.raw@0 a.raw#id@1 a.raw#old@1 |");
	assert_string_equal(
	    WALK("product:a.raw", LINEAGE_DOWN, .level = LINEAGE_COLUMN, .as_of = second),
	    "a.raw@0 a.raw#id@1 a.raw#new@1 |");
	assert_string_equal(WALK("column:a.raw#old", LINEAGE_DOWN), "a.raw#old@0! |");
}

static void
a_changed_transform_is_another_edge_from_then_on(void **state)
{
	struct mesh *m = *state;
	const char *from =
	    "  - {name: x, type: STRING, from: [{column: a.raw#id, transform: %s}]}\n";
	publish_made_from(m, "a.raw", ID, "");
	uint64_t first =
	    publish_made_from(m, "b.b", arena_printf(&m->arena, from, "lower"), "  - a.raw\n");
	publish_made_from(m, "b.b", arena_printf(&m->arena, from, "upper"), "  - a.raw\n");
	struct lineage_question q = {.root = "column:b.b#x", .direction = LINEAGE_UP};
	struct lineage_graph g = walk(m, q);
	assert_int_equal(g.edge_count, 1);
	assert_string_equal(g.edges[0].transform, "upper");
	q.as_of = first;
	g = walk(m, q);
	assert_int_equal(g.edge_count, 1);
	assert_string_equal(g.edges[0].transform, "lower");
}

/* --- wrong questions --- */

static void
a_text_that_names_no_node_is_refused(void **state)
{
	struct mesh *m = *state;
	static const char *const wrong[] = {
	    "",           "a.raw",       "product:",    "product:nodot",   "product:a.b|c",
	    "column:a.b", "column:a.b#", "column:#x",   "dataset:x",       "dataset:|x",
	    "dataset:x|", "job:a|b",     "PRODUCT:a.b", "product:a.b'; --"};
	struct lineage_graph g;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct lineage_question q = {.root = wrong[i], .direction = LINEAGE_UP};
		assert_err(m, ERR_MALFORMED, "names no node", try_walk(m, &q, &g));
	}
}

static void
a_node_that_nothing_is_known_of_is_not_found(void **state)
{
	struct mesh *m = *state;
	make_columns(m);
	static const char *const unknown[] = {"product:no.such", "column:a.raw#no",
					      "column:no.such#id", "dataset:s3://lake|no",
					      "column:s3://lake|raw#no"};
	struct lineage_graph g;
	for (size_t i = 0; i < ARRAY_LEN(unknown); i++) {
		struct lineage_question q = {.root = unknown[i], .direction = LINEAGE_BOTH};
		assert_err(m, ERR_NOT_FOUND, unknown[i], try_walk(m, &q, &g));
	}
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, mesh_open, mesh_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    HERE(downstream_is_what_is_made_from_it),
	    HERE(readers_are_those_that_are_made_from_it_directly),
	    HERE(upstream_ends_at_external_datasets),
	    HERE(both_directions_leave_siblings_out),
	    HERE(a_node_says_its_kind_and_domain),
	    HERE(a_product_that_nobody_published_is_external_until_somebody_does),
	    HERE(a_cycle_is_visited_once),
	    HERE(a_diamond_has_its_bottom_once_and_both_edges),
	    HERE(at_the_depth_s_limit_edges_between_known_nodes_are_kept),
	    HERE(a_walk_is_cut_at_the_most_nodes),
	    HERE(a_new_version_ends_the_edges_that_it_no_longer_declares),
	    HERE(the_graph_as_of_a_past_event_is_what_held_then),
	    HERE(a_retired_product_s_inputs_end_and_its_readers_stay),
	    HERE(a_column_is_followed_down_through_products),
	    HERE(a_column_is_followed_up_to_another_world),
	    HERE(the_columns_of_a_product_begin_at_distance_one),
	    HERE(a_column_that_its_product_does_not_have_is_external),
	    HERE(columns_as_of_a_past_event_are_those_that_were_there),
	    HERE(a_changed_transform_is_another_edge_from_then_on),
	    HERE(a_text_that_names_no_node_is_refused),
	    HERE(a_node_that_nothing_is_known_of_is_not_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
