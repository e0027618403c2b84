/*
 * postgres_schema.c -- finds the schema by the search path that the URL, the role or the database
 * has set.
 */
#include "postgres_schema.h"

/* What is known of the first schema of the search path. */
struct place {
	const char *quoted; /* its name as SQL writes it */
	bool exists, has_tables, has_ours;
};

/* "$user" counts when there is a schema of that name, as it does for PostgreSQL itself. */
static const char first_schema[] =
    "SELECT quote_ident(s.name), n.oid IS NOT NULL,"
    " EXISTS (SELECT 1 FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid),"
    " EXISTS (SELECT 1 FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid"
    "  AND c.relname = 'weft_schema')"
    " FROM (SELECT CASE WHEN raw = '$user' THEN current_user::text ELSE raw END AS name, place"
    "  FROM (SELECT btrim(btrim(part), '\"') AS raw, place"
    "   FROM unnest(string_to_array(current_setting('search_path'), ',')) WITH ORDINALITY"
    "    AS parts (part, place)) AS path"
    "  WHERE raw <> '' AND (raw <> '$user' OR EXISTS"
    "   (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = current_user))"
    "  ORDER BY place LIMIT 1) AS s"
    " LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = s.name";

static enum err_code
look(struct db *db, struct arena *arena, struct place *ret_place, struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(db, first_schema, DB_NO_ARGS, &q, e));
	if (!db_next(&q))
		return ERR(e, USAGE, "the database's search_path names no schema");
	*ret_place = (struct place){
	    .quoted = db_column_text(&q, 0, arena),
	    .exists = db_column_int(&q, 1) != 0,
	    .has_tables = db_column_int(&q, 2) != 0,
	    .has_ours = db_column_int(&q, 3) != 0,
	};
	return ERR_OK;
}

/* In one transaction: nobody sees the table without its row. */
static enum err_code
create(struct db *db, const struct place *place, struct arena *arena, struct err *e)
{
	const char *schema = arena_printf(arena, "CREATE SCHEMA IF NOT EXISTS %s", place->quoted);
	const char *tables =
	    arena_printf(arena,
			 "BEGIN; %s; CREATE TABLE %s.weft_schema ("
			 "application BIGINT PRIMARY KEY, number BIGINT NOT NULL);"
			 "COMMENT ON TABLE %s.weft_schema IS 'which migration the schema is of';"
			 "INSERT INTO %s.weft_schema VALUES (%d, 0); COMMIT",
			 place->exists ? "" : schema, place->quoted, place->quoted, place->quoted,
			 WEFT_APPLICATION_ID);
	if (db_script(db, tables, e) == ERR_OK)
		return ERR_OK;
	struct err ignored;
	db_script(db, "ROLLBACK", &ignored);
	return e->code;
}

static enum err_code
check_ours(struct db *db, const struct place *place, struct err *e)
{
	static const char sql[] = "SELECT 1 FROM weft_schema WHERE application = $1";
	CLEANUP(query_close) struct query q = {0};
	if (place->has_ours)
		CHECK(db_query(db, sql, DB_ARGS(db_int(WEFT_APPLICATION_ID)), &q, e));
	if (place->has_ours ? !db_next(&q) : place->has_tables)
		return ERR(e, CORRUPT, "a database, but of another program (schema %s)",
			   place->quoted);
	return ERR_OK;
}

/* The sessions of one catalog have one name: whoever looks at pg_stat_activity finds them. */
static enum err_code
use_only(struct db *db, const struct place *place, struct arena *arena, struct err *e)
{
	return db_script(
	    db,
	    arena_printf(arena,
			 "SET search_path TO %s;"
			 "SELECT set_config('application_name', 'weft ' || $$%s$$, false)",
			 place->quoted, place->quoted),
	    e);
}

enum err_code
postgres_schema_find(struct db *db, enum db_mode mode, bool *ret_there, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct place place = {0};
	CHECK(look(db, &arena, &place, e));
	CHECK(use_only(db, &place, &arena, e));
	CHECK(check_ours(db, &place, e));
	if (mode == DB_WRITE && !place.has_ours && create(db, &place, &arena, e) != ERR_OK) {
		struct err ignored;
		/* Another node that started at the same moment may have made it. */
		if (look(db, &arena, &place, &ignored) != ERR_OK || !place.has_ours)
			return e->code;
	}
	*ret_there = place.has_ours || mode == DB_WRITE;
	return ERR_OK;
}

enum err_code
postgres_schema_number(struct db *db, enum db_mode mode, int64_t *ret_number, struct err *e)
{
	static const char *const texts[] = {
	    [DB_READ] = "SELECT number FROM weft_schema",
	    [DB_WRITE] = "SELECT number FROM weft_schema FOR UPDATE",
	};
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(db, texts[mode], DB_NO_ARGS, &q, e));
	if (!db_next(&q))
		return query_failed(&q, e) ? e->code
					   : ERR(e, CORRUPT, "the database has no schema number");
	*ret_number = db_column_int(&q, 0);
	return ERR_OK;
}

enum err_code
postgres_schema_set(struct db *db, int64_t number, struct err *e)
{
	return db_run(db, "UPDATE weft_schema SET number = $1", DB_ARGS(db_int(number)), e);
}
