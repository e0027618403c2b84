/*
 * answer_cache.c -- a hash table of chains, a list by use, one lock.
 *
 *     buckets[hash]  ->  answer -> answer -> NULL           `newest` <-> ... <-> `oldest`: by use
 *
 * INVARIANT: an answer is what a session gave that saw the events up to its basis, and perhaps
 * more; while its product has not been touched since, that is the present.
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
	uint64_t basis;      /* session_basis() of the session that it is of */
	char bytes[];
};

struct answer_cache {
	struct store *store;
	pthread_mutex_t lock;
	struct answer **buckets;
	size_t bucket_count, used, most; /* bytes */
	struct answer *newest, *oldest;
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

/* With the lock held.  One that is out of date goes. */
static struct answer *
find_present(struct answer_cache *c, const char *product, enum answer_form form)
{
	struct answer *a = look_up(c, product, form);
	if (!a || !store_is_touched(c->store, product, a->basis))
		return a;
	drop(c, a);
	return NULL;
}

bool
answer_cache_find(struct answer_cache *c, const char *product, enum answer_form form,
		  struct response *rs)
{
	if (!c)
		return false;
	pthread_mutex_lock(&c->lock);
	struct answer *a = find_present(c, product, form);
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
make_answer(const char *product, enum answer_form form, uint64_t basis, const struct response *rs)
{
	size_t size = size_of(product, rs);
	struct answer *a = memory_alloc(size);
	*a = (struct answer){.hash = hash_of(product),
			     .form = form,
			     .content_type = rs->content_type,
			     .length = rs->body.length,
			     .size = size,
			     .basis = basis};
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
	const struct answer *before = look_up(c, product, form);
	if (!before || before->basis <= basis) {
		make_room(c, product, form, size_of(product, rs));
		insert(c, make_answer(product, form, basis, rs));
	}
	pthread_mutex_unlock(&c->lock);
}
