/*
 * rule_set.c -- compile the rulebook once for each of its versions.
 */
#include "rule_set.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "catalog/rulebook.h"
#include "descriptor/descriptor.h"

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

static enum err_code
compile_rule(const struct rule_record *rule, struct arena *arena, struct policy **ret_policy,
	     struct err *e)
{
	struct node root;
	struct violations complaints = {.arena = arena};
	enum document_format format =
	    strcmp(rule->media_type, "application/json") == 0 ? DOCUMENT_JSON : DOCUMENT_YAML;
	enum err_code code =
	    document_read(format, rule->source, rule->source_length, NULL, arena, &root, e);
	if (code != ERR_OK)
		return err_while(e, "the stored policy '%s'", rule->name);
	*ret_policy = policy_compile(&root, &descriptor_fields, &complaints);
	if (*ret_policy)
		return ERR_OK;
	return ERR(e, CORRUPT, "the stored policy '%s' does not compile: %s", rule->name,
		   complaints.count ? complaints.items[0].message : "no reason given");
}

static void
add_policy(struct rule_set *set, struct policy *p)
{
	set->policies = memory_resize(set->policies, (set->count + 1) * sizeof(struct policy *));
	set->policies[set->count++] = p;
}

static enum err_code
compile_page(struct session *s, struct rule_set *set, const char **after, struct arena *arena,
	     bool *ret_more, struct err *e)
{
	struct rule_list page;
	enum err_code code = rule_list(s, *after, PAGE, arena, &page, e);
	for (size_t i = 0; code == ERR_OK && i < page.count; i++) {
		struct policy *p = NULL;
		code = compile_rule(&page.items[i], arena, &p, e);
		if (code == ERR_OK)
			add_policy(set, p);
		*after = page.items[i].name;
	}
	*ret_more = code == ERR_OK && page.more;
	return code;
}

static enum err_code
compile_all(struct session *s, uint64_t version, struct rule_set **ret_set, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(rule_set_release) struct rule_set *set = memory_alloc(sizeof *set);
	set->version = version;
	atomic_init(&set->holders, 1);
	const char *after = NULL;
	for (bool more = true; more;) {
		enum err_code code = compile_page(s, set, &after, &arena, &more, e);
		if (code != ERR_OK)
			return code;
	}
	*ret_set = set;
	set = NULL;
	return ERR_OK;
}

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
