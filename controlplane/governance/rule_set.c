/*
 * rule_set.c -- compile the rulebook once for each of its versions.
 */
#include "rule_set.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "catalog/rulebook.h"
#include "descriptor/descriptor.h"

#include "facts.h"

enum { PAGE = 500 };

struct rules {
	pthread_mutex_t mutex;
	struct judge_meters meters;
	struct rule_set *newest; /* held once by this; NULL before the first */
};

static struct metric *
count_judgements(struct metrics *m, const char *labels)
{
	return metric_new(m, METRIC_COUNTER, "weft_judgements_total", labels,
			  "Documents judged by all policies, by how they stand");
}

struct rules *
rules_create(struct metrics *metrics)
{
	struct rules *r = memory_alloc(sizeof *r);
	r->meters = (struct judge_meters){
	    .seconds = metric_new(metrics, METRIC_HISTOGRAM, "weft_judgement_seconds", "",
				  "Judging one document by all policies"),
	    .compliant = count_judgements(metrics, "standing=\"compliant\""),
	    .warned = count_judgements(metrics, "standing=\"warned\""),
	    .violating = count_judgements(metrics, "standing=\"violating\""),
	};
	pthread_mutex_init(&r->mutex, NULL);
	return r;
}

void
rules_destroy(struct rules *r)
{
	if (!r)
		return;
	rule_set_release(&r->newest);
	pthread_mutex_destroy(&r->mutex);
	free(r);
}

void
rule_set_release(struct rule_set **set)
{
	struct rule_set *gone = *set;
	*set = NULL;
	if (!gone || atomic_fetch_sub(&gone->holders, 1) > 1)
		return;
	for (size_t i = 0; i < gone->count; i++)
		policy_destroy(gone->policies[i]);
	free(gone->policies);
	free(gone);
}

/* ---- compiling ---- */

struct compilation {
	struct rule_set *set;
	struct arena *arena;
	/* those that tighten another one wait until all others are there */
	struct rule_record *waiting;
	size_t waiting_count, waiting_capacity;
};

static enum err_code
read_rule(const struct rule_record *rule, struct arena *arena, struct node *ret_root, struct err *e)
{
	enum document_format format = document_format_of(rule->media_type);
	enum err_code code =
	    document_read(format, rule->source, rule->source_length, NULL, arena, ret_root, e);
	return code == ERR_OK ? code : err_while(e, "the stored policy '%s'", rule->name);
}

static void
add_policy(struct rule_set *set, struct policy *p)
{
	set->policies = memory_resize(set->policies, (set->count + 1) * sizeof(struct policy *));
	set->policies[set->count++] = p;
	set->needs |= policy_needs(p);
	set->facts |= facts_needed(p);
}

static enum err_code
compile_rule(struct compilation *c, const struct rule_record *rule, const struct node *root,
	     struct err *e)
{
	const char *base = policy_base_name(root);
	const struct policy_context context = {
	    .product = &descriptor_fields,
	    .base = base ? rule_set_find(c->set, base) : NULL,
	    .since = rule->defined_at,
	    .accepted = true,
	    .stored = true,
	};
	struct violations complaints = {.arena = c->arena};
	struct policy *p = policy_compile(root, &context, &complaints);
	if (!p)
		return ERR(e, CORRUPT, "the stored policy '%s' does not compile: %s", rule->name,
			   complaints.count ? complaints.items[0].message : "no reason given");
	add_policy(c->set, p);
	return ERR_OK;
}

static enum err_code
take_rule(struct compilation *c, const struct rule_record *rule, struct err *e)
{
	struct node root;
	enum err_code code = read_rule(rule, c->arena, &root, e);
	if (code != ERR_OK || !policy_base_name(&root))
		return code == ERR_OK ? compile_rule(c, rule, &root, e) : code;
	c->waiting = arena_grow(c->arena, c->waiting, c->waiting_count, &c->waiting_capacity,
				sizeof *c->waiting);
	c->waiting[c->waiting_count++] = *rule;
	return ERR_OK;
}

