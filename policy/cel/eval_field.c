/*
 * eval_field.c -- selecting fields (langdef.md, "Field Selection"; the extension `optional` of
 * cel-go).
 *
 * Each of the three ways has a twin for the operand that is a variable, of the declarations or of a
 * macro, which is what nearly all selections are of (cel/fuse.h): it takes the variable itself.
 * Documents come first everywhere, since what policies look at is one.
 */
#include "cel/eval.h"

static struct cel_value
no_field(struct cel_run *run, const struct cel_op *op, struct cel_value target)
{
	if (target.kind == CEL_MAP)
		return eval_fail(run, op, "there is no '%s'", op->name);
	return eval_fail(run, op, "%s has no field '%s'", eval_kind(target), op->name);
}

static inline bool
is_document_map(struct cel_value v)
{
	return v.kind == CEL_MAP && v.form == CEL_DOCUMENT;
}

/* The member of a document's map, or NULL. */
static inline const struct node *
find_node(struct cel_run *run, const struct cel_op *op, struct cel_value map)
{
	run->cost += value_search_cost(map);
	return value_field_under(map, op->name);
}

/* ---- x.?name ---- */

/* From an optional as well: none where it is none or has no such field. */
static struct cel_value
optional_from_any(struct cel_run *run, const struct cel_op *op, struct cel_value target)
{
	struct cel_value found;
	if (target.kind == CEL_ERROR || (target.kind == CEL_OPTIONAL && !target.inner))
		return target;
	if (target.kind == CEL_OPTIONAL)
		target = value_inside(target);
	if (target.kind != CEL_MAP)
		return no_field(run, op, target);
	if (target.form == CEL_DOCUMENT)
		return value_optional_node(find_node(run, op, target));
	return value_member(target, op->name, op->length, &found) ? cel_optional(run->arena, found)
								  : cel_optional_none();
}

static inline struct cel_value
optional_from(struct cel_run *run, const struct cel_op *op, struct cel_value target)
{
	if (is_document_map(target))
		return value_optional_node(find_node(run, op, target));
	return optional_from_any(run, op, target);
}

struct cel_value
eval_select_optional(struct cel_run *run, const struct cel_op *op)
{
	return optional_from(run, op, eval_op(run, op->children));
}

struct cel_value
eval_select_optional_near(struct cel_run *run, const struct cel_op *op)
{
	return optional_from(run, op, eval_near(run, op->children));
}

/* ---- x.name ---- */

/* Of an optional it is the same as x.?name. */
static struct cel_value
field_from_any(struct cel_run *run, const struct cel_op *op, struct cel_value target)
{
	struct cel_value found;
	if (target.kind == CEL_ERROR)
		return target;
	if (target.kind == CEL_OPTIONAL)
		return optional_from_any(run, op, target);
	if (target.kind == CEL_MAP && value_member(target, op->name, op->length, &found))
		return found;
	return no_field(run, op, target);
}

static inline struct cel_value
field_from(struct cel_run *run, const struct cel_op *op, struct cel_value target)
{
	const struct node *found = NULL;
	if (is_document_map(target))
		found = find_node(run, op, target);
	return found ? value_of_node(found) : field_from_any(run, op, target);
}

struct cel_value
eval_select(struct cel_run *run, const struct cel_op *op)
{
	return field_from(run, op, eval_op(run, op->children));
}

struct cel_value
eval_select_near(struct cel_run *run, const struct cel_op *op)
{
	return field_from(run, op, eval_near(run, op->children));
}

/* ---- has(x.name) ---- */

static struct cel_value
presence_in_any(struct cel_run *run, const struct cel_op *op, struct cel_value target)
{
	struct cel_value found;
	if (target.kind == CEL_ERROR)
		return target;
	if (target.kind == CEL_OPTIONAL) {
		if (!target.inner)
			return cel_bool(false);
		target = value_inside(target);
	}
	if (target.kind != CEL_MAP)
		return no_field(run, op, target);
	return cel_bool(value_member(target, op->name, op->length, &found));
}

static inline struct cel_value
presence_in(struct cel_run *run, const struct cel_op *op, struct cel_value target)
{
	if (is_document_map(target))
		return cel_bool(find_node(run, op, target));
	return presence_in_any(run, op, target);
}

struct cel_value
eval_has(struct cel_run *run, const struct cel_op *op)
{
	return presence_in(run, op, eval_op(run, op->children));
}

struct cel_value
eval_has_near(struct cel_run *run, const struct cel_op *op)
{
	return presence_in(run, op, eval_near(run, op->children));
}

/* ---- has(x.name) && x.name ---- */

/* One look at a document where the field is a bool or not there; all else is left to && itself. */
struct cel_value
eval_has_and_select(struct cel_run *run, const struct cel_op *op)
{
	const struct cel_op *has = &op->children[0];
	struct cel_value target = eval_near_value(run, has->children);
	if (!is_document_map(target))
		return eval_logic(run, op);
	const struct node *found = value_field_under(target, has->name);
	if (found && found->kind != NODE_BOOL)
		return eval_logic(run, op);
	/* has, its variable; the field, its variable */
	run->cost += (2 + value_search_cost(target)) << (found != NULL);
	return cel_bool(found && found->boolean);
}
