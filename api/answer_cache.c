/*
 * answer_cache.c -- a hash table of chains, a list by use, one lock.
 *
 *     buckets[hash]  ->  answer -> answer -> NULL           `newest` <-> ... <-> `oldest`: by use
 *
 * INVARIANT: every answer in the table is what a session would give that sees the
 * events 1..followed_seq; when store_commits() is still followed_commits and no commit is under
 * way, that is the present.
 */
#include "answer_cache.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "catalog/event_log.h"

#include "api.h"

enum {
	BYTES_A_BUCKET = 2048, /* about one answer */
	MOST_FOLLOWED = 500,   /* events; when more were missed, everything is dropped */
	LARGEST_SHARE = 8,     /* an answer larger than this part of the cache is not kept */
};

struct answer {
	struct answer *next;          /* in its chain */
	struct answer *newer, *older; /* by use */
	uint64_t hash;
	enum answer_form form;
	const char *content_type; /* a constant, or NULL */
	char *product, *etag;     /* inside `bytes`; etag may be NULL */
	char *body;
	size_t length, size; /* of the body; of the whole allocation */
	char bytes[];
};

struct answer_cache {
	struct store *store;
	pthread_mutex_t lock;
	struct answer **buckets;
	size_t bucket_count, used, most; /* bytes */
	struct answer *newest, *oldest;
	uint64_t followed_commits, followed_seq;
	bool following; /* followed_* are set */
	struct metric *hits, *misses, *bytes;
};

struct answer_cache *
answer_cache_create(struct store *store, size_t bytes)
{
	if (bytes == 0)
		return NULL;
	struct answer_cache *c = memory_alloc(sizeof(*c));
	struct metrics *m = store_metrics(store);
	c->store = store;
	c->most = bytes;
	c->hits = metric_new(m, METRIC_COUNTER, "weft_answer_cache_hits_total", "",
			     "Questions that were answered with bytes that were kept");
	c->misses = metric_new(m, METRIC_COUNTER, "weft_answer_cache_misses_total", "",
			       "Questions whose answer had to be made");
	c->bytes = metric_new(m, METRIC_GAUGE, "weft_answer_cache_bytes", "",
			      "Memory of the answers that are kept");
	c->bucket_count = 64;
	while (c->bucket_count * BYTES_A_BUCKET < bytes)
		c->bucket_count *= 2;
	c->buckets = memory_alloc(c->bucket_count * sizeof(struct answer *));
	pthread_mutex_init(&c->lock, NULL);
	return c;
}

static struct answer **
bucket_of(struct answer_cache *c, uint64_t hash)
{
	return &c->buckets[(hash >> 20) & (c->bucket_count - 1)];
}

static uint64_t
hash_of(const char *product)
{
	return map_hash(product, strlen(product));
}

/* ---- the list by use */

static void
unlink_use(struct answer_cache *c, struct answer *a)
{
	if (a->newer)
		a->newer->older = a->older;
	else
		c->newest = a->older;
	if (a->older)
		a->older->newer = a->newer;
	else
		c->oldest = a->newer;
}

static void
link_newest(struct answer_cache *c, struct answer *a)
{
	a->newer = NULL;
	a->older = c->newest;
	if (c->newest)
		c->newest->newer = a;
	else
		c->oldest = a;
	c->newest = a;
}

/* ---- dropping */

static void
drop(struct answer_cache *c, struct answer *a)
{
	struct answer **link = bucket_of(c, a->hash);
	while (*link != a)
		link = &(*link)->next;
	*link = a->next;
	unlink_use(c, a);
	c->used -= a->size;
	metric_set(c->bytes, (int64_t)c->used);
	free(a);
}

static void
drop_oldest(struct answer_cache *c)
{
	assert(!c->oldest->older);
	drop(c, c->oldest);
}

static void
drop_all(struct answer_cache *c)
{
	while (c->oldest)
		drop_oldest(c);
}

static void
drop_product(struct answer_cache *c, const char *product)
{
	uint64_t hash = hash_of(product);
	struct answer *next;
	for (struct answer *a = *bucket_of(c, hash); a; a = next) {
		next = a->next;
		if (a->hash == hash && strcmp(a->product, product) == 0)
			drop(c, a);
	}
}

