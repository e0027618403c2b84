/*
 * decision.c -- the facts of a judgement as text, before they are gone.
 */
#include "decision.h"

#include <string.h>

static const char *
text_of(const struct buf *b, struct arena *arena)
{
	return arena_bytes(arena, b->data, b->length);
}

static const char *
write_verdicts(const struct judgement *judgement, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};
	judgement_write(judgement, &(struct json){.out = &text});
	return text_of(&text, arena);
}

static void
write_facts(struct json *j, const char *key, const struct node *facts)
{
	json_key(j, key);
	if (facts)
		json_node(j, facts);
	else
		json_null(j);
}

static const char *
write_basis(const struct policy_input *input, uint64_t previous, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct json j = {.out = &text};
	json_begin_map(&j);
	json_member_time(&j, "now", input->now);
	json_key(&j, "previous");
	if (previous)
		json_int(&j, (int64_t)previous);
	else
		json_null(&j);
	json_member_int(&j, "judge", JUDGE_VERSION);
	write_facts(&j, "facts", input->facts);
	write_facts(&j, "upstream", input->upstream);
	json_end_map(&j);
	return text_of(&text, arena);
}

struct decision
decision_of(const struct judgement *judgement, const struct policy_input *input, uint64_t previous,
	    struct arena *arena)
{
	return (struct decision){
	    .standing = judgement_standing(judgement),
	    .verdicts = write_verdicts(judgement, arena),
	    .basis = write_basis(input, previous, arena),
	};
}

void
decision_write(const struct decision *d, const struct violations *violations, struct json *j)
{
	json_key(j, "verdicts");
	json_raw(j, d->verdicts, strlen(d->verdicts));
	json_key(j, "violations");
	violations_write(violations, j);
	json_key(j, "decision");
	json_raw(j, d->basis, strlen(d->basis));
}
