/*
 * fuse.h -- operations that come together often, run as one.
 */
#ifndef WEFT_POLICY_FUSE_H
#define WEFT_POLICY_FUSE_H

#include "cel/program.h"

/*
 * fuse -- if the operation and its operands have one of the shapes of the table, let one function
 * run them all.  Nothing else of the operation changes, and neither do its value, its errors and
 * the steps that it counts.  The operands are fused before.
 */
void fuse(struct cel_op *op);

#endif
