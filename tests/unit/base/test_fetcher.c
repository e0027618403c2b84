/*
 * Many requests at a time, to a server of this test that answers some and lets others wait.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/condition.h"
#include "base/fetcher.h"

#include "reading.h"

/* "/now" is answered, "/never" is not; a byte in the pipe ends it. */
enum { CLIENTS = 64 };

struct server {
	int listener, end[2];
	unsigned port;
	struct pollfd clients[CLIENTS + 2];
	bool waits[CLIENTS + 2];
	nfds_t count;
	atomic_uint silent, most_silent, connections;
	pthread_t thread;
};

static void
hang_up(struct server *s, nfds_t i)
{
	close(s->clients[i].fd);
	s->silent -= s->waits[i];
	s->count--;
	s->clients[i] = s->clients[s->count];
	s->waits[i] = s->waits[s->count];
}

static void
hear(struct server *s, nfds_t i)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
	char text[4096] = "";
	ssize_t n = recv(s->clients[i].fd, text, sizeof text - 1, 0);
	if (n <= 0) {
		hang_up(s, i);
		return;
	}
	if (strncmp(text, "POST /now ", 10) == 0) {
		send(s->clients[i].fd, answer, sizeof answer - 1, MSG_NOSIGNAL);
		return;
	}
	s->waits[i] = true;
	if (++s->silent > s->most_silent)
		s->most_silent = s->silent;
}

static void *
serve(void *user)
{
	struct server *s = user;
	s->clients[0] = (struct pollfd){.fd = s->end[0], .events = POLLIN};
	s->clients[1] = (struct pollfd){.fd = s->listener, .events = POLLIN};
	s->count = 2;
	while (poll(s->clients, s->count, -1) > 0 && !s->clients[0].revents) {
		for (nfds_t i = s->count; i-- > 2;)
			if (s->clients[i].revents)
				hear(s, i);
		if (!s->clients[1].revents)
			continue;
		s->connections++;
		s->waits[s->count] = false;
		s->clients[s->count++] =
		    (struct pollfd){.fd = accept(s->listener, NULL, NULL), .events = POLLIN};
	}
	while (s->count > 2)
		close(s->clients[--s->count].fd);
	return NULL;
}

static void
server_start(struct server *s)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof at;
	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(pipe(s->end), 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&at, size), 0);
	assert_int_equal(listen(s->listener, CLIENTS), 0);
	assert_int_equal(getsockname(s->listener, (struct sockaddr *)&at, &size), 0);
	s->port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void
server_stop(struct server *s)
{
	assert_int_equal(write(s->end[1], "", 1), 1);
	pthread_join(s->thread, NULL);
	close(s->listener);
	close(s->end[0]);
	close(s->end[1]);
}

/* ---- who asks */

struct crowd {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t count, done;
	struct fetch_task tasks[CLIENTS];
	struct arena arenas[CLIENTS];
};

static void
crowd_init(struct crowd *c)
{
	memset(c, 0, sizeof *c);
	pthread_mutex_init(&c->lock, NULL);
	condition_init(&c->changed);
}

static void
crowd_done(struct crowd *c)
{
	for (size_t i = 0; i < c->count; i++)
		arena_done(&c->arenas[i]);
	pthread_cond_destroy(&c->changed);
	pthread_mutex_destroy(&c->lock);
}

static void
note_done(struct fetch_task *t)
{
	struct crowd *c = t->user;
	pthread_mutex_lock(&c->lock);
	c->done++;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
}

static struct fetch_task *
put(struct fetcher *f, struct crowd *c, const struct server *s, const char *path, moment deadline)
{
	struct fetch_task *t = &c->tasks[c->count];
	struct arena *arena = &c->arenas[c->count++];
	*t = (struct fetch_task){
	    .request = {.method = "POST",
			.url = arena_printf(arena, "http://127.0.0.1:%u%s", s->port, path),
			.body = "{}",
			.body_length = 2,
			.deadline = deadline},
	    .arena = arena,
	    .done = note_done,
	    .user = c,
	};
	fetcher_put(f, t);
	return t;
}

static void
await(struct crowd *c, size_t count)
{
	const moment end = clock_monotonic() + SECONDS(60);
	pthread_mutex_lock(&c->lock);
	while (c->done < count)
		assert_true(condition_wait(&c->changed, &c->lock, end));
	pthread_mutex_unlock(&c->lock);
}

/* ---- what holds */

static void
many_are_answered_over_few_connections(void **state)
{
	(void)state;
	struct server s = {0};
	struct crowd c;
	struct fetcher *f;
	struct err e;
	server_start(&s);
	crowd_init(&c);
	assert_int_equal(fetcher_create(4, &f, &e), ERR_OK);
	for (int i = 0; i < CLIENTS; i++)
		put(f, &c, &s, "/now", SECONDS(30));
	await(&c, CLIENTS);
	for (int i = 0; i < CLIENTS; i++) {
		assert_int_equal(c.tasks[i].code, ERR_OK);
		assert_string_equal(c.tasks[i].response.body, "ok");
	}
	assert_true(s.connections <= 4);
	fetcher_destroy(f);
	server_stop(&s);
	crowd_done(&c);
}

/* All that may be under way are, and the server has heard them. */
static void
fill_with_silence(struct fetcher *f, struct crowd *c, const struct server *s, unsigned at_once)
{
	for (unsigned i = 0; i < at_once; i++)
		put(f, c, s, "/never", SECONDS(600));
	const moment end = clock_monotonic() + SECONDS(60);
	while (s->silent < at_once) {
		assert_true(clock_monotonic() < end);
		usleep(1000);
	}
}

