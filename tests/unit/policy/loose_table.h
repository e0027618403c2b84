/*
 * loose_table.h -- a small table of data products with every kind of field that takes several
 * forms, and what expressions about them are declared with.
 */
#ifndef WEFT_TESTS_LOOSE_TABLE_H
#define WEFT_TESTS_LOOSE_TABLE_H

#include "expression.h"
#include "governance_functions.h"

/* A short form is only asked for being there. */
static bool
read_brief(const struct field_context *context, const struct node *value, void *ret_struct)
{
	(void)context;
	(void)value;
	(void)ret_struct;
	return true;
}

// clang-format off
static const struct field access_rows[] = {
	{.name = "role",    .type = FIELD_TEXT},
	{.name = "columns", .type = FIELD_TEXTS},
	{.name = "until",   .type = FIELD_TEXT},
	{0},
};
static const struct field_set access_set = {.name = "access", .fields = access_rows};

static const struct field contact_rows[] = {
	{.name = "name",  .type = FIELD_TEXT},
	{.name = "email", .type = FIELD_TEXT},
	{0},
};
static const struct field_set contact_set = {.name = "contact", .fields = contact_rows, .brief = read_brief};

static const struct field port_rows[] = {
	{.name = "kind", .type = FIELD_TEXT},
	{0},
};
static const struct field_set port_set = {.name = "port", .fields = port_rows, .extensions = true};

static const struct field freshness_rows[] = {
	{.name = "within", .type = FIELD_DURATION},
	{0},
};
static const struct field_set freshness_set = {.name = "freshness", .fields = freshness_rows, .brief = read_brief};

static const struct field range_rows[] = {
	{.name = "column", .type = FIELD_TEXTS},
	{.name = "min",    .type = FIELD_REAL},
	{0},
};
static const struct field_set range_set = {.name = "range", .fields = range_rows};

static const struct field check_rows[] = {
	{.name = "unique",    .type = FIELD_TEXTS},
	{.name = "freshness", .type = FIELD_MAP, .of = &freshness_set},
	{.name = "range",     .type = FIELD_MAP, .of = &range_set},
	{0},
};
static const struct field_set check_set = {.name = "check", .fields = check_rows};

static const struct field product_rows[] = {
	{.name = "name",     .type = FIELD_TEXT},
	{.name = "access",   .type = FIELD_LIST, .of = &access_set,  .flags = FIELD_OR_ONE},
	{.name = "contacts", .type = FIELD_LIST, .of = &contact_set, .flags = FIELD_OR_ONE},
	{.name = "ports",    .type = FIELD_LIST, .of = &port_set,    .flags = FIELD_OR_ONE},
	{.name = "checks",   .type = FIELD_LIST, .of = &check_set,   .flags = FIELD_OR_ONE},
	{.name = "people",   .type = FIELD_LIST, .of = &contact_set},
	{.name = "range",    .type = FIELD_MAP,  .of = &range_set},
	{.name = "ranges",   .type = FIELD_LIST, .of = &range_set},
	{0},
};
// clang-format on
static const struct field_set product_set = {.name = "product", .fields = product_rows};

static const struct cel_variable variables[] = {
    {.name = "product", .fields = &product_set},
    {.name = "products", .items = &product_set},
    {.name = "n", .type = "int"},
    {.name = "anything", .type = "dyn"},
    {.name = "now", .type = "timestamp"},
};
static const struct cel_declarations declared = {.variables = variables,
						 .variable_count = ARRAY_LEN(variables),
						 .libraries = governance_libraries};

#endif
