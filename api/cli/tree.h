/*
 * tree.h -- the lineage graph of an answer, drawn as a tree from its root.
 *
 *     risk.exposure#amount                   risk
 *     ├─ trading.positions#notional          trading    sum by counterparty
 *     │  └─ postgres://oms|trades#notional   external
 *     └─ reference.rates#rate                reference  masked
 *
 * A line is a node, its domain, and how it is connected with the line above it: transform, masking.
 * A node is expanded once; where it comes again it says so, so that cycles end and diamonds stay
 * small.
 */
#ifndef WEFT_CLI_TREE_H
#define WEFT_CLI_TREE_H

#include "base/document.h"

#include "screen.h"

enum tree_direction { TREE_UP, TREE_DOWN };

/*
 * tree_draw -- `graph` is {root, nodes: [{id, name, domain, external}], edges: [{from, to, kind,
 * transform, masking}]}. Gives the number of lines below the root.
 */
size_t tree_draw(const struct screen *s, const struct node *graph, enum tree_direction direction,
		 struct arena *arena, struct buf *out);

#endif
