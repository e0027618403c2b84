/*
 * Child processes: what they are given, how they are spoken to, how they end.
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/process.h"

#include "reading.h"

static moment
soon(void)
{
	return clock_monotonic() + SECONDS(20);
}

/* A shell that runs `script`. */
static struct process
shell(const char *script, const char *const *environment)
{
	const char *const arguments[] = {"/bin/sh", "-c", script, NULL};
	const struct process_options options = {.arguments = arguments, .environment = environment};
	struct process p;
	struct err e;
	if (process_start(&options, &p, &e))
		fail_msg("%s", e.message);
	return p;
}

static const char *
next_line(struct process *p, struct buf *line)
{
	struct err e;
	if (process_read_line(p, 1 << 20, soon(), line, &e))
		fail_msg("%s", e.message);
	return line->data;
}

static void
lines_go_in_and_come_out(void **state)
{
	CLEANUP(buf_done) struct buf line = {0};
	struct process p = shell("while read x; do echo \"<$x>\"; echo; done", NULL);
	struct err e;
	(void)state;
	assert_int_equal(process_write(&p, "one\ntwo\n", 8, soon(), &e), ERR_OK);
	assert_string_equal(next_line(&p, &line), "<one>");
	assert_string_equal(next_line(&p, &line), "");
	assert_string_equal(next_line(&p, &line), "<two>");
	assert_true(process_is_running(&p));
	process_stop(&p, SECONDS(20));
	assert_int_equal(p.pid, 0);
	process_stop(&p, 0);
}

static void
much_goes_both_ways(void **state)
{
	CLEANUP(buf_done) struct buf line = {0};
	struct process p = shell("exec cat", NULL);
	struct err e;
	char *text = arena_alloc(*state, 60000);
	memset(text, 'x', 60000);
	text[59999] = '\n';
	for (int i = 0; i < 20; i++) {
		assert_int_equal(process_write(&p, text, 60000, soon(), &e), ERR_OK);
		assert_int_equal(strlen(next_line(&p, &line)), 59999);
	}
	process_stop(&p, SECONDS(20));
}

static void
a_child_that_does_not_read_runs_into_the_deadline(void **state)
{
	struct process p = shell("sleep 100", NULL);
	struct err e;
	char *text = arena_alloc(*state, 1 << 20);
	assert_int_equal(process_write(&p, text, 1 << 20, clock_monotonic() + 50000, &e),
			 ERR_TIMEOUT);
	process_stop(&p, 0);
}

static void
a_child_that_does_not_answer_runs_into_the_deadline(void **state)
{
	CLEANUP(buf_done) struct buf line = {0};
	struct process p = shell("printf half; sleep 100", NULL);
	struct err e;
	moment start = clock_monotonic();
	(void)state;
	assert_int_equal(process_read_line(&p, 100, start + 50000, &line, &e), ERR_TIMEOUT);
	assert_true(clock_monotonic() - start >= 50000);
	process_stop(&p, 0);
}

static void
a_line_that_is_too_long_is_refused(void **state)
{
	CLEANUP(buf_done) struct buf line = {0};
	struct process p = shell("echo 12345; echo 123456", NULL);
	struct err e;
	(void)state;
	assert_int_equal(process_read_line(&p, 5, soon(), &line, &e), ERR_OK);
	assert_int_equal(process_read_line(&p, 5, soon(), &line, &e), ERR_TOO_LARGE);
	process_stop(&p, SECONDS(20));
}

static void
a_child_that_is_gone_is_noticed(void **state)
{
	CLEANUP(buf_done) struct buf line = {0};
	struct process p = shell("echo last; printf half", NULL);
	struct err e;
	(void)state;
	assert_string_equal(next_line(&p, &line), "last");
	assert_int_equal(process_read_line(&p, 100, soon(), &line, &e), ERR_IO);
	while (process_is_running(&p))
		usleep(1000);
	assert_int_equal(process_write(&p, "x\n", 2, soon(), &e), ERR_IO);
	process_stop(&p, SECONDS(20));
	assert_int_equal(process_write(&p, "x\n", 2, soon(), &e), ERR_IO);
	assert_int_equal(process_read_line(&p, 100, soon(), &line, &e), ERR_IO);
	assert_false(process_is_running(&p));
}

