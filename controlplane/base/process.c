/*
 * process.c -- fork and exec from a program with threads, and talking to the child before a
 * deadline.
 *
 * Between fork and exec only what is safe in a signal handler may be called (POSIX, fork): another
 * thread may have held any lock at the moment of the fork.  So everything that needs memory is made
 * before, and a child that cannot go on writes the step that failed and its errno into a pipe,
 * which a successful exec closes unread.
 */
#include "process.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* One way through the kernel: [0] is read from, [1] is written to. */
struct channel {
	int ends[2];
};

/* Everything that stands between two processes while one becomes the other. */
struct birth {
	const struct process_options *options;
	struct channel input, output, report;
	pid_t parent;
};

enum step { STEP_SIGNALS, STEP_PARENT, STEP_LIMITS, STEP_FOLDER, STEP_FILES, STEP_EXEC };

/* What a child that could not become the program says. */
struct failure {
	enum step step;
	int number;
};

static void
close_end(int *end)
{
	if (*end >= 0)
		close(*end);
	*end = -1;
}

static void
close_channel(struct channel *c)
{
	close_end(&c->ends[0]);
	close_end(&c->ends[1]);
}

static void
close_birth(struct birth *b)
{
	close_channel(&b->input);
	close_channel(&b->output);
	close_channel(&b->report);
}

/* ---- in the child, between fork and exec ---- */

static NORETURN void
give_up(const struct birth *b, enum step step)
{
	struct failure f = {step, errno};
	ssize_t written = write(b->report.ends[1], &f, sizeof f);
	(void)written; /* nowhere left to complain */
	_exit(127);
}

/*
 * No handler and no mask of ours: ignored signals would stay ignored over exec, SIGPIPE among
 * them.
 *
 */
static void
reset_signals(const struct birth *b)
{
	struct sigaction usual = {.sa_handler = SIG_DFL};
	sigset_t none;
	for (int number = 1; number < NSIG; number++)
		if (number != SIGKILL && number != SIGSTOP)
			sigaction(number, &usual,
				  NULL); /* the C library keeps two for itself and refuses */
	sigemptyset(&none);
	if (sigprocmask(SIG_SETMASK, &none, NULL) != 0)
		give_up(b, STEP_SIGNALS);
}

