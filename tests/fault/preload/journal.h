/*
 * journal.h -- everything that is written below FAULT_FOLDER, in order, in the file FAULT_JOURNAL:
 * so that a test can make the files as a loss of power could have left them.
 *
 * A write is sure when a sync of the same file that began after it has ended.  So both ends of a
 * sync are noted; a record is
 *
 *     what, length of the name, offset, length of the bytes    4 + 4 + 8 + 8 bytes
 *     name (below the folder), bytes (of a write)
 *
 * A sync's end names in `offset` the number that its beginning had there.
 */
#ifndef WEFT_FAULT_JOURNAL_H
#define WEFT_FAULT_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum journal_what { JOURNAL_WRITE = 1, JOURNAL_TRUNCATE, JOURNAL_SYNC, JOURNAL_SYNCED };

/* Is this file's history kept?  Fills the name. */
enum { JOURNAL_NAME = 4096 };
bool journal_keeps(int file, char *ret_name);

/* Around what is done and noted: the journal has it in the order in which it was done. */
void journal_enter(void);
void journal_leave(void);

/* Both only between enter and leave. */
void journal_note(enum journal_what what, const char *name, int64_t offset, const void *bytes,
		  size_t length);
int64_t journal_number(void);

#endif