static void
a_program_that_cannot_run_is_told(void **state)
{
	const char *const arguments[] = {"/no/such/program", NULL}, *const folder[] = {"/etc",
										       NULL};
	struct process p = {.pid = 77};
	struct err e;
	(void)state;
	assert_int_equal(process_start(&(struct process_options){.arguments = arguments}, &p, &e),
			 ERR_NOT_FOUND);
	assert_string_equal(e.message,
			    "starting '/no/such/program': running it: No such file or directory");
	assert_int_equal(process_start(&(struct process_options){.arguments = folder}, &p, &e),
			 ERR_IO);
	const char *const shell_arguments[] = {"/bin/sh", NULL};
	const struct process_options elsewhere = {.arguments = shell_arguments,
						  .folder = "/no/folder"};
	assert_int_equal(process_start(&elsewhere, &p, &e), ERR_NOT_FOUND);
	assert_contains(e.message, "working directory '/no/folder'");
	assert_int_equal(p.pid, 77);
}

static void
the_child_gets_only_the_environment_that_is_named(void **state)
{
	CLEANUP(buf_done) struct buf line = {0};
	const char *const environment[] = {"WEFT_X=y", NULL};
	(void)state;
	setenv("WEFT_SECRET", "hidden", 1);
	struct process p = shell("echo $WEFT_X-$WEFT_SECRET-", environment);
	assert_string_equal(next_line(&p, &line), "y--");
	process_stop(&p, SECONDS(20));
	p = shell("echo $WEFT_X-$WEFT_SECRET-", NULL);
	assert_string_equal(next_line(&p, &line), "--");
	process_stop(&p, SECONDS(20));
	unsetenv("WEFT_SECRET");
}

static void
the_child_gets_no_other_files(void **state)
{
	CLEANUP(buf_done) struct buf line = {0};
	int null = open("/dev/null", O_RDONLY),
	    leak = fcntl(null, F_DUPFD, 50); /* not close-on-exec */
	(void)state;
	char script[100];
	snprintf(script, sizeof script, "test -e /proc/$$/fd/%d && echo open || echo closed", leak);
	struct process p = shell(script, NULL);
	assert_string_equal(next_line(&p, &line), "closed");
	process_stop(&p, SECONDS(20));
	close(leak);
	close(null);
}

static void
the_child_has_signals_as_usual_and_its_own_group(void **state)
{
	CLEANUP(buf_done) struct buf line = {0};
	sigset_t usr1, before;
	(void)state;
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, &before);
	struct process p =
	    shell("while read a b; do case $a in Sig*) echo $a $b;; esac; done < /proc/self/status",
		  NULL);
	bool ignored = false, blocked = false;
	for (int i = 0; i < 5; i++) {
		const char *text = next_line(&p, &line);
		ignored = ignored || strcmp(text, "SigIgn: 0000000000000000") == 0;
		blocked = blocked || strcmp(text, "SigBlk: 0000000000000000") == 0;
	}
	assert_true(ignored);
	assert_true(blocked);
	assert_int_equal(getpgid(p.pid), p.pid);
	process_stop(&p, SECONDS(20));
	sigprocmask(SIG_SETMASK, &before, NULL);
}

static void
limits_and_folder_are_set(void **state)
{
	CLEANUP(buf_done) struct buf line = {0};
	const char *const arguments[] = {"/bin/sh", "-c", "ulimit -n; ulimit -v; pwd", NULL};
	const struct process_options options = {
	    .arguments = arguments, .folder = "/usr", .most_files = 20, .most_memory = 512 << 20};
	struct process p;
	struct err e;
	(void)state;
	assert_int_equal(process_start(&options, &p, &e), ERR_OK);
	assert_string_equal(next_line(&p, &line), "20");
	assert_string_equal(next_line(&p, &line), "524288");
	assert_string_equal(next_line(&p, &line), "/usr");
	process_stop(&p, SECONDS(20));
}