/* The parent may have died before the child asked to be told of it. */
static void
tie_to_parent(const struct birth *b)
{
	if (setpgid(0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		give_up(b, STEP_PARENT);
	if (getppid() != b->parent)
		_exit(127);
}

/*
 * A limit of ours that is lower stays: nobody may give away more than he has.  Where the hard limit
 * is not to be changed (valgrind keeps that of open files), the soft one is enough.
 */
static void
set_limit(const struct birth *b, int what, uint64_t most)
{
	const __rlimit_resource_t resource = (__rlimit_resource_t)what;
	struct rlimit ours;
	if (!most)
		return;
	if (getrlimit(resource, &ours) != 0)
		give_up(b, STEP_LIMITS);
	const rlim_t lower = ours.rlim_max < most ? ours.rlim_max : most;
	const struct rlimit hard = {lower, lower}, soft = {lower, ours.rlim_max};
	if (setrlimit(resource, &hard) != 0 && setrlimit(resource, &soft) != 0)
		give_up(b, STEP_LIMITS);
}

/*
 * Ours are close-on-exec already, but a library's may not be.  Kernels before 5.11 are asked one
 * file at a time.
 */
static void
let_go_of_files(void)
{
	struct rlimit limit = {0, 0};
	if (close_range(STDERR_FILENO + 1, UINT_MAX, CLOSE_RANGE_CLOEXEC) == 0)
		return;
	getrlimit(RLIMIT_NOFILE, &limit);
	for (int file = STDERR_FILENO + 1; file < 65536 && (rlim_t)file < limit.rlim_cur; file++)
		fcntl(file, F_SETFD, FD_CLOEXEC);
}

/*
 * Standard input and output become the channels.  A channel's end may itself be 0 or 1 when our own
 * are closed, so both are first moved out of the way.
 */
static void
take_files(const struct birth *b)
{
	int input = fcntl(b->input.ends[0], F_DUPFD_CLOEXEC, 3);
	int output = fcntl(b->output.ends[1], F_DUPFD_CLOEXEC, 3);
	if (input < 0 || output < 0 || dup2(input, STDIN_FILENO) < 0 ||
	    dup2(output, STDOUT_FILENO) < 0)
		give_up(b, STEP_FILES);
	let_go_of_files();
}

static NORETURN void
become_program(const struct birth *b)
{
	static char *const nothing[] = {NULL};
	const struct process_options *o = b->options;
	reset_signals(b);
	tie_to_parent(b);
	if (o->folder && chdir(o->folder) != 0)
		give_up(b, STEP_FOLDER);
	take_files(b);
	set_limit(b, RLIMIT_AS, o->most_memory);
	set_limit(b, RLIMIT_NOFILE, o->most_files);
	/* exec takes pointers to what it does not change */
	execve(o->arguments[0], (char *const *)o->arguments,
	       o->environment ? (char *const *)o->environment : nothing);
	give_up(b, STEP_EXEC);
}

/* ---- in the parent ---- */

static bool
open_channel(struct channel *c)
{
	return pipe2(c->ends, O_CLOEXEC) == 0;
}

/* Only our ends: the child's are other open files, and stay as programs expect them. */
static bool
make_nonblocking(int end)
{
	int flags = fcntl(end, F_GETFL);
	return flags >= 0 && fcntl(end, F_SETFL, flags | O_NONBLOCK) == 0;
}

static enum err_code
open_channels(struct birth *b, struct err *e)
{
	if (!open_channel(&b->input) || !open_channel(&b->output) || !open_channel(&b->report) ||
	    !make_nonblocking(b->input.ends[1]) || !make_nonblocking(b->output.ends[0]))
		return err_errno(e, errno, "starting '%s': pipes", b->options->arguments[0]);
	return ERR_OK;
}

/* With all signals blocked, so that none of our handlers runs in the child. */
static pid_t
fork_child(const struct birth *b)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	pid_t pid = fork();
	if (pid == 0)
		become_program(b);
	int number = errno;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = number;
	return pid;
}

static pid_t
wait_for(pid_t pid)
{
	pid_t gone;
	do {
		gone = waitpid(pid, NULL, 0);
	} while (gone < 0 && errno == EINTR);
	return gone;
}

static enum err_code
failure_complaint(const struct birth *b, const struct failure *f, struct err *e)
{
	static const char *const steps[] = {"signals",           "process group", "limits",
					    "working directory", "files",         "running it"};
	const char *program = b->options->arguments[0];
	if (f->step == STEP_FOLDER)
		return err_errno(e, f->number, "starting '%s': working directory '%s'", program,
				 b->options->folder);
	return err_errno(e, f->number, "starting '%s': %s", program, steps[f->step]);
}

/* Reads until exec closes the pipe, or the child has said why it cannot. */
static enum err_code
await_exec(struct birth *b, struct err *e)
{
	struct failure f;
	ssize_t n;
	close_end(&b->report.ends[1]);
	do {
		n = read(b->report.ends[0], &f, sizeof f);
	} while (n < 0 && errno == EINTR);
	if (n == 0)
		return ERR_OK;
	if (n != (ssize_t)sizeof f)
		return ERR(e, IO, "starting '%s': the child said nothing sensible",
			   b->options->arguments[0]);
	return failure_complaint(b, &f, e);
}

enum err_code
process_start(const struct process_options *options, struct process *ret_process, struct err *e)
{
	CLEANUP(close_birth)
	struct birth b = {options, {{-1, -1}}, {{-1, -1}}, {{-1, -1}}, getpid()};
	enum err_code code = open_channels(&b, e);
	if (code)
		return code;
	pid_t pid = fork_child(&b);
	if (pid < 0)
		return err_errno(e, errno, "starting '%s': fork", options->arguments[0]);
	code = await_exec(&b, e);
	if (code) {
		wait_for(pid);
		return code;
	}
	*ret_process =
	    (struct process){.pid = pid, .input = b.input.ends[1], .output = b.output.ends[0]};
	b.input.ends[1] = b.output.ends[0] = -1; /* the caller's now */
	return ERR_OK;
}

/* ---- talking ---- */

/*
 * Until `end` is ready or the deadline has come; in milliseconds, rounded up so that the last one
 * is not spun away.
 */
static enum err_code
await(int end, short what, moment deadline, struct err *e)
{
	struct pollfd p = {.fd = end, .events = what};
	for (;;) {
		moment left = deadline - clock_monotonic();
		if (left <= 0)
			return ERR(e, TIMEOUT, "the program did not %s in time",
				   what == POLLIN ? "answer" : "read");
		moment millis = (left + 999) / 1000;
		int ready = poll(&p, 1, millis > INT_MAX ? INT_MAX : (int)millis);
		if (ready > 0)
			return ERR_OK;
		if (ready < 0 && errno != EINTR)
			return err_errno(e, errno, "waiting for the program");
	}
}

enum err_code
process_write(struct process *p, const char *bytes, size_t length, moment deadline, struct err *e)
{
	if (!p->pid)
		return ERR(e, IO, "the program is not running");
	while (length > 0) {
		ssize_t n = write(p->input, bytes, length);
		if (n >= 0) {
			bytes += n;
			length -= (size_t)n;
			continue;
		}
		if (errno == EPIPE)
			return ERR(e, IO, "the program has ended");
		if (errno != EAGAIN && errno != EINTR)
			return err_errno(e, errno, "writing to the program");
		enum err_code code = await(p->input, POLLOUT, deadline, e);
		if (code)
			return code;
	}
	return ERR_OK;
}

/* Gives the first `length` bytes and drops the line end behind them. */
static void
take_line(struct process *p, size_t length, struct buf *line)
{
	buf_append(line, p->unread.data, length);
	size_t rest = p->unread.length - length - 1;
	memmove(p->unread.data, p->unread.data + length + 1, rest);
	p->unread.length = rest;
}

/* Some more of the output, however little. */
static enum err_code
read_more(struct process *p, moment deadline, struct err *e)
{
	enum { PIECE = 16384 };
	enum err_code code = await(p->output, POLLIN, deadline, e);
	if (code)
		return code;
	buf_reserve(&p->unread, PIECE);
	ssize_t n = read(p->output, p->unread.data + p->unread.length, PIECE);
	if (n == 0)
		return ERR(e, IO, "the program has ended");
	if (n < 0)
		return errno == EAGAIN || errno == EINTR
			   ? ERR_OK
			   : err_errno(e, errno, "reading from the program");
	p->unread.length += (size_t)n;
	return ERR_OK;
}

enum err_code
process_read_line(struct process *p, size_t most, moment deadline, struct buf *line, struct err *e)
{
	size_t looked = 0;
	buf_clear(line);
	if (!p->pid)
		return ERR(e, IO, "the program is not running");
	for (;;) {
		size_t length = p->unread.length;
		const char *end =
		    length ? memchr(p->unread.data + looked, '\n', length - looked) : NULL;
		size_t so_far = end ? (size_t)(end - p->unread.data) : length;
		if (so_far > most)
			return ERR(e, TOO_LARGE, "the program wrote a line of more than %zu bytes",
				   most);
		if (end) {
			take_line(p, so_far, line);
			return ERR_OK;
		}
		looked = length;
		enum err_code code = read_more(p, deadline, e);
		if (code)
			return code;
	}
}

/* ---- the end ---- */

/*
 * Looks without reaping: while the dead child is there, its number and that of its group cannot
 * become another's.
 */
bool
process_is_running(struct process *p)
{
	siginfo_t info = {0};
	if (!p->pid)
		return false;
	return waitid(P_PID, (id_t)p->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       info.si_pid == 0;
}

static void
sleep_for(int64_t micros)
{
	struct timespec t = {.tv_nsec = micros * 1000};
	nanosleep(&t, NULL);
}

void
process_stop(struct process *p, int64_t patience)
{
	if (!p->pid)
		return;
	moment deadline = clock_monotonic() + patience;
	close_end(&p->input);
	for (int64_t nap = 500; process_is_running(p) && clock_monotonic() < deadline;
	     nap = nap < 20000 ? nap * 2 : nap)
		sleep_for(nap);
	kill(-p->pid, SIGKILL); /* whoever is left of its group, even when it has ended itself */
	wait_for(p->pid);
	close_end(&p->output);
	buf_done(&p->unread);
	*p = (struct process){0};
}
