/*
 * control.h -- which call fails, as a test says it while the program runs.
 *
 * The test and the program share one small file (FAULT_CONTROL).  The test fills it, sets `kinds`
 * last, and from then on calls of those kinds are counted; it reads the counts when it wants.
 * tests/fault/faults.py has the same layout.
 */
#ifndef WEFT_FAULT_CONTROL_H
#define WEFT_FAULT_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

enum fault_kind {
	FAULT_WRITE = 1,     /* write, pwrite */
	FAULT_SYNC = 2,      /* fsync, fdatasync */
	FAULT_MEMORY = 4,    /* malloc, calloc, realloc */
	FAULT_NET = 8,       /* connect, accept, recv, send */
	FAULT_OPEN = 16,     /* open */
	FAULT_TRUNCATE = 32, /* ftruncate */
	FAULT_THREAD = 64,   /* pthread_create */
	FAULT_SQL = 128,     /* sqlite3_step */
	FAULT_READ = 256,    /* read, pread */
};

struct fault_control {
	_Atomic uint32_t kinds; /* a set of enum fault_kind; 0: nothing is counted */
	int32_t error;          /* errno, or what SQLite would say */
	uint64_t nth;           /* the first one that fails, from 1; 0: none */
	uint64_t times;         /* how many fail from there on; 0: all */
	_Atomic uint64_t seen, failed;
	int32_t is_short;  /* a write does half of its work and reports that, instead of failing */
	int32_t port;      /* calls on connections to this port alone; 0: on any */
	char folder[4000]; /* calls on files below it alone; "": on any */
};

/* fault_strikes -- count a call; does it fail?  Sets errno when it does. */
bool fault_strikes(enum fault_kind kind);

/* fault_counts -- is this kind counted now?  For those who must find out more before they ask. */
bool fault_counts(enum fault_kind kind);

/* Is it of the file, or of the connection, that the test means? */
bool fault_means_path(const char *path);
bool fault_means_file(int file);
bool fault_means_socket(int socket);

int fault_error(void);
bool fault_is_short(void);

/* The function of that name which would be called without us. */
void *fault_real(const char *name);

/* REAL(write)(1, "x", 1) */
#define REAL(name) ((__typeof__(name) *)fault_real(#name))

#endif