static enum err_code
compile_waiting(struct compilation *c, struct err *e)
{
	enum err_code code = ERR_OK;
	for (size_t i = 0; code == ERR_OK && i < c->waiting_count; i++) {
		struct node root;
		code = read_rule(&c->waiting[i], c->arena, &root, e);
		if (code == ERR_OK)
			code = compile_rule(c, &c->waiting[i], &root, e);
	}
	return code;
}

static enum err_code
compile_page(struct compilation *c, struct session *s, const char **after, bool *ret_more,
	     struct err *e)
{
	struct rule_list page;
	enum err_code code = rule_list(s, *after, PAGE, c->arena, &page, e);
	for (size_t i = 0; code == ERR_OK && i < page.count; i++) {
		code = take_rule(c, &page.items[i], e);
		*after = page.items[i].name;
	}
	*ret_more = code == ERR_OK && page.more;
	return code;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(policy_name(*(struct policy *const *)a),
		      policy_name(*(struct policy *const *)b));
}

static enum err_code
compile_all(struct session *s, uint64_t version, struct rule_set **ret_set, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(rule_set_release) struct rule_set *set = memory_alloc(sizeof *set);
	struct compilation c = {.set = set, .arena = &arena};
	set->version = version;
	atomic_init(&set->holders, 1);
	const char *after = NULL;
	for (bool more = true; more;) {
		enum err_code code = compile_page(&c, s, &after, &more, e);
		if (code != ERR_OK)
			return code;
	}
	enum err_code code = compile_waiting(&c, e);
	if (code != ERR_OK)
		return code;
	if (set->count > 0)
		qsort(set->policies, set->count, sizeof(struct policy *), by_name);
	*ret_set = set;
	set = NULL;
	return ERR_OK;
}

const struct policy *
rule_set_find(const struct rule_set *set, const char *name)
{
	for (size_t i = 0; i < set->count; i++)
		if (strcmp(policy_name(set->policies[i]), name) == 0)
			return set->policies[i];
	return NULL;
}

/* ---- holding ---- */

static void
hold_newest(struct rules *r, struct rule_set **ret_set)
{
	atomic_fetch_add(&r->newest->holders, 1);
	*ret_set = r->newest;
}

/* Has no policy been defined or retired since somebody looked last? */
static bool
is_newest_current(const struct rules *r, const struct session *s)
{
	return r->newest && session_basis(s) >= r->newest->version &&
	       !rulebook_is_touched(s, r->newest->checked);
}

static void
note_checked(struct rule_set *set, const struct session *s)
{
	if (set->checked < session_basis(s))
		set->checked = session_basis(s);
}

/*
 * A session that is older than the newest set gets a set of its own, which nobody else sees; and so
 * does a writer, since what it sees may still be undone.
 */
static enum err_code
hold_version(struct rules *r, struct session *s, uint64_t version, struct rule_set **ret_set,
	     struct err *e)
{
	if (r->newest && r->newest->version == version) {
		if (!session_writes(s))
			note_checked(r->newest, s);
		hold_newest(r, ret_set);
		return ERR_OK;
	}
	enum err_code code = compile_all(s, version, ret_set, e);
	if (code != ERR_OK)
		return code;
	(*ret_set)->meters = r->meters;
	if (session_writes(s) || (r->newest && r->newest->version > version))
		return ERR_OK;
	note_checked(*ret_set, s);
	rule_set_release(&r->newest);
	r->newest = *ret_set;
	atomic_fetch_add(&r->newest->holders, 1);
	return ERR_OK;
}

static enum err_code
hold_locked(struct rules *r, struct session *s, struct rule_set **ret_set, struct err *e)
{
	uint64_t version;
	if (is_newest_current(r, s)) {
		hold_newest(r, ret_set);
		return ERR_OK;
	}
	enum err_code code = rulebook_version(s, &version, e);
	return code == ERR_OK ? hold_version(r, s, version, ret_set, e) : code;
}

enum err_code
rules_hold(struct rules *r, struct session *s, struct rule_set **ret_set, struct err *e)
{
	pthread_mutex_lock(&r->mutex);
	enum err_code code = hold_locked(r, s, ret_set, e);
	pthread_mutex_unlock(&r->mutex);
	return code;
}
