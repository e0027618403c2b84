/*
 * lineage_readers.c -- who is made from a product, one step down: what a walk says of the nearest,
 * without the walk.
 */
#include "lineage.h"
#include "store_parts.h"

enum err_code
lineage_readers(struct session *s, const char *product, struct arena *arena,
		struct lineage_reader_list *ret_list, struct err *e)
{
	/* A target is product:NAME. */
	static const char sql[] = "SELECT DISTINCT p.name, p.owner, p.domain FROM lineage_edges e"
				  " JOIN products p ON p.name = substr(e.target, 9)"
				  " WHERE e.source = $1 AND e.until_seq IS NULL ORDER BY p.name";
	struct lineage_reader_list list = {0};
	size_t capacity = 0;
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql, DB_ARGS(db_text(arena_printf(arena, "product:%s", product))), &q,
		       e));
	while (db_next(&q)) {
		list.items =
		    arena_grow(arena, list.items, list.count, &capacity, sizeof *list.items);
		list.items[list.count++] = (struct lineage_reader){
		    .name = db_column_text(&q, 0, arena),
		    .owner = db_column_text(&q, 1, arena),
		    .domain = db_column_text(&q, 2, arena),
		};
	}
	if (query_failed(&q, e))
		return e->code;
	*ret_list = list;
	return ERR_OK;
}
