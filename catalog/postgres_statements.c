/*
 * postgres_statements.c -- a small hash table from the address of an SQL text to its name.
 *
 * It never shrinks and is at most three quarters full.
 */
#include "postgres_statements.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct postgres_statement **
find_slot(struct postgres_statements *all, const char *sql)
{
	size_t i = (size_t)(((uintptr_t)sql * UINT64_C(0x9e3779b97f4a7c15)) >> 40);
	for (;; i++) {
		struct postgres_statement **slot = &all->slots[i % POSTGRES_STATEMENT_SLOTS];
		if (!*slot || (*slot)->address == sql)
			return slot;
	}
}

static bool
is_of(const struct postgres_statement *s, const char *sql, const struct postgres_args *args)
{
	return s->count == args->count && strcmp(s->text, sql) == 0 &&
	       memcmp(s->types, args->types, (size_t)args->count * sizeof(Oid)) == 0;
}

static struct postgres_statement *
statement_new(const char *sql, const struct postgres_args *args, unsigned number)
{
	struct postgres_statement *s = memory_alloc(sizeof *s);
	s->address = sql;
	s->text = memory_text(sql);
	s->count = args->count;
	memcpy(s->types, args->types, (size_t)args->count * sizeof(Oid));
	snprintf(s->name, sizeof s->name, "weft_%u", number);
	return s;
}

struct postgres_statement *
postgres_statement_get(struct postgres_statements *all, const char *sql,
		       const struct postgres_args *args)
{
	struct postgres_statement **slot = find_slot(all, sql);
	if (*slot)
		return is_of(*slot, sql, args) ? *slot : NULL;
	if (all->count >= POSTGRES_STATEMENT_SLOTS / 4 * 3)
		return NULL;
	return *slot = statement_new(sql, args, all->count++);
}

void
postgres_statements_done(struct postgres_statements *all)
{
	for (size_t i = 0; i < POSTGRES_STATEMENT_SLOTS; i++) {
		if (all->slots[i])
			free(all->slots[i]->text);
		free(all->slots[i]);
	}
	*all = (struct postgres_statements){0};
}
