/*
 * process.h -- a child process that is spoken to in lines.
 *
 * The child gets nothing of this process but what is named here: no other file descriptors, an
 * environment of its own, limits, its own process group.  It dies with its parent
 * (PR_SET_PDEATHSIG), which for the kernel is the thread that started it: start a process from a
 * thread that lives as long as the process should.
 *
 * The program must ignore SIGPIPE; the child gets it back as usual.  A process is used by one
 * thread at a time.
 */
#ifndef WEFT_BASE_PROCESS_H
#define WEFT_BASE_PROCESS_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"

struct process {
	pid_t pid;         /* 0: not running */
	int input, output; /* the child's standard input and output, from our side; close-on-exec */
	struct buf unread; /* of the child's output, behind the last line given */
};

struct process_options {
	const char *const *arguments;   /* NULL-terminated; the first is the program's path */
	const char *const *environment; /* NULL-terminated "NAME=value"; NULL is an empty one */
	const char *folder;             /* working directory, or NULL */
	uint64_t most_memory; /* bytes of address space, 0 for no limit (sanitizers need none) */
	uint64_t most_files;  /* open files, 0 for no limit */
};

/* process_start -- the child's standard error stays ours.  Fails: ERR_NOT_FOUND, ERR_IO. */
enum err_code process_start(const struct process_options *options, struct process *ret_process,
			    struct err *e);

/*
 * process_write -- all of it, before the deadline (clock_monotonic).  Fails: ERR_IO (the child is
 * gone), ERR_TIMEOUT.
 */
enum err_code process_write(struct process *p, const char *bytes, size_t length, moment deadline,
			    struct err *e);

/*
 * process_read_line -- one line of at most `most` bytes without its end, into `line` (cleared
 * first). Fails: ERR_IO (the child is gone), ERR_TIMEOUT, ERR_TOO_LARGE.
 */
enum err_code process_read_line(struct process *p, size_t most, moment deadline, struct buf *line,
				struct err *e);

bool process_is_running(struct process *p);

/*
 * process_stop -- close its input, wait up to `patience` microseconds, then kill its group.
 * Idempotent.
 */
void process_stop(struct process *p, int64_t patience);

#endif
