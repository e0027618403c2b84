/*
 * test_cli_tree.c -- lineage graphs as trees, line by line.
 */
#include <string.h>

#include "cmocka_first.h"
#include "tree.h"

static struct arena arena;
static struct buf out;
static const struct screen file = {0};

static size_t
draw_on(const struct screen *screen, enum tree_direction direction, const char *graph)
{
	struct node root;
	struct err e = {0};
	arena_reset(&arena);
	buf_done(&out);
	if (document_read(DOCUMENT_YAML, graph, strlen(graph), NULL, &arena, &root, &e))
		fail_msg("%u:%u: %s", e.at.line, e.at.column, e.message);
	return tree_draw(screen, &root, direction, &arena, &out);
}

static size_t
draw(enum tree_direction direction, const char *graph)
{
	return draw_on(&file, direction, graph);
}

/* The bank's exposure figure: across three domains to two external sources. */
static const char exposure[] =
    "root: 'column:risk.exposure#amount'\n"
    "nodes:\n"
    "- {id: 'column:risk.exposure#amount', kind: column, name: 'risk.exposure#amount', domain: "
    "risk}\n"
    "- {id: 'column:trading.positions#notional', kind: column, name: 'trading.positions#notional', "
    "domain: trading}\n"
    "- {id: 'column:reference.rates#rate', kind: column, name: 'reference.rates#rate', domain: "
    "reference}\n"
    "- {id: 'column:postgres://oms|trades#notional', kind: column, name: "
    "'postgres://oms|trades#notional',"
    " domain: null, external: true}\n"
    "- {id: 'column:ecb|rates#mid', kind: column, name: 'ecb|rates#mid', domain: null, external: "
    "true}\n"
    "edges:\n"
    "- {from: 'column:trading.positions#notional', to: 'column:risk.exposure#amount', kind: "
    "declared,"
    " transform: sum by counterparty, masking: false}\n"
    "- {from: 'column:reference.rates#rate', to: 'column:risk.exposure#amount', kind: declared,"
    " transform: null, masking: true}\n"
    "- {from: 'column:postgres://oms|trades#notional', to: 'column:trading.positions#notional', "
    "kind: observed,"
    " transform: null, masking: false}\n"
    "- {from: 'column:ecb|rates#mid', to: 'column:reference.rates#rate', kind: declared, "
    "transform: as published,"
    " masking: true}\n"
    "next: null\n";

static void
a_column_is_followed_across_domains_to_its_sources(void **state)
{
	(void)state;
	assert_int_equal(draw(TREE_UP, exposure), 4);
	assert_string_equal(
	    out.data, "risk.exposure#amount                  risk\n"
		      "├─ trading.positions#notional         trading    sum by counterparty\n"
		      "│  └─ postgres://oms|trades#notional  external   observed\n"
		      "└─ reference.rates#rate               reference  masked\n"
		      "   └─ ecb|rates#mid                   external   as published · masked\n");
}

static void
the_other_direction_reads_the_same_edges_backwards(void **state)
{
	(void)state;
	assert_int_equal(draw(TREE_DOWN,
			      "root: 'product:a.a'\n"
			      "nodes:\n"
			      "- {id: 'product:a.a', name: a.a, domain: one}\n"
			      "- {id: 'product:b.b', name: b.b, domain: two}\n"
			      "- {id: 'product:z.z', name: z.z, domain: three}\n"
			      "edges:\n"
			      "- {from: 'product:a.a', to: 'product:b.b', kind: declared}\n"
			      "- {from: 'product:z.z', to: 'product:a.a', kind: declared}\n"),
			 1);
	assert_string_equal(out.data, "a.a     one\n"
				      "└─ b.b  two\n");
}

static void
a_cycle_ends_where_it_closes(void **state)
{
	(void)state;
	draw(TREE_UP, "root: 'product:a.a'\n"
		      "nodes:\n"
		      "- {id: 'product:a.a', name: a.a, domain: d}\n"
		      "- {id: 'product:b.b', name: b.b, domain: d}\n"
		      "edges:\n"
		      "- {from: 'product:b.b', to: 'product:a.a', kind: declared}\n"
		      "- {from: 'product:a.a', to: 'product:b.b', kind: declared}\n"
		      "- {from: 'product:b.b', to: 'product:b.b', kind: declared}\n");
	assert_string_equal(out.data, "a.a        d\n"
				      "└─ b.b     d\n"
				      "   ├─ a.a  d  cycle\n"
				      "   └─ b.b  d  cycle\n");
}

static void
a_diamond_is_expanded_once(void **state)
{
	(void)state;
	draw(TREE_UP,
	     "root: 'product:a.a'\n"
	     "nodes:\n"
	     "- {id: 'product:a.a', name: a.a, domain: d}\n"
	     "- {id: 'product:b.b', name: b.b, domain: d}\n"
	     "- {id: 'product:c.c', name: c.c, domain: d}\n"
	     "- {id: 'product:s.s', name: s.s, domain: d}\n"
	     "- {id: 'product:t.t', name: t.t, domain: d}\n"
	     "edges:\n"
	     "- {from: 'product:b.b', to: 'product:a.a', kind: declared}\n"
	     "- {from: 'product:c.c', to: 'product:a.a', kind: declared}\n"
	     "- {from: 'product:s.s', to: 'product:b.b', kind: declared}\n"
	     "- {from: 'product:s.s', to: 'product:c.c', kind: declared, transform: filtered}\n"
	     "- {from: 'product:t.t', to: 'product:s.s', kind: declared}\n");
	assert_string_equal(out.data, "a.a           d\n"
				      "├─ b.b        d\n"
				      "│  └─ s.s     d\n"
				      "│     └─ t.t  d\n"
				      "└─ c.c        d\n"
				      "   └─ s.s     d  filtered · seen above\n");
}