/* In a process of its own: a hard limit does not rise again. */
static void
a_limit_of_ours_that_is_lower_stays(void **state)
{
	(void)state;
	pid_t child = fork();
	if (child == 0) {
		CLEANUP(buf_done) struct buf line = {0};
		const char *const arguments[] = {"/bin/sh", "-c", "ulimit -n", NULL};
		const struct process_options options = {.arguments = arguments, .most_files = 1000};
		const struct rlimit few = {50, 50};
		struct process p;
		struct err e;
		if (setrlimit(RLIMIT_NOFILE, &few) != 0 ||
		    process_start(&options, &p, &e) != ERR_OK)
			_exit(1);
		bool kept = strcmp(next_line(&p, &line), "50") == 0;
		process_stop(&p, SECONDS(20));
		_exit(kept ? 0 : 2);
	}
	int status = -1;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void
stopping_waits_for_the_child_to_finish(void **state)
{
	(void)state;
	struct process p = shell("read x; sleep 0.05", NULL);
	moment start = clock_monotonic();
	process_stop(&p, SECONDS(20));
	assert_true(clock_monotonic() - start >= 50000);
	assert_true(clock_monotonic() - start < SECONDS(10));
}

static void
stopping_kills_the_whole_group_of_a_child_that_stays(void **state)
{
	CLEANUP(buf_done) struct buf line = {0};
	(void)state;
	struct process p = shell("trap '' TERM; sleep 100 & echo $!; wait", NULL);
	pid_t grandchild = (pid_t)strtol(next_line(&p, &line), NULL, 10);
	moment start = clock_monotonic();
	process_stop(&p, 20000);
	assert_true(clock_monotonic() - start < SECONDS(10));
	for (int i = 0; i < 5000 && kill(grandchild, 0) == 0; i++) {
		char path[64];
		snprintf(path, sizeof path, "/proc/%d/stat", grandchild);
		FILE *stat = fopen(path, "r");
		char status = '?';
		if (stat && fscanf(stat, "%*d %*s %c", &status) == 1 && status == 'Z') {
			fclose(stat);
			return; /* dead; whoever inherited it has not looked yet */
		}
		if (stat)
			fclose(stat);
		usleep(1000);
	}
	assert_int_equal(kill(grandchild, 0), -1);
}

/* A child of this test starts a process, says its number and dies without stopping it. */
static void
the_child_dies_with_its_parent(void **state)
{
	int ends[2];
	pid_t orphan = 0;
	(void)state;
	assert_int_equal(pipe(ends), 0);
	pid_t parent = fork();
	if (parent == 0) {
		struct process p = shell("exec sleep 100", NULL);
		ssize_t n = write(ends[1], &p.pid, sizeof p.pid);
		_exit(n != sizeof p.pid);
	}
	assert_int_equal(read(ends[0], &orphan, sizeof orphan), sizeof orphan);
	waitpid(parent, NULL, 0);
	char path[64], status = 'S';
	snprintf(path, sizeof path, "/proc/%d/stat", orphan);
	for (int i = 0; i < 5000 && status != 'Z'; i++) {
		FILE *stat = fopen(path, "r");
		if (!stat)
			break;
		if (fscanf(stat, "%*d %*s %c", &status) != 1)
			status = 'Z';
		fclose(stat);
		usleep(1000);
	}
	assert_true(status == 'Z' || kill(orphan, 0) != 0);
	close(ends[0]);
	close(ends[1]);
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN); /* as the program does */
	const struct CMUnitTest tests[] = {
	    IN_ARENA(lines_go_in_and_come_out),
	    IN_ARENA(much_goes_both_ways),
	    IN_ARENA(a_child_that_does_not_read_runs_into_the_deadline),
	    IN_ARENA(a_child_that_does_not_answer_runs_into_the_deadline),
	    IN_ARENA(a_line_that_is_too_long_is_refused),
	    IN_ARENA(a_child_that_is_gone_is_noticed),
	    IN_ARENA(a_program_that_cannot_run_is_told),
	    IN_ARENA(the_child_gets_only_the_environment_that_is_named),
	    IN_ARENA(the_child_gets_no_other_files),
	    IN_ARENA(the_child_has_signals_as_usual_and_its_own_group),
	    IN_ARENA(limits_and_folder_are_set),
	    IN_ARENA(a_limit_of_ours_that_is_lower_stays),
	    IN_ARENA(stopping_waits_for_the_child_to_finish),
	    IN_ARENA(stopping_kills_the_whole_group_of_a_child_that_stays),
	    IN_ARENA(the_child_dies_with_its_parent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
