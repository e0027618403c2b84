/*
 * explain.c -- an evaluation is first recorded whole, then told in parts.
 *
 * Reads from below: the record, what is worth telling, loops, blame.
 */
#include "cel/explain.h"

#include <string.h>

/*
 * How much of an evaluation is recorded.  What comes later is as if it had not been needed, so this
 * is far beyond what anyone reads.
 */
enum { MOST_RECORDS = 200000 };

enum {
	MOST_ROUNDS = 3, /* of a loop that no single round decides */
	MOST_TEXT = 60,  /* bytes of an item in the head of its round */
};

/* ---- the record ---- */

/* One time that a step was evaluated. */
struct record {
	uint32_t step;
	struct cel_value value;
	struct record *around;
	struct record *first, *last; /* what was begun inside, in that order */
	struct record *next;
};

struct recorder {
	struct arena *arena;
	struct record *open; /* innermost */
	struct record root;  /* holds the whole as its only one */
	uint32_t count;
	uint32_t lost; /* how many are open that were not recorded */
};

static void
begin_record(void *user, uint32_t step)
{
	struct recorder *r = user;
	if (r->lost || r->count == MOST_RECORDS) {
		r->lost++;
		return;
	}
	struct record *new = ARENA_NEW(r->arena, struct record);
	new->step = step;
	new->around = r->open;
	if (r->open->last)
		r->open->last->next = new;
	else
		r->open->first = new;
	r->open->last = new;
	r->open = new;
	r->count++;
}

static void
end_record(void *user, uint32_t step, struct cel_value v)
{
	struct recorder *r = user;
	(void)step;
	if (r->lost) {
		r->lost--;
		return;
	}
	r->open->value = v;
	r->open = r->open->around;
}

/* ---- parts ---- */

struct teller {
	struct arena *arena;
	const struct cel_program *program;
	const struct cel_step *steps;
};

static struct cel_part *
new_part(const struct teller *t, enum cel_part_kind kind, uint32_t step)
{
	struct cel_part *part = ARENA_NEW(t->arena, struct cel_part);
	part->kind = kind;
	part->step = step;
	return part;
}

static struct cel_part **
append(struct cel_part **end, struct cel_part *part)
{
	*end = part;
	return part ? &part->next : end;
}

static const struct record *
record_of(const struct record *around, uint32_t step)
{
	for (const struct record *r = around->first; r; r = r->next)
		if (r->step == step)
			return r;
	return NULL;
}

/* Is the name that of a loop around it, whose rounds tell its value? */
static bool
is_bound_outside(const struct teller *t, uint32_t step)
{
	const char *name = t->steps[step].name;
	for (uint32_t i = step; i > 0;) {
		i = t->steps[i].parent;
		for (int k = 0; k < 2; k++)
			if (t->steps[i].variables[k] && strcmp(t->steps[i].variables[k], name) == 0)
				return true;
	}
	return false;
}

static bool
is_scalar(struct cel_value v)
{
	return v.kind != CEL_LIST && v.kind != CEL_MAP && v.kind != CEL_TYPE;
}

static bool
is_worth_telling(const struct teller *t, uint32_t step, const struct record *r)
{
	const struct cel_step *s = &t->steps[step];
	if (r && r->value.kind == CEL_ERROR)
		return true;
	if (s->kind == STEP_LITERAL || !cel_step_has_names(t->steps, step))
		return false;
	if (s->kind != STEP_NAME)
		return true;
	return r && is_scalar(r->value) && !is_bound_outside(t, step);
}

static struct cel_part *tell_step(const struct teller *t, uint32_t step, const struct record *r);

/* `a` of a.b.c, and `a.b`: their values are within what is told, unless they are what failed. */
static bool
is_within_selection(const struct teller *t, uint32_t step, const struct record *r)
{
	const struct cel_step *s = &t->steps[step], *around = &t->steps[s->parent];
	bool failed = r && r->value.kind == CEL_ERROR;
	return around->kind == STEP_FIELD && s->kind == STEP_FIELD && !failed;
}

