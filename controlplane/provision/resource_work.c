/*
 * resource_work.c -- see resource_work.h.  Reads in this order: asking the plugin, what comes out,
 * access, making, looking after, letting go, destroying.
 */
#include "resource_work.h"

#include <string.h>

#include "base/digest.h"
#include "base/duration.h"
#include "base/log.h"

#include "resource_message.h"

enum {
	PATIENCE = 200000, /* microseconds to stand in line behind a quick plugin */
	GRACE_DAYS = 30,   /* how long data is kept whose product never said how long */
};

/* ---- asking the plugin ---- */

/* Something went wrong: noted for what comes out.  Gives false. */
static bool
went_wrong(struct resource_work *w, bool again, const char *error)
{
	w->again = again;
	w->error = error;
	return false;
}

/* Whether it may work later without anyone doing anything, by how the call failed. */
static bool
call_failed(struct resource_work *w, enum err_code code, const struct err *e)
{
	w->busy = code == ERR_BUSY;
	return went_wrong(w, code != ERR_TOO_LARGE, arena_text(w->arena, e->message));
}

/* True with the plugin's result; false when it was told what went wrong. */
static bool
ask(struct resource_work *w, const char *verb, const char *message, const struct node **ret_result)
{
	struct err e = {0};
	struct plugin_answer answer;
	const struct plugin_call call = {.verb = verb, .resource = message, .patience = PATIENCE};
	enum err_code code = plugin_call(w->plugin, &call, w->arena, &answer, &e);
	if (code != ERR_OK)
		return call_failed(w, code, &e);
	if (!answer.ok)
		return went_wrong(w, answer.retry, answer.message);
	*ret_result = answer.result;
	return true;
}

/* The same for verbs that a plugin may leave out: then there is nothing to do. */
static bool
ask_if_it_can(struct resource_work *w, const char *verb, const char *message,
	      const struct node **ret_result)
{
	*ret_result = NULL;
	return !plugin_has_verb(w->plugin, verb) || ask(w, verb, message, ret_result);
}

/* A plugin that never described itself is started here, so that it is known what it can do. */
static bool
find_plugin(struct resource_work *w)
{
	const struct resource *r = w->resource;
	w->plugin = plugin_host_find(w->host, r->plugin);
	if (!w->plugin)
		return went_wrong(w, true,
				  arena_printf(w->arena,
					       "no plugin '%s' is installed; there are: %s",
					       r->plugin, plugin_host_names(w->host, w->arena)));
	if (plugin_has_role(w->plugin, r->role))
		return true;
	struct err e = {0};
	enum err_code code = plugin_describe(w->plugin, INT64_MAX, &e);
	if (code != ERR_OK)
		return call_failed(w, code, &e);
	if (plugin_has_role(w->plugin, r->role))
		return true;
	return went_wrong(w, false,
			  arena_printf(w->arena, "plugin '%s' gives %s, not %s", r->plugin,
				       plugin_roles(w->plugin, w->arena), r->role));
}

static void
compose_message(struct resource_work *w)
{
	const struct wishes *in = w->wishes;
	w->detail = resource_detail_read(w->resource, w->arena);
	w->access = resource_access(&in->descriptor, in->now, w->arena, &w->look_at);
	w->message =
	    resource_message(&in->product, &in->descriptor, w->resource, w->access, w->arena);
	struct digest d = digest_of(w->message, strlen(w->message));
	digest_format(&d, w->digest);
}

/* ---- what comes out ---- */

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static void
come_to(struct resource_work *w, const char *state, const struct resource_detail *detail,
	const char *error)
{
	const struct resource *r = w->resource;
	w->next = *r;
	w->next.state = state;
	w->next.error = error;
	w->next.detail = resource_detail_text(detail, w->arena);
	w->changed = !resource_is(r, state) || !same_text(r->error, error) ||
		     !same_text(r->detail, w->next.detail);
}

/*
 * A failure is recorded when it is a new one.  That it was tried is kept only for one that is
 * final: the digest of every version that fails in the same way would make an event each.
 */
static void
come_to_failed(struct resource_work *w)
{
	struct resource_detail detail = w->detail;
	if (w->busy)
		return;
	detail.tried = w->again ? NULL : w->digest;
	detail.final = !w->again;
	detail.note = NULL;
	come_to(w, "failed", &detail, w->error);
}

static void
come_to_ready(struct resource_work *w, const struct node *answer, const char *note)
{
	struct node *access = ARENA_NEW(w->arena, struct node);
	struct err ignored;
	document_read(DOCUMENT_JSON, w->access, strlen(w->access), NULL, w->arena, access,
		      &ignored);
	struct duration retention = w->wishes->descriptor.retention;
	const struct resource_detail detail = {
	    .answer = answer,
	    .applied = w->digest,
	    .access = access,
	    .retention_seconds = (duration_longest(retention) + 999999) / 1000000,
	    .note = note,
	};
	come_to(w, "ready", &detail, NULL);
}

/* ---- access ---- */

static bool
has_role(const struct node *access, const char *role)
{
	for (uint32_t i = 0; access && i < access->count; i++)
		if (strcmp(node_text(&access->items[i], "role", ""), role) == 0)
			return true;
	return false;
}

