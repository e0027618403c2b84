/*
 * resource_state.h -- the words for a resource's state, as literals for SQL.  Private to catalog/.
 */
#ifndef WEFT_CATALOG_RESOURCE_STATE_H
#define WEFT_CATALOG_RESOURCE_STATE_H

#define RESOURCE_WANTED   "wanted"
#define RESOURCE_READY    "ready"
#define RESOURCE_FAILED   "failed"
#define RESOURCE_RETAINED "retained"
#define RESOURCE_REMOVED  "removed"

#endif
