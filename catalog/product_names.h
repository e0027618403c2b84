/*
 * product_names.h -- names of products in force, by what may have changed for them: for who looks
 * at many, a page at a time.
 */
#ifndef WEFT_CATALOG_PRODUCT_NAMES_H
#define WEFT_CATALOG_PRODUCT_NAMES_H

#include "catalog/product.h"
#include "catalog/store.h"

struct product_name {
	const char *name, *domain;
};

struct product_names {
	struct product_name *items;
	size_t count;
};

/* product_names_page -- those behind `after`, of a domain and its parts, or of all (NULL). */
enum err_code product_names_page(struct session *s, const char *domain, const char *after,
				 size_t most, struct arena *arena, struct product_names *ret_names,
				 struct err *e);

/* product_names_of_policy -- those that fall short of it. */
enum err_code product_names_of_policy(struct session *s, const char *policy, struct arena *arena,
				      struct product_names *ret_names, struct err *e);

/*
 * product_names_of_grace -- those of which a grace ended up to `until`: behind `after`, or granted
 * by an event behind `seen`, which may have waited for its commit until the grace was over.
 * product_next_grace -- when the next one ends behind `after`; 0: none does.
 */
enum err_code product_names_of_grace(struct session *s, moment after, uint64_t seen, moment until,
				     struct arena *arena, struct product_names *ret_names,
				     struct err *e);
enum err_code product_next_grace(struct session *s, moment after, moment *ret_end, struct err *e);

/*
 * product_names_beside -- those that are made from `product`, and those that it is made from, or
 * was until the event `since`.
 */
enum err_code product_names_beside(struct session *s, const char *product, uint64_t since,
				   struct arena *arena, struct product_names *ret_names,
				   struct err *e);

/*
 * products_in_force -- of these names, at most PRODUCTS_AT_ONCE, those that are not retired: with
 * their documents, in no order.
 */
enum { PRODUCTS_AT_ONCE = 16 };
enum err_code products_in_force(struct session *s, const char *const *names, size_t count,
				struct arena *arena, struct product_list *ret_list, struct err *e);

#endif
