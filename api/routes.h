/*
 * routes.h -- one table of routes a resource; api.c lists them.
 */
#ifndef WEFT_API_ROUTES_H
#define WEFT_API_ROUTES_H

#include "http/http.h"

extern const struct route operations_routes[], product_routes[], version_routes[], schema_routes[],
    domain_routes[], search_routes[], policy_routes[], policy_version_routes[], impact_routes[],
    lineage_routes[], event_routes[], audit_routes[], resource_routes[], quality_routes[],
    shortfall_routes[], token_routes[];

#endif