static void
tell_steps_within(const struct teller *t, uint32_t step, const struct record *r,
		  struct cel_part **end)
{
	for (uint32_t i = step + 1; i < t->steps[step].behind; i = t->steps[i].behind) {
		const struct record *inner = record_of(r, i);
		if (is_within_selection(t, i, inner))
			tell_steps_within(t, i, inner ? inner : r, end);
		else if (is_worth_telling(t, i, inner))
			end = append(end, tell_step(t, i, inner));
		while (*end)
			end = &(*end)->next;
	}
}

/* ---- loops ---- */

/* "c = {...}" of the i-th round; two variables are index and item, or key and value. */
static const char *
text_of_round(const struct teller *t, const struct cel_step *loop, struct cel_value range,
	      uint32_t i)
{
	CLEANUP(buf_done) struct buf out = {0};
	struct cel_value values[2];
	if (range.kind == CEL_MAP) {
		struct cel_entry entry = cel_entry_at(range, i);
		values[0] = entry.key;
		values[1] = entry.value;
	} else {
		values[0] = loop->variables[1] ? cel_int(i) : cel_item(range, i);
		values[1] = cel_item(range, i);
	}
	for (int k = 0; k < 2 && loop->variables[k]; k++) {
		buf_printf(&out, "%s%s = ", k ? ", " : "", loop->variables[k]);
		cel_format(values[k], MOST_TEXT, &out);
	}
	return arena_bytes(t->arena, out.data, out.length);
}

/* The steps of a loop that come once a round. */
struct rounds {
	uint32_t loop, range, predicate, transform; /* 0: has none */
	const struct record *record;                /* of the loop */
	struct cel_value over;
};

static struct rounds
rounds_of(const struct teller *t, uint32_t loop, const struct record *r)
{
	struct rounds all = {.loop = loop, .range = loop + 1, .record = r};
	const struct record *range = record_of(r, all.range);
	all.over = range ? range->value : cel_null();
	for (uint32_t i = t->steps[loop + 1].behind; i < t->steps[loop].behind;
	     i = t->steps[i].behind) {
		if (t->steps[i].role == ROLE_PREDICATE)
			all.predicate = i;
		else
			all.transform = i;
	}
	return all;
}

/* A round begins with its predicate, or with its transform when it has none. */
static uint32_t
first_step_of_round(const struct rounds *all)
{
	return all->predicate ? all->predicate : all->transform;
}

/* NULL when there is no i-th round. */
static const struct record *
round_at(const struct rounds *all, uint32_t i)
{
	for (const struct record *r = all->record->first; r; r = r->next)
		if (r->step == first_step_of_round(all) && i-- == 0)
			return r;
	return NULL;
}

static uint32_t
count_rounds(const struct rounds *all)
{
	uint32_t count = 0;
	for (const struct record *r = all->record->first; r; r = r->next)
		count += r->step == first_step_of_round(all);
	return count;
}

/* The predicate's parts, then the transform's; its value is that of the last one. */
static struct cel_part *
tell_round(const struct teller *t, const struct rounds *all, const struct record *first, uint32_t i)
{
	struct cel_part *part = new_part(t, PART_ROUND, first->step);
	struct cel_part **end = &part->parts;
	part->text = text_of_round(t, &t->steps[all->loop], all->over, i);
	part->value = first->value;
	tell_steps_within(t, first->step, first, end);
	if (all->predicate && first->next && first->next->step == all->transform) {
		while (*end)
			end = &(*end)->next;
		part->value = first->next->value;
		append(end, tell_step(t, all->transform, first->next));
	}
	return part;
}

/* all is settled by one that is false, exists by one that is true. */
static bool
is_decisive(const char *loop, struct cel_value v)
{
	return v.kind == CEL_BOOL && strcmp(loop, v.boolean ? "exists" : "all") == 0;
}

/* The last round decides where it gives what no other gave, or fails. */
static bool
is_decided_by_last(const struct teller *t, const struct rounds *all, const struct record *last)
{
	return last->value.kind == CEL_ERROR || is_decisive(t->steps[all->loop].name, last->value);
}

static struct cel_part *
tell_rest(const struct teller *t, const struct rounds *all, uint32_t count)
{
	struct cel_part *part = new_part(t, PART_REST, all->loop);
	part->text = "";
	part->count = count;
	return part;
}