static void
who_waits_for_his_turn_waits_no_longer_than_his_deadline(void **state)
{
	(void)state;
	struct server s = {0};
	struct crowd silent, c;
	struct fetcher *f;
	struct err e;
	server_start(&s);
	crowd_init(&silent);
	crowd_init(&c);
	assert_int_equal(fetcher_create(3, &f, &e), ERR_OK);
	fill_with_silence(f, &silent, &s, 3);
	for (int i = 0; i < 17; i++)
		put(f, &c, &s, "/now", SECONDS(1) / 4);
	await(&c, 17);
	for (int i = 0; i < 17; i++) {
		assert_int_equal(c.tasks[i].code, ERR_TIMEOUT);
		assert_true(c.tasks[i].took >= SECONDS(1) / 4 - 2000);
		assert_non_null(strstr(c.tasks[i].e.message, "others are being answered"));
	}
	assert_int_equal(s.most_silent, 3);
	fetcher_destroy(f);
	server_stop(&s);
	crowd_done(&silent);
	crowd_done(&c);
}

static void
who_is_silent_takes_nobody_longer_than_his_deadline(void **state)
{
	(void)state;
	struct server s = {0};
	struct crowd c;
	struct fetcher *f;
	struct err e;
	server_start(&s);
	crowd_init(&c);
	assert_int_equal(fetcher_create(3, &f, &e), ERR_OK);
	const struct fetch_task *t = put(f, &c, &s, "/never", SECONDS(1) / 4);
	await(&c, 1);
	assert_int_equal(t->code, ERR_TIMEOUT);
	assert_true(t->took >= SECONDS(1) / 4 - 2000);
	fetcher_destroy(f);
	server_stop(&s);
	crowd_done(&c);
}

static void
a_silent_host_holds_up_no_other(void **state)
{
	(void)state;
	struct server silent = {0}, other = {0};
	struct crowd waiting, c;
	struct fetcher *f;
	struct err e;
	server_start(&silent);
	server_start(&other);
	crowd_init(&waiting);
	crowd_init(&c);
	assert_int_equal(fetcher_create(2, &f, &e), ERR_OK);
	for (int i = 0; i < 10; i++)
		put(f, &waiting, &silent, "/never", SECONDS(600));
	for (int i = 0; i < 10; i++)
		put(f, &c, &other, "/now", SECONDS(30));
	await(&c, 10);
	for (int i = 0; i < 10; i++)
		assert_int_equal(c.tasks[i].code, ERR_OK);
	assert_int_equal(waiting.done, 0);
	fetcher_destroy(f); /* and whoever still waits is told */
	assert_int_equal(waiting.done, 10);
	for (int i = 0; i < 10; i++)
		assert_int_equal(waiting.tasks[i].code, ERR_UNAVAILABLE);
	server_stop(&silent);
	server_stop(&other);
	crowd_done(&waiting);
	crowd_done(&c);
}

static void
what_cannot_be_asked_is_told(void **state)
{
	(void)state;
	struct server s = {0};
	struct crowd c;
	struct fetcher *f;
	struct err e;
	server_start(&s);
	server_stop(&s); /* nobody listens on its port any more */
	crowd_init(&c);
	assert_int_equal(fetcher_create(2, &f, &e), ERR_OK);
	struct fetch_task *unreachable = put(f, &c, &s, "/now", SECONDS(30));
	struct fetch_task *late = put(f, &c, &s, "/now", 1);
	await(&c, 2);
	assert_int_equal(unreachable->code, ERR_UNREACHABLE);
	assert_int_equal(late->code, ERR_TIMEOUT);
	fetcher_destroy(f);
	crowd_done(&c);
}

static void
addresses_of_one_server_have_one_origin(void **state)
{
	assert_string_equal(fetch_origin(*state, "http://A.example/x"), "http://a.example:80");
	assert_string_equal(fetch_origin(*state, "https://a.example"), "https://a.example:443");
	assert_string_equal(fetch_origin(*state, "http://[::1]:8181"), "http://[::1]:8181");
	assert_null(fetch_origin(*state, "http://user:word@a.example"));
	assert_null(fetch_origin(*state, "nonsense"));
	assert_true(fetch_is_loopback(fetch_origin(*state, "http://127.0.0.1:8181/a")));
	assert_true(fetch_is_loopback(fetch_origin(*state, "https://[::1]/")));
	assert_true(fetch_is_loopback(fetch_origin(*state, "http://LocalHost")));
	assert_false(fetch_is_loopback(fetch_origin(*state, "http://127.0.0.1.example")));
	assert_false(fetch_is_loopback(fetch_origin(*state, "http://localhost.example")));
}

static int
set_up(void **state)
{
	*state = memory_alloc(sizeof(struct arena));
	return 0;
}

static int
tear_down(void **state)
{
	arena_done(*state);
	free(*state);
	return 0;
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	fetch_start_up();
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(many_are_answered_over_few_connections),
	    cmocka_unit_test(who_waits_for_his_turn_waits_no_longer_than_his_deadline),
	    cmocka_unit_test(who_is_silent_takes_nobody_longer_than_his_deadline),
	    cmocka_unit_test(a_silent_host_holds_up_no_other),
	    cmocka_unit_test(what_cannot_be_asked_is_told),
	    cmocka_unit_test_setup_teardown(addresses_of_one_server_have_one_origin, set_up,
					    tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