/* Those of the access given then whose role has none now, as JSON; NULL when there are none. */
static const char *
access_to_take(struct resource_work *w, const struct node *now)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct json j = {.out = &text};
	const struct node *then = w->detail.access;
	uint32_t count = 0;
	json_begin_list(&j);
	for (uint32_t i = 0; then && i < then->count; i++) {
		const struct node *entry = &then->items[i];
		if (has_role(now, node_text(entry, "role", "")))
			continue;
		json_node(&j, entry);
		count++;
	}
	json_end_list(&j);
	return count ? arena_bytes(w->arena, text.data, text.length) : NULL;
}

static bool
take_access(struct resource_work *w, const char *now)
{
	struct err ignored;
	struct node list = {.kind = NODE_NULL};
	const struct node *result;
	document_read(DOCUMENT_JSON, now, strlen(now), NULL, w->arena, &list, &ignored);
	const char *gone = access_to_take(w, &list);
	if (!gone)
		return true;
	return ask_if_it_can(w, "revoke",
			     resource_message(&w->wishes->product, &w->wishes->descriptor,
					      w->resource, gone, w->arena),
			     &result);
}

/* ---- making ---- */

/*
 * A grant follows every apply, also of an empty list: it names everyone who may have access, so
 * that an access which was given just before a crash, and of which nobody knows, ends as well.
 */
static void
make(struct resource_work *w, const char *note)
{
	const struct node *answer, *ignored;
	bool well = ask_if_it_can(w, "validate", w->message, &ignored) &&
		    ask(w, "apply", w->message, &answer) && take_access(w, w->access) &&
		    ask_if_it_can(w, "grant", w->message, &ignored);
	if (well)
		come_to_ready(w, answer, note);
	else
		come_to_failed(w);
}

static bool
is_given_up(const struct resource_work *w)
{
	return resource_is(w->resource, "failed") && w->detail.final &&
	       same_text(w->detail.tried, w->digest);
}

/* ---- looking after ---- */

static void
remove_what_is_old(struct resource_work *w)
{
	const struct node *result;
	if (w->detail.retention_seconds <= 0 || !ask_if_it_can(w, "retain", w->message, &result))
		return;
	int64_t removed = node_int(result, "removed", 0);
	if (removed <= 0)
		return;
	struct resource_detail detail = w->detail;
	char when[CLOCK_TEXT_SIZE];
	clock_format(w->wishes->now, when);
	detail.note = arena_printf(w->arena, "removed %lld older than the retention at %s",
				   (long long)removed, when);
	come_to(w, "ready", &detail, NULL);
}

/* What cannot be looked at is not failed: it was ready, and nobody knows better. */
static void
look_after(struct resource_work *w)
{
	const struct node *result;
	if (!ask_if_it_can(w, "observe", w->message, &result))
		return;
	if (!result || node_bool(result, "exists", true)) {
		remove_what_is_old(w);
		return;
	}
	char when[CLOCK_TEXT_SIZE];
	clock_format(w->wishes->now, when);
	LOG(WARN, "resource is gone and is made again", "product", w->resource->product, "plugin",
	    w->resource->plugin, "name", w->resource->name);
	make(w, arena_printf(w->arena, "drift: it did not exist any more at %s and was made again",
			     when));
}

/* ---- letting go ---- */

/* Whoever had access loses it at once; the data stays until its time is over. */
static void
let_go(struct resource_work *w)
{
	if (!w->detail.access || w->detail.access->count == 0 || !find_plugin(w) ||
	    !take_access(w, "[]"))
		return;
	struct resource_detail detail = w->detail;
	detail.access = NULL;
	detail.note = "retained: all access was taken";
	come_to(w, "retained", &detail, NULL);
}

void
resource_reconcile(struct resource_work *w)
{
	const struct resource *r = w->resource;
	if (resource_is(r, "removed"))
		return;
	compose_message(w);
	if (resource_is(r, "retained")) {
		let_go(w);
		return;
	}
	if (is_given_up(w))
		return;
	bool as_asked = resource_is(r, "ready") && same_text(w->detail.applied, w->digest);
	if (!find_plugin(w)) {
		if (!as_asked)
			come_to_failed(w);
		return;
	}
	if (as_asked)
		look_after(w);
	else
		make(w, NULL);
}

/* ---- destroying ---- */

/*
 * The longest that anyone ever promised: by the version in force when it was made last, and by the
 * one in force now.  What was never ready holds nothing that could be kept.
 */
moment
resource_expiry(const struct wishes *wishes, const struct resource *r, struct arena *arena)
{
	struct resource_detail detail = resource_detail_read(r, arena);
	moment then = SECONDS(detail.retention_seconds);
	moment now = duration_longest(wishes->descriptor.retention);
	moment keep = then > now ? then : now;
	if (!detail.applied)
		return r->changed_at;
	return r->changed_at + (keep > 0 ? keep : SECONDS(GRACE_DAYS * 86400));
}

void
resource_destroy(struct resource_work *w)
{
	const struct node *ignored;
	compose_message(w);
	if (!find_plugin(w) || !ask_if_it_can(w, "destroy", w->message, &ignored))
		return;
	w->next = *w->resource;
	w->next.state = "removed";
	w->next.detail = NULL;
	w->next.error = NULL;
	w->changed = true;
}
