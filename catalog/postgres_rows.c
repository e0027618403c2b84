/*
 * postgres_rows.c -- INSERTs taken apart once, their rows as arrays, a statement for all of them.
 *
 * Reads in order: the text, an array's bytes (array_send, src/backend/utils/adt/arrayfuncs.c), the
 * groups.
 */
#include "postgres_rows.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

enum { MOST_BYTES = 1 << 20, HEADER = 20 /* bytes before an array's elements */ };

/* A parameter of the text, and what its rows have for it. */
struct row_column {
	int parameter; /* $1 is 0 */
	Oid type;
	struct buf elements;
	bool has_null;
};

struct row_group {
	const char *address; /* of the INSERT */
	char *sql;           /* owned: what stood there */
	char *text;          /* owned: for many rows; NULL: it is not gathered */
	struct row_column columns[POSTGRES_MOST_ARGS];
	int column_count;
	uint32_t rows;
};

// clang-format off
static const struct {
	Oid type, array;
	const char *name;
} types[] = {
	{20,  1016, "int8[]"},
	{25,  1009, "text[]"},
	{17,  1001, "bytea[]"},
	{701, 1022, "float8[]"},
};
// clang-format on

/* --- the text --- */

/* Behind a text in quotes, or the one character. */
static const char *
behind(const char *p)
{
	const char *end = *p == '\'' ? strchr(p + 1, '\'') : NULL;
	return (end ? end : p) + 1;
}

/* The parenthesis that closes the one at `p`, or NULL. */
static const char *
find_close(const char *p)
{
	int depth = 0;
	for (; *p; p = behind(p)) {
		depth += *p == '(' ? 1 : *p == ')' ? -1 : 0;
		if (depth == 0)
			return p;
	}
	return NULL;
}

static const char *
find_type(Oid type, Oid *ret_array)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (types[i].type == type) {
			*ret_array = types[i].array;
			return types[i].name;
		}
	return NULL;
}

static struct row_column *
find_column(struct row_group *g, int parameter)
{
	for (int i = 0; i < g->column_count; i++)
		if (g->columns[i].parameter == parameter)
			return &g->columns[i];
	return NULL;
}

/* "u.p3" for $3; gives false for a parameter that has no type of its own. */
static bool
write_parameter(struct row_group *g, const char **p, const struct postgres_args *a, struct buf *out)
{
	Oid array;
	int number = (int)strtol(*p + 1, (char **)p, 10);
	if (number < 1 || number > a->count || !find_type(a->types[number - 1], &array))
		return false;
	if (!find_column(g, number - 1))
		g->columns[g->column_count++] =
		    (struct row_column){.parameter = number - 1, .type = a->types[number - 1]};
	buf_printf(out, "u.p%d", number);
	return true;
}

static bool
write_values(struct row_group *g, const char *from, const char *to, const struct postgres_args *a,
	     struct buf *out)
{
	for (const char *p = from; p < to;) {
		const char *next = behind(p);
		if (*p == '$') {
			if (!write_parameter(g, &p, a, out))
				return false;
			continue;
		}
		buf_append(out, p, (size_t)(next - p));
		p = next;
	}
	return g->column_count > 0;
}

static void
write_source(const struct row_group *g, struct buf *out)
{
	Oid ignored;
	buf_text(out, " FROM unnest(");
	for (int i = 0; i < g->column_count; i++)
		buf_printf(out, "%s$%d::%s", i ? ", " : "", i + 1,
			   find_type(g->columns[i].type, &ignored));
	buf_text(out, ") AS u (");
	for (int i = 0; i < g->column_count; i++)
		buf_printf(out, "%sp%d", i ? ", " : "", g->columns[i].parameter + 1);
	buf_text(out, ")");
}

/* NULL for a text of another form. */
static char *
rewrite(struct row_group *g, const char *sql, const struct postgres_args *a)
{
	static const char values[] = " VALUES (";
	CLEANUP(buf_done) struct buf out = {0};
	const char *list = strstr(sql, values);
	if (strncmp(sql, "INSERT INTO ", 12) != 0 || !list)
		return NULL;
	const char *first = list + strlen(values), *close = find_close(first - 1);
	if (!close || strchr(close, '$') || close[1] == ',' || strstr(close, "DO UPDATE"))
		return NULL;
	buf_append(&out, sql, (size_t)(list - sql));
	buf_text(&out, " SELECT ");
	if (!write_values(g, first, close, a, &out))
		return NULL;
	write_source(g, &out);
	/* "ON CONFLICT" behind a FROM would be read as the condition of a join. */
	buf_printf(&out, " WHERE true%s", close + 1);
	return buf_take(&out);
}

/* --- arrays --- */

