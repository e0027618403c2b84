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

/* There are many of them, and they are small: places in it take less than pointers. */
struct answer {
	struct answer *next;          /* in its chain */
	struct answer *newer, *older; /* by use */
	uint64_t hash;
	uint64_t basis;           /* session_basis() of the session that it is of */
	const char *content_type; /* a constant, or NULL */
	enum answer_form form;
	uint32_t etag, body, end; /* begin in `bytes`; no etag: the first two are equal */
	char bytes[];             /* the product's name, its etag, the body */
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

static const char *
product_of(const struct answer *a)
{
	return a->bytes;
}

static const char *
etag_of(const struct answer *a)
{
	return a->body > a->etag ? a->bytes + a->etag : NULL;
}

static size_t
size_of(const struct answer *a)
{
	return sizeof *a + a->end;
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
	c->used -= size_of(a);
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
	while (a && (a->hash != hash || a->form != form || strcmp(product_of(a), product) != 0))
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
		rs->etag = etag_of(a) ? arena_text(rs->arena, etag_of(a)) : NULL;
		buf_append(&rs->body, a->bytes + a->body, a->end - a->body);
	}
	pthread_mutex_unlock(&c->lock);
	metric_add(a ? c->hits : c->misses, 1);
	return a != NULL;
}

static size_t
size_of_text(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

static size_t
size_for(const char *product, const struct response *rs)
{
	return sizeof(struct answer) + size_of_text(product) + size_of_text(rs->etag) +
	       rs->body.length;
}

/* Gives the place behind. */
static uint32_t
put(struct answer *a, uint32_t at, const void *bytes, size_t length)
{
	if (length > 0)
		memcpy(a->bytes + at, bytes, length);
	return at + (uint32_t)length;
}

static struct answer *
make_answer(const char *product, enum answer_form form, uint64_t basis, const struct response *rs)
{
	struct answer *a = memory_alloc(size_for(product, rs));
	a->hash = hash_of(product);
	a->basis = basis;
	a->content_type = rs->content_type;
	a->form = form;
	a->etag = put(a, 0, product, size_of_text(product));
	a->body = put(a, a->etag, rs->etag, size_of_text(rs->etag));
	a->end = put(a, a->body, rs->body.data, rs->body.length);
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
	c->used += size_of(a);
	metric_set(c->bytes, (int64_t)c->used);
}

void
answer_cache_keep(struct answer_cache *c, const char *product, enum answer_form form,
		  uint64_t basis, const struct response *rs)
{
	if (!c || size_for(product, rs) > c->most / LARGEST_SHARE)
		return;
	pthread_mutex_lock(&c->lock);
	const struct answer *before = look_up(c, product, form);
	if (!before || before->basis <= basis) {
		make_room(c, product, form, size_for(product, rs));
		insert(c, make_answer(product, form, basis, rs));
	}
	pthread_mutex_unlock(&c->lock);
}
