/*
 * judgement.c -- ask every policy, count, write down.
 */
#include "judgement.h"

#include "base/clock.h"

#include "asking.h"

static bool
is_against(const struct verdict *v, enum enforcement how)
{
	bool holds = v->outcome == POLICY_SATISFIED || v->outcome == POLICY_NOT_CONCERNED;
	return !holds && v->enforcement == how;
}

static void
measure(const struct judge_meters *m, const struct judgement *j, moment took)
{
	metric_observe(m->seconds, took);
	metric_add(j->denied ? m->violating : j->warned ? m->warned : m->compliant, 1);
}

/* Who reads one complaint alone knows that it will weigh more. */
static void
note_grace(const struct verdict *v, struct violations *violations, size_t first)
{
	for (size_t i = first; v->grace_end && i < violations->count; i++)
		violations->items[i].grace_end = v->grace_end;
}

struct judgement
judge_again(const struct rule_set *rules, const struct policy_input *input, struct arena *arena,
	    struct violations *violations)
{
	struct judgement j = {.verdicts = ARENA_ARRAY(arena, struct verdict, rules->count)};
	CLEANUP(arena_done) struct arena scratch = {0}; /* of one policy at a time */
	uint64_t left = DOMAINS_MOST_STEPS;
	struct policy_input bounded = *input;
	bounded.domain_steps = &left;
	for (size_t i = 0; i < rules->count; i++) {
		const size_t before = violations->count;
		arena_reset(&scratch);
		struct verdict v = policy_judge(rules->policies[i], &bounded, &scratch, violations);
		policy_charge(&v, &left);
		note_grace(&v, violations, before);
		if (v.outcome == POLICY_NOT_CONCERNED)
			continue;
		j.denied += is_against(&v, ENFORCE_DENY);
		j.warned += is_against(&v, ENFORCE_WARN);
		j.verdicts[j.count++] = v;
	}
	return j;
}

struct judgement
judge(const struct rule_set *rules, const struct policy_input *input, struct arena *arena,
      struct violations *violations)
{
	const moment begun = clock_monotonic();
	struct judgement j = judge_again(rules, input, arena, violations);
	if (!asking_waits(input))
		measure(&rules->meters, &j, clock_monotonic() - begun);
	return j;
}

const char *
judgement_standing(const struct judgement *j)
{
	return j->denied ? "violating" : j->warned ? "warned" : "compliant";
}

static void
write_hash(const char *key, struct digest hash, struct json *j)
{
	char text[DIGEST_TEXT_SIZE];
	digest_format(&hash, text);
	json_member_text(j, key, text);
}

/* Of the usual one nothing is said. */
static void
write_engine(const struct verdict *v, struct json *j)
{
	if (!policy_question(v->policy))
		return;
	json_member_text(j, "engine", "opa");
	if (v->decision_id)
		json_member_text(j, "decision_id", v->decision_id);
}

void
judgement_write(const struct judgement *judgement, struct json *j)
{
	json_begin_list(j);
	for (size_t i = 0; i < judgement->count; i++) {
		const struct verdict *v = &judgement->verdicts[i];
		json_begin_map(j);
		json_member_text(j, "policy", policy_name(v->policy));
		write_hash("hash", policy_hash(v->policy), j);
		if (policy_tightens(v->policy))
			write_hash("tightens", policy_base_hash(v->policy), j);
		json_member_text(j, "enforcement", enforcement_name(v->enforcement));
		if (v->grace_end)
			json_member_time(j, "grace_end", v->grace_end);
		json_member_text(j, "outcome", policy_outcome_name(v->outcome));
		json_member_int(j, "cost", (int64_t)v->cost);
		if (v->most_steps < POLICY_MOST_STEPS)
			json_member_int(j, "steps", (int64_t)v->most_steps);
		write_engine(v, j);
		json_end_map(j);
	}
	json_end_list(j);
}
