/*
 * log_tree.c -- one row for each complete subtree.
 */
#include "log_tree.h"

#include "store_parts.h"

uint64_t
log_tree_seq(unsigned level, uint64_t index)
{
	return (index + 1) << level;
}

enum err_code
log_tree_find(struct session *s, unsigned level, uint64_t index, struct digest *ret_hash,
	      bool *ret_found, struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, "SELECT hash FROM log_tree WHERE seq = $1 AND level = $2",
		       DB_ARGS(db_int((int64_t)log_tree_seq(level, index)), db_int((int64_t)level)),
		       &q, e));
	*ret_found = db_next(&q);
	if (*ret_found)
		*ret_hash = db_column_hash(&q, 0);
	return query_failed(&q, e) ? e->code : ERR_OK;
}

static enum err_code
read_node(void *user, unsigned level, uint64_t index, struct digest *ret_hash, struct err *e)
{
	bool found = false;
	CHECK(log_tree_find(user, level, index, ret_hash, &found, e));
	if (!found)
		return ERR(e, CORRUPT, "the log's tree has a hole: level %u, event %llu", level,
			   (unsigned long long)log_tree_seq(level, index));
	return ERR_OK;
}

struct merkle_source
log_tree_source(struct session *s)
{
	return (struct merkle_source){.read = read_node, .user = s};
}

enum err_code
log_tree_store(void *user, unsigned level, uint64_t index, const struct digest *hash, struct err *e)
{
	struct session *s = user;
	return db_run(s->db, "INSERT INTO log_tree (seq, level, hash) VALUES ($1, $2, $3)",
		      DB_ARGS(db_int((int64_t)log_tree_seq(level, index)), db_int((int64_t)level),
			      db_hash(hash)),
		      e);
}
