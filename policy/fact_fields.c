/*
 * fact_fields.c -- the facts as rows, from the innermost outwards.
 */
#include "fact_fields.h"

// clang-format off
static const struct field domain_rows[] = {
	{"name", FIELD_TEXT,  .help = "The domain of the product.", .example = "retail-banking"},
	{"team", FIELD_TEXT,  .help = "The team that answers for it; null for a domain that nobody defined.", .example = "retail-data-team"},
	{"tags", FIELD_TEXTS, .help = "How the domain is tagged, always a list.", .example = "[finance, regulated]"},
	{0},
};

static const struct field_set domain_set = {"domain facts", 0, domain_rows, .help = "The domain as its document defines it."};

static const struct field quality_rows[] = {
	{"score",      FIELD_REAL, .help = "The share of the checks that passed when they last ran, from 0.0 to 1.0.", .example = "0.75"},
	{"passed",     FIELD_BOOL, .help = "Did all of them pass?", .example = "false"},
	{"checked_at", FIELD_TEXT, .help = "When they ran.", .example = "2026-11-23T02:39:30Z"},
	{0},
};

static const struct field_set quality_set = {"quality facts", 0, quality_rows, .help = "What the product's quality checks found last."};

static const struct field reader_rows[] = {
	{"name",   FIELD_TEXT, .help = "A product that names this one among its inputs.", .example = "risk.exposure"},
	{"owner",  FIELD_TEXT, .help = "The team that answers for it.", .example = "risk-analytics"},
	{"domain", FIELD_TEXT, .help = "Its domain.", .example = "risk"},
	{0},
};

static const struct field_set reader_set = {"downstream facts", 0, reader_rows, .help = "A product that is made from this one."};

static const char *const levels[] = {"none", "patch", "minor", "major", NULL};

static const struct field difference_rows[] = {
	{"level",   FIELD_WORD, .words = levels, .help = "What it means to readers: major is breaking.", .example = "major"},
	{"message", FIELD_TEXT, .help = "What changed, as a sentence.", .example = "column 'balance' was removed"},
	{"pointer", FIELD_TEXT, .help = "Where, as a JSON Pointer into the newer document, or into the older one for what was removed.", .example = "/schema/3"},
	{0},
};

static const struct field_set difference_set = {"difference", 0, difference_rows, .help = "One difference between the version in force and this one."};

static const struct field change_rows[] = {
	{"level",    FIELD_WORD, .words = levels, .help = "The gravest of the differences.", .example = "major"},
	{"breaking", FIELD_BOOL, .help = "Do readers of the version in force break?", .example = "true"},
	{"version",  FIELD_TEXT, .help = "The version that the product gets.", .example = "2.0.0"},
	{"items",    FIELD_LIST, .of = &difference_set, .help = "The differences, the gravest first."},
	{0},
};

static const struct field_set change_set = {"change facts", 0, change_rows, .help = "How this version differs from the one in force."};

static const struct field fact_rows[] = {
	{"domain",       FIELD_MAP,  .of = &domain_set,  .help = "The product's domain; always there.", .example = "{name: finance, team: null, tags: []}"},
	{"published_at", FIELD_TEXT, .help = "When the product was first published; absent for a new one.", .example = "2026-11-23T02:39:30Z"},
	{"quality",      FIELD_MAP,  .of = &quality_set, .help = "What its checks found last; absent when they never ran."},
	{"downstream",   FIELD_LIST, .of = &reader_set,  .help = "The products that are made from it, by name; always there."},
	{"change",       FIELD_MAP,  .of = &change_set,  .help = "What this version changes; absent for a new product, and when what is in force is judged."},
	{0},
};

const struct field_set fact_fields = {
	"facts", 0, fact_rows,
	.help = "What Weft knows of the product beyond its document, when it is judged.",
};

static const struct field upstream_access_rows[] = {
	{"role",    FIELD_TEXT,  .help = "The role or team that has access.", .example = "risk-team"},
	{"level",   FIELD_TEXT,  .help = "What it may do: read, write or admin.", .example = "read"},
	{"columns", FIELD_TEXTS, .help = "Only these columns; absent: all.", .example = "[account_id]"},
	{"purpose", FIELD_TEXT,  .help = "What the access is for; absent when it is not said.", .example = "Monthly risk report"},
	{"until",   FIELD_TEXT,  .help = "The last day of the access; absent: until it is taken back.", .example = "2026-12-31"},
	{0},
};

static const struct field_set upstream_access_set = {
	"upstream access", 0, upstream_access_rows, .extensions = true,
	.help = "An entry of the input's own `access`.",
};

static const struct field upstream_column_rows[] = {
	{"name",           FIELD_TEXT, .help = "The column.", .example = "account_id"},
	{"type",           FIELD_TEXT, .help = "Its type, as it is written.", .example = "STRING"},
	{"personal",       FIELD_BOOL, .help = "Is it personal data, by whatever way it says so?", .example = "true"},
	{"classification", FIELD_TEXT, .help = "Its own classification; null when it has none.", .example = "confidential"},
	{0},
};

static const struct field_set upstream_column_set = {"upstream column", 0, upstream_column_rows, .help = "A column of the input."};

static const struct field upstream_rows[] = {
	{"name",           FIELD_TEXT, .help = "The product's name, or NAMESPACE|NAME of a dataset.", .example = "retail.accounts"},
	{"external",       FIELD_BOOL, .help = "True when no published product stands behind it.", .example = "false"},
	{"known",          FIELD_BOOL, .help = "True when a published product stands behind it, be it retired.", .example = "true"},
	{"kind",           FIELD_TEXT, .help = "What the input names: `product` or `dataset`.", .example = "product"},
	{"owner",          FIELD_TEXT, .help = "The team that answers for it: of a product that is known, or as the input says; null otherwise.", .example = "retail-data-team"},
	{"domain",         FIELD_TEXT, .help = "Its domain. This and what follows is there only of a product that is known.", .example = "retail-banking"},
	{"version",        FIELD_TEXT, .help = "The version in force.", .example = "1.4.0"},
	{"status",         FIELD_TEXT, .help = "draft, active, deprecated or retired.", .example = "active"},
	{"classification", FIELD_TEXT, .help = "The strictest of its own and its columns'; null when none says.", .example = "confidential"},
	{"personal",       FIELD_BOOL, .help = "Is any of its columns personal data?", .example = "true"},
	{"access",         FIELD_LIST, .of = &upstream_access_set, .help = "Who has access to it, always a list."},
	{"columns",        FIELD_LIST, .of = &upstream_column_set, .help = "Its columns."},
	{0},
};

const struct field_set upstream_fields = {
	"upstream", 0, upstream_rows,
	.help = "An item of the list `upstream`: what is known of one input, in the order of the product's `inputs`.",
};
// clang-format on

void
fact_reference(struct buf *out)
{
	buf_text(out,
		 "Facts are gathered when a product is judged, and kept with the decision. One "
		 "that is not known is absent or null: an expression that needs it fails, and "
		 "so refuses, unless it asks first, as in "
		 "`facts.?quality.?score.orValue(0.0)`.\n\n");
	field_reference(&fact_fields, "Facts of the product: `facts`", out);
	buf_char(out, '\n');
	field_reference(&upstream_fields, "Facts of its inputs: `upstream`", out);
}
