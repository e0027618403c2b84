/*
 * product_table.h -- a small table of data products with every kind of field, standing in for the
 * catalog's.
 */
#ifndef WEFT_TESTS_PRODUCT_TABLE_H
#define WEFT_TESTS_PRODUCT_TABLE_H

#include "base/field.h"

// clang-format off
static const struct field product_column_fields[] = {
	{.name = "name",           .type = FIELD_TEXT},
	{.name = "type",           .type = FIELD_TEXT},
	{.name = "pii",            .type = FIELD_BOOL},
	{.name = "classification", .type = FIELD_TEXT},
	{.name = "tags",           .type = FIELD_TEXTS},
	{0},
};
static const struct field_set product_column_set = {
	.name = "column", .fields = product_column_fields, .extensions = true,
};
static const struct field product_sla_fields[] = {
	{.name = "freshness", .type = FIELD_DURATION},
	{0},
};
static const struct field_set product_sla_set = {.name = "sla", .fields = product_sla_fields};

static const struct field product_fields[] = {
	{.name = "name",           .type = FIELD_TEXT},
	{.name = "owner",          .type = FIELD_TEXT},
	{.name = "domain",         .type = FIELD_TEXT},
	{.name = "status",         .type = FIELD_WORD},
	{.name = "retention",      .type = FIELD_DURATION},
	{.name = "tags",           .type = FIELD_TEXTS},
	{.name = "rows",           .type = FIELD_INT},
	{.name = "weight",         .type = FIELD_REAL},
	{.name = "settings",       .type = FIELD_NODE},
	{.name = "sla",            .type = FIELD_MAP,  .of = &product_sla_set},
	{.name = "schema",         .type = FIELD_LIST, .of = &product_column_set},
	{.name = "access",         .type = FIELD_LIST, .of = &product_sla_set, .flags = FIELD_OR_ONE},
	{.name = "quality_checks", .type = FIELD_LIST, .of = &product_sla_set, .flags = FIELD_OR_ONE},
	{0},
};
static const struct field_set product_table = {
	.name = "product", .fields = product_fields, .extensions = true,
};
// clang-format on

#endif