static void
put_number(struct buf *out, uint32_t number)
{
	const uint32_t wire = htobe32(number);
	buf_append(out, &wire, sizeof wire);
}

static void
add_element(struct row_column *c, const struct postgres_args *a)
{
	const char *value = a->values[c->parameter];
	int length = a->lengths[c->parameter];
	put_number(&c->elements, value ? (uint32_t)length : UINT32_MAX);
	if (value)
		buf_append(&c->elements, value, (size_t)length);
	else
		c->has_null = true;
}

/* The first bytes of `elements` were left free for it. */
static void
write_header(struct row_column *c, uint32_t rows)
{
	CLEANUP(buf_done) struct buf header = {0};
	put_number(&header, 1); /* dimensions */
	put_number(&header, c->has_null);
	put_number(&header, c->type);
	put_number(&header, rows);
	put_number(&header, 1); /* the first index */
	memcpy(c->elements.data, header.data, HEADER);
}

static void
empty(struct row_group *g)
{
	g->rows = 0;
	for (int i = 0; i < g->column_count; i++) {
		buf_clear(&g->columns[i].elements);
		g->columns[i].has_null = false;
	}
}

/* --- groups --- */

static struct row_group *
add_group(struct postgres_rows *all, const char *sql, const struct postgres_args *a)
{
	struct row_group *g = memory_alloc(sizeof *g);
	*g = (struct row_group){.address = sql, .sql = memory_text(sql)};
	g->text = rewrite(g, sql, a);
	if (all->count == all->room) {
		all->room = all->room ? 2 * all->room : 32;
		all->groups = memory_resize(all->groups, all->room * sizeof(struct row_group *));
	}
	all->groups[all->count++] = g;
	return g;
}

static struct row_group *
find_group(struct postgres_rows *all, const char *sql, const struct postgres_args *a)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->groups[i]->address == sql)
			return strcmp(all->groups[i]->sql, sql) == 0 ? all->groups[i] : NULL;
	return add_group(all, sql, a);
}

/* Every row of a group is of the same types, but for nulls. */
static bool
fits(const struct row_group *g, const struct postgres_args *a)
{
	for (int i = 0; i < g->column_count; i++) {
		const struct row_column *c = &g->columns[i];
		if (c->parameter >= a->count ||
		    (a->types[c->parameter] != c->type && a->values[c->parameter]))
			return false;
	}
	return true;
}

bool
postgres_rows_take(struct postgres_rows *all, const char *sql, const struct postgres_args *args)
{
	if (strncmp(sql, "INSERT ", 7) != 0)
		return false;
	struct row_group *g = find_group(all, sql, args);
	if (!g || !g->text || !fits(g, args))
		return false;
	for (int i = 0; i < g->column_count; i++) {
		static const char room[HEADER];
		if (g->rows == 0)
			buf_append(&g->columns[i].elements, room, HEADER);
		add_element(&g->columns[i], args);
	}
	g->rows++;
	all->bytes += args->bytes;
	return true;
}

bool
postgres_rows_are_many(const struct postgres_rows *all)
{
	return all->bytes >= MOST_BYTES;
}

static enum err_code
send_group(struct row_group *g, struct postgres_statements *statements, struct pipeline *p,
	   struct err *e)
{
	struct postgres_args a = {.count = g->column_count, .bytes = strlen(g->text)};
	for (int i = 0; i < g->column_count; i++) {
		struct row_column *c = &g->columns[i];
		write_header(c, g->rows);
		find_type(c->type, &a.types[i]);
		a.values[i] = c->elements.data;
		a.lengths[i] = (int)c->elements.length;
		a.formats[i] = 1;
		a.bytes += c->elements.length;
	}
	return pipeline_send(p, STEP_RUN, g->text, postgres_statement_get(statements, g->text, &a),
			     &a, e);
}

enum err_code
postgres_rows_send(struct postgres_rows *all, struct postgres_statements *statements,
		   struct pipeline *p, struct err *e)
{
	for (size_t i = 0; all->bytes > 0 && i < all->count; i++)
		if (all->groups[i]->rows > 0) {
			CHECK(send_group(all->groups[i], statements, p, e));
			empty(all->groups[i]);
		}
	all->bytes = 0;
	return ERR_OK;
}

void
postgres_rows_forget(struct postgres_rows *all)
{
	for (size_t i = 0; i < all->count; i++)
		empty(all->groups[i]);
	all->bytes = 0;
}

void
postgres_rows_done(struct postgres_rows *all)
{
	for (size_t i = 0; i < all->count; i++) {
		struct row_group *g = all->groups[i];
		for (int k = 0; k < g->column_count; k++)
			buf_done(&g->columns[k].elements);
		free(g->text);
		free(g->sql);
		free(g);
	}
	free(all->groups);
	*all = (struct postgres_rows){0};
}