static void
edges_between_the_same_nodes_are_one_line(void **state)
{
	(void)state;
	draw(
	    TREE_UP,
	    "root: 'product:a.a'\n"
	    "nodes:\n"
	    "- {id: 'product:a.a', name: a.a, domain: d}\n"
	    "- {id: 'dataset:s3://lake|raw', name: 's3://lake|raw', domain: null, external: true}\n"
	    "edges:\n"
	    "- {from: 'dataset:s3://lake|raw', to: 'product:a.a', kind: declared, transform: "
	    "copy}\n"
	    "- {from: 'dataset:s3://lake|raw', to: 'product:a.a', kind: sql, transform: trim, "
	    "masking: true}\n");
	assert_string_equal(out.data, "a.a               d\n"
				      "└─ s3://lake|raw  external  copy; trim · masked · sql\n");
}

static void
a_product_stands_above_its_columns(void **state)
{
	(void)state;
	draw(TREE_UP, "root: 'product:a.a'\n"
		      "nodes:\n"
		      "- {id: 'product:a.a', kind: product, name: a.a, domain: d}\n"
		      "- {id: 'column:a.a#x', kind: column, name: 'a.a#x', domain: d}\n"
		      "- {id: 'column:b.b#y', kind: column, name: 'b.b#y', domain: e}\n"
		      "edges:\n"
		      "- {from: 'column:b.b#y', to: 'column:a.a#x', kind: declared}\n");
	assert_string_equal(out.data, "a.a          d\n"
				      "└─ a.a#x     d\n"
				      "   └─ b.b#y  e\n");
}

static void
a_node_alone_is_one_line(void **state)
{
	(void)state;
	assert_int_equal(draw(TREE_UP, "root: 'product:a.a'\nnodes: [{id: 'product:a.a', name: "
				       "a.a, domain: d}]\nedges: []\n"),
			 0);
	assert_string_equal(out.data, "a.a  d\n");
}

static void
an_answer_that_is_cut_short_shows_what_it_left_out(void **state)
{
	(void)state;
	draw(TREE_UP, "root: 'product:a.a'\n"
		      "nodes: [{id: 'product:a.a', name: a.a, domain: d}]\n"
		      "edges: [{from: 'product:b.b', to: 'product:a.a', kind: declared}]\n");
	assert_string_equal(out.data, "a.a     d\n"
				      "└─ b.b  not shown\n");
}

static void
names_cannot_steer_the_terminal(void **state)
{
	(void)state;
	draw(TREE_UP, "root: 'product:a.a'\n"
		      "nodes: [{id: 'product:a.a', name: \"a\\e[2J\", domain: \"d\\u202e\"}]\n"
		      "edges: []\n");
	assert_string_equal(out.data, "a␛[2J  d\uFFFD\n");
}

static void
a_narrow_terminal_shortens_names_in_their_middle(void **state)
{
	(void)state;
	const struct screen terminal = {.terminal = true, .width = 64};
	draw_on(&terminal, TREE_UP, exposure);
	assert_string_equal(out.data,
			    "risk.exposure#amount            risk\n"
			    "├─ trading.positions#notional   trading    sum by counterparty\n"
			    "│  └─ postgres://…des#notional  external   observed\n"
			    "└─ reference.rates#rate         reference  masked\n"
			    "   └─ ecb|rates#mid             external   as published · masked\n");
}

static void
a_terminal_too_narrow_cuts_at_its_edge(void **state)
{
	(void)state;
	const struct screen terminal = {.terminal = true, .width = 40};
	draw_on(&terminal, TREE_UP, exposure);
	assert_string_equal(out.data, "risk.exposure#amount      risk\n"
				      "├─ trading.po…s#notional  trading    su…\n"
				      "│  └─ postgres…#notional  external   ob…\n"
				      "└─ reference.rates#rate   reference  ma…\n"
				      "   └─ ecb|rates#mid       external   as…\n");
}

static void
a_chain_of_any_length_is_drawn(void **state)
{
	(void)state;
	struct buf graph = {0};
	buf_text(&graph, "root: 'product:n.0'\nnodes: []\nedges:\n");
	for (int i = 0; i < 2000; i++)
		buf_printf(&graph, "- {from: 'product:n.%d', to: 'product:n.%d', kind: declared}\n",
			   i + 1, i);
	assert_int_equal(draw(TREE_UP, graph.data), 501);
	assert_non_null(strstr(out.data, "goes on\n"));
	buf_done(&graph);
}

static int
free_all(void **state)
{
	(void)state;
	arena_done(&arena);
	buf_done(&out);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_column_is_followed_across_domains_to_its_sources),
	    cmocka_unit_test(the_other_direction_reads_the_same_edges_backwards),
	    cmocka_unit_test(a_cycle_ends_where_it_closes),
	    cmocka_unit_test(a_diamond_is_expanded_once),
	    cmocka_unit_test(edges_between_the_same_nodes_are_one_line),
	    cmocka_unit_test(a_product_stands_above_its_columns),
	    cmocka_unit_test(a_node_alone_is_one_line),
	    cmocka_unit_test(an_answer_that_is_cut_short_shows_what_it_left_out),
	    cmocka_unit_test(names_cannot_steer_the_terminal),
	    cmocka_unit_test(a_narrow_terminal_shortens_names_in_their_middle),
	    cmocka_unit_test(a_terminal_too_narrow_cuts_at_its_edge),
	    cmocka_unit_test(a_chain_of_any_length_is_drawn),
	};
	return cmocka_run_group_tests(tests, NULL, free_all);
}
