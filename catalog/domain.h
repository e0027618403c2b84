/*
 * domain.h -- the domains of the mesh: who owns them, how they are tagged.
 *
 * A part of a domain has its name, a point and a name of its own: `retail.cards` is within
 * `retail`.
 *
 * A domain exists once a document defines it, or once a product names it; one that only products
 * name has no team and no tags.
 */
#ifndef WEFT_CATALOG_DOMAIN_H
#define WEFT_CATALOG_DOMAIN_H

#include "base/field.h"
#include "catalog/store.h"

/*
 * The document: `name`, `title`, `description`, `team`, `council_seat`, `tags`, `contacts`;
 * `kind` may be left out.
 */
struct domain_document {
	struct position at;
	int kind; /* "Domain", or -1 */
	const char *name, *title, *description, *team, *council_seat;
	struct texts tags;
	struct list contacts; /* struct domain_contact */
};

struct domain_contact {
	struct position at;
	const char *name, *role, *email;
};
extern const struct field_set domain_fields;

/*
 * domain_decode -- True when nothing was complained of.  Names are [a-z0-9_-]+ with points
 * between, at most 100 bytes.
 */
bool domain_decode(const struct node *document, struct violations *violations,
		   struct domain_document *ret_document);

struct domain {
	const char *name;
	const char *document; /* canonical JSON; NULL when only products name it */
	uint64_t products;    /* in force, not retired */
	uint64_t seq;         /* of the event that defined it; 0 when none did */
	const char *hash;     /* or NULL */
};

struct domain_list {
	struct domain *items;
	size_t count;
	bool more;
};

/*
 * domain_find -- what defines it, without counting its products: one look-up.  Fails:
 * ERR_NOT_FOUND, also for one that only products name.
 */
enum err_code domain_find(struct session *s, const char *name, struct arena *arena,
			  struct domain *ret_domain, struct err *e);

/* domain_get -- with the count.  Fails: ERR_NOT_FOUND. */
enum err_code domain_get(struct session *s, const char *name, struct arena *arena,
			 struct domain *ret_domain, struct err *e);
enum err_code domain_list(struct session *s, const char *after, size_t limit, struct arena *arena,
			  struct domain_list *ret_list, struct err *e);

#endif
