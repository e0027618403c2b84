/*
 * descriptor_checks.h -- what the parts of a descriptor say of each other.
 */
#ifndef WEFT_DESCRIPTOR_DESCRIPTOR_CHECKS_H
#define WEFT_DESCRIPTOR_DESCRIPTOR_CHECKS_H

#include "descriptor.h"

/*
 * descriptor_check -- complain of every contradiction.  `d` may be what is left after complaints
 * about form.
 */
void descriptor_check(const struct descriptor *d, struct violations *violations);

#endif