void
answer_cache_destroy(struct answer_cache *c)
{
	if (!c)
		return;
	drop_all(c);
	free(c->buckets);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

/* ---- following the log */

/* Only events about products change an answer. */
static enum err_code
drop_changed(struct answer_cache *c, struct session *s, uint64_t size, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct event_list list;
	if (size - c->followed_seq > MOST_FOLLOWED) {
		drop_all(c);
		return ERR_OK;
	}
	enum err_code code =
	    event_list(s, c->followed_seq, MOST_FOLLOWED, "product.", NULL, &arena, &list, e);
	for (size_t i = 0; code == ERR_OK && i < list.count; i++)
		drop_product(c, list.items[i].subject);
	if (code == ERR_OK && list.cut)
		drop_all(c);
	return code;
}

/* With the lock held.  When the log cannot be read, nothing that is kept can be trusted. */
static void
follow(struct answer_cache *c, uint64_t commits)
{
	CLEANUP(session_end) struct session *s = NULL;
	uint64_t size = 0;
	struct err e;
	if (store_read(c->store, &s, &e) != ERR_OK || event_log_size(s, &size, &e) != ERR_OK) {
		drop_all(c);
		c->following = false;
		return;
	}
	if (!c->following || drop_changed(c, s, size, &e) != ERR_OK)
		drop_all(c);
	c->followed_seq = size;
	c->followed_commits = commits;
	c->following = true;
}

static void
catch_up(struct answer_cache *c)
{
	uint64_t commits = store_commits(c->store);
	if (!c->following || commits != c->followed_commits)
		follow(c, commits);
}

/* ---- finding and keeping */

static struct answer *
look_up(struct answer_cache *c, const char *product, enum answer_form form)
{
	uint64_t hash = hash_of(product);
	struct answer *a = *bucket_of(c, hash);
	while (a && (a->hash != hash || a->form != form || strcmp(a->product, product) != 0))
		a = a->next;
	return a;
}

bool
answer_cache_find(struct answer_cache *c, const char *product, enum answer_form form,
		  struct response *rs)
{
	if (!c || store_is_committing(c->store))
		return false;
	pthread_mutex_lock(&c->lock);
	catch_up(c);
	struct answer *a = look_up(c, product, form);
	if (a) {
		unlink_use(c, a);
		link_newest(c, a);
		rs->content_type = a->content_type;
		rs->etag = a->etag ? arena_text(rs->arena, a->etag) : NULL;
		buf_append(&rs->body, a->body, a->length);
	}
	pthread_mutex_unlock(&c->lock);
	metric_add(a ? c->hits : c->misses, 1);
	return a != NULL;
}

static char *
put_text(char **at, const char *text)
{
	if (!text)
		return NULL;
	size_t size = strlen(text) + 1;
	char *copy = memcpy(*at, text, size);
	*at += size;
	return copy;
}

static size_t
size_of(const char *product, const struct response *rs)
{
	size_t etag = rs->etag ? strlen(rs->etag) + 1 : 0;
	return sizeof(struct answer) + strlen(product) + 1 + etag + rs->body.length;
}

static struct answer *
make_answer(const char *product, enum answer_form form, const struct response *rs)
{
	size_t size = size_of(product, rs);
	struct answer *a = memory_alloc(size);
	*a = (struct answer){.hash = hash_of(product),
			     .form = form,
			     .content_type = rs->content_type,
			     .length = rs->body.length,
			     .size = size};
	char *at = a->bytes;
	a->product = put_text(&at, product);
	a->etag = put_text(&at, rs->etag);
	a->body = at;
	if (rs->body.length > 0)
		memcpy(at, rs->body.data, rs->body.length);
	return a;
}

/* With the lock held: nothing else of this product and form, and room for so much. */
static void
make_room(struct answer_cache *c, const char *product, enum answer_form form, size_t size)
{
	struct answer *before = look_up(c, product, form);
	if (before)
		drop(c, before);
	while (c->oldest && c->used + size > c->most)
		drop_oldest(c);
}

static void
insert(struct answer_cache *c, struct answer *a)
{
	struct answer **bucket = bucket_of(c, a->hash);
	a->next = *bucket;
	*bucket = a;
	link_newest(c, a);
	c->used += a->size;
	metric_set(c->bytes, (int64_t)c->used);
}

void
answer_cache_keep(struct answer_cache *c, const char *product, enum answer_form form,
		  uint64_t basis, const struct response *rs)
{
	if (!c || size_of(product, rs) > c->most / LARGEST_SHARE)
		return;
	pthread_mutex_lock(&c->lock);
	/*
	 * The answer may miss what happened after `basis`.  If the cache has followed further, the
	 * event that would drop it has passed already; if not, that event is still to come.
	 */
	if (c->following && basis >= c->followed_seq) {
		make_room(c, product, form, size_of(product, rs));
		insert(c, make_answer(product, form, rs));
	}
	pthread_mutex_unlock(&c->lock);
}

uint64_t
answer_cache_followed(struct answer_cache *c, uint64_t otherwise)
{
	uint64_t seen = otherwise;
	if (!c)
		return otherwise;
	pthread_mutex_lock(&c->lock);
	if (c->following)
		seen = c->followed_seq;
	pthread_mutex_unlock(&c->lock);
	return seen;
}
