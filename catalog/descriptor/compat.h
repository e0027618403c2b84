/*
 * compat.h -- what changed between two versions of a data product, and what that means for those
 * who read it.
 *
 * Breaking (major): a column removed, its type narrowed or changed to another kind, its values
 * newly required (`nullable: false`), its key or business term changed; the key's columns
 * changed; an output port removed, or its kind, format or location changed; a promise (sla)
 * weakened. Compatible (minor): a column added, a type widened, a requirement lifted, a port
 * added, a promise (sla) tightened. Patch: all else, such as descriptions, owners, access,
 * checks.
 */
#ifndef WEFT_DESCRIPTOR_COMPAT_H
#define WEFT_DESCRIPTOR_COMPAT_H

#include "base/semver.h"
#include "descriptor/descriptor.h"

enum change_level { CHANGE_NONE, CHANGE_PATCH, CHANGE_MINOR, CHANGE_MAJOR };

const char *change_level_name(enum change_level level); /* "none", "patch", "minor", "major" */

struct change {
	enum change_level level;
	const char
	    *pointer; /* into the newer document, or into the older one for what was removed */
	struct position at; /* in the newer document; line 0 for what was removed */
	/*
	 * "column 'balance' was removed", "column 'amount': DECIMAL(18,2) was narrowed to
	 * INTEGER"
	 */
	const char *message;
};

struct changes {
	struct change *items;
	size_t count;
	enum change_level level; /* the highest */
};

/*
 * descriptor_compare -- in `arena`; changes of the highest level first.  Both must have been
 * decoded without complaint.
 */
struct changes descriptor_compare(const struct descriptor *before, const struct descriptor *after,
				  struct arena *arena);

/*
 * version_choose -- the version that the newer document gets: as written when it is written, else
 * counted on from `before` by the level of the changes; "1.0.0" when there is none before.
 * Complains (rule "version") when the written one is not above `before`, or when a breaking
 * change comes under a version that does not raise the major number (while major is 0, the minor
 * number), with every breaking change in the complaints.
 */
const char *version_choose(const char *before, const struct changes *changes,
			   const struct descriptor *after, struct violations *violations);

/*
 * Column types: families and widths, after SQL's names (STRING, VARCHAR(20), DECIMAL(18,2),
 * INTEGER, TIMESTAMP ...).
 */
enum type_change { TYPE_SAME, TYPE_WIDENED, TYPE_NARROWED, TYPE_OTHER };
enum type_change column_type_compare(const char *before, const char *after);

#endif