static void
tell_rounds(const struct teller *t, uint32_t loop, const struct record *r, struct cel_part **end)
{
	struct rounds all = rounds_of(t, loop, r);
	uint32_t count = count_rounds(&all);
	if (count == 0)
		return;
	const struct record *last = round_at(&all, count - 1);
	if (is_decided_by_last(t, &all, last)) {
		if (count > 1)
			end = append(end, tell_rest(t, &all, count - 1));
		append(end, tell_round(t, &all, last, count - 1));
		return;
	}
	uint32_t told = count <= MOST_ROUNDS + 1 ? count : MOST_ROUNDS;
	for (uint32_t i = 0; i < told; i++)
		end = append(end, tell_round(t, &all, round_at(&all, i), i));
	if (told < count)
		append(end, tell_rest(t, &all, count - told));
}

static void
tell_loop(const struct teller *t, uint32_t loop, const struct record *r, struct cel_part **end)
{
	const struct record *range = record_of(r, loop + 1);
	if (t->steps[loop + 1].kind != STEP_NAME || !range || range->value.kind == CEL_ERROR)
		end = append(end, tell_step(t, loop + 1, range));
	tell_rounds(t, loop, r, end);
}

static struct cel_part *
tell_step(const struct teller *t, uint32_t step, const struct record *r)
{
	const struct cel_step *s = &t->steps[step], *around = &t->steps[s->parent];
	struct cel_part *part = new_part(t, r ? PART_STEP : PART_SKIPPED, step);
	part->text = cel_step_text(t->program, step, t->arena);
	if (s->role == ROLE_RANGE && around->kind == STEP_BIND)
		part->text = arena_printf(t->arena, "%s = %s", around->variables[0], part->text);
	if (!r)
		return part;
	part->value = r->value;
	if (s->kind == STEP_LOOP)
		tell_loop(t, step, r, &part->parts);
	else
		tell_steps_within(t, step, r, &part->parts);
	return part;
}

/* ---- blame ---- */

static bool
is_same(struct cel_value a, struct cel_value b)
{
	if (a.kind != b.kind)
		return false;
	return a.kind == CEL_ERROR || (a.kind == CEL_BOOL && a.boolean == b.boolean);
}

/* Is it for this part that the whole is what it is? */
static bool
is_cause(const struct teller *t, const struct cel_part *whole, const struct cel_part *part)
{
	const struct cel_step *s = &t->steps[whole->step];
	uint8_t role = t->steps[part->step].role;
	if (part->kind == PART_SKIPPED || part->kind == PART_REST)
		return false;
	if (part->value.kind == CEL_ERROR)
		return whole->value.kind == CEL_ERROR;
	switch (s->kind) {
	case STEP_LOGIC:
		return is_same(part->value, whole->value);
	case STEP_LOOP:
		return part->kind == PART_ROUND && is_same(part->value, whole->value) &&
		       is_decisive(s->name, part->value);
	case STEP_CHOICE:
		return role == ROLE_THEN || role == ROLE_OTHERWISE;
	case STEP_BIND:
		return role == ROLE_TRANSFORM;
	default:
		return strcmp(s->name ? s->name : "", "!") == 0;
	}
}

/* Down to the parts that no other part accounts for. */
static void
blame(const struct teller *t, struct cel_part *whole)
{
	bool passed_on = false;
	for (struct cel_part *part = whole->parts; part; part = part->next)
		if (is_cause(t, whole, part)) {
			blame(t, part);
			passed_on = true;
		}
	whole->blamed = !passed_on;
}

struct cel_part *
cel_explain(const struct cel_program *p, const struct cel_value *bindings, struct cel_limits limits,
	    struct arena *arena, uint64_t *ret_cost)
{
	size_t count;
	CLEANUP(arena_done) struct arena records = {0}; /* not of the evaluation's memory */
	struct recorder r = {.arena = &records};
	r.open = &r.root;
	const struct cel_observer observer = {begin_record, end_record, &r};
	struct cel_value v = cel_observe(p, bindings, limits, arena, &observer, ret_cost);
	const struct teller t = {arena, p, cel_steps(p, &count)};
	struct cel_part *whole = tell_step(&t, 0, r.root.first);
	whole->value = v;
	if (v.kind == CEL_ERROR || (v.kind == CEL_BOOL && !v.boolean))
		blame(&t, whole);
	return whole;
}
