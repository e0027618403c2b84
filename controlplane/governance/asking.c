/*
 * asking.c -- questions noted, asked and answered.
 *
 * Reads in order: one answer, noting, asking, waiting.
 */
#include "asking.h"

#include <pthread.h>
#include <string.h>

#include "agent_answer.h"

struct question {
	struct fetch_task task;
	struct question *next;
	struct asking *asking;
	struct digest key; /* of address and input */
	bool is_asked;

	/* The answer, read when it is first needed. */
	bool is_read;
	enum err_code code;
	struct err e;
	struct policy_answer answer;
};

/* ---- one answer ---- */

static enum err_code
read_answer(struct question *q, struct policy_answer *ret_answer, struct err *e)
{
	if (q->task.code == ERR_OK)
		return agent_answer_read(q->task.request.url, &q->task.response, q->task.arena,
					 ret_answer, e);
	*e = q->task.e;
	return q->task.code;
}

static enum err_code
answer_of(struct question *q, struct policy_answer *ret_answer, struct err *e)
{
	if (!q->is_read)
		q->code = read_answer(q, &q->answer, &q->e);
	q->is_read = true;
	if (q->code != ERR_OK)
		*e = q->e;
	else
		*ret_answer = q->answer;
	return q->code;
}

enum err_code
asking_check(struct asking *a, struct err *e)
{
	struct policy_answer ignored;
	enum err_code code = ERR_OK;
	for (struct question *q = a->first; q && code == ERR_OK; q = q->next)
		if (q->is_asked)
			code = answer_of(q, &ignored, e);
	return code;
}

/* ---- noting ---- */

void
asking_init(struct asking *a, struct agents *agents, struct arena *arena)
{
	*a = (struct asking){.agents = agents, .arena = arena};
	a->last = &a->first;
}

void
asking_begin(struct asking *a)
{
	struct question **link = &a->first;
	while (*link && (*link)->is_asked)
		link = &(*link)->next;
	*link = NULL; /* those that were not asked are the last ones */
	a->last = link;
	a->unasked = 0;
}

moment
asking_moment(struct asking *a, moment now)
{
	if (!a->first)
		a->now = now;
	return a->now;
}

enum err_code
asking_wanted(struct asking *a, struct asking **ret_asking, struct err *e)
{
	*ret_asking = NULL;
	if (a->unasked == 0)
		return ERR_OK;
	if (a->rounds >= ASKING_MOST_ROUNDS)
		return ERR(e, BUSY,
			   "what an Open Policy Agent is to decide on has changed %d times while "
			   "it was asked",
			   ASKING_MOST_ROUNDS);
	*ret_asking = a;
	return ERR_OK;
}

static moment
deadline_of(const struct policy_question *q)
{
	int64_t deadline = duration_longest(q->deadline);
	return deadline ? deadline : SECONDS(AGENTS_DEADLINE);
}

static void
note(struct asking *a, const struct policy_question *asked, const char *address, struct digest key,
     const char *input, size_t length)
{
	struct question *q = ARENA_NEW(a->arena, struct question);
	const char *body =
	    arena_printf(a->arena, "{\"input\":%.*s}", (int)length, input); /* bounded */
	q->asking = a;
	q->key = key;
	q->task.arena = a->arena;
	q->task.request = (struct fetch_request){
	    .url = address,
	    .body = body,
	    .body_length = strlen(body),
	    .deadline = deadline_of(asked),
	};
	*a->last = q;
	a->last = &q->next;
	a->unasked++;
}

static struct question *
find(const struct asking *a, const struct digest *key)
{
	struct question *q = a->first;
	while (q && !digest_equal(&q->key, key))
		q = q->next;
	return q;
}

enum err_code
asking_ask(void *asker, const struct policy *p, const char *input, size_t length,
	   struct policy_answer *ret_answer, struct err *e)
{
	struct asking *a = asker;
	const struct policy_question *asked = policy_question(p);
	const char *address = policy_question_address(asked, a->arena);
	const struct digest_part parts[] = {{address, strlen(address)}, {"\n", 1}, {input, length}};
	const struct digest key = digest_of_parts(parts, ARRAY_LEN(parts));
	struct question *q = find(a, &key);
	if (q && q->is_asked)
		return answer_of(q, ret_answer, e);
	if (!a->agents)
		return ERR(e, UNREACHABLE,
			   "the Open Policy Agent at '%s' cannot be asked from here", address);
	if (!q)
		note(a, asked, address, key, input, length);
	return ERR(e, BUSY, "the Open Policy Agent at '%s' was not asked yet", address);
}

bool
asking_waits(const struct policy_input *input)
{
	return input->ask == asking_ask && ((const struct asking *)input->asker)->unasked > 0;
}

/* ---- asking ---- */

/* The last one ends it: whoever decides may go on at once, and nothing is touched any more. */
static void
take_answer(struct fetch_task *task)
{
	struct question *q = task->user;
	struct asking *a = q->asking;
	agents_note(a->agents, task);
	if (atomic_fetch_sub(&a->left, 1) == 1)
		a->answered(a->user);
}

/* The arena is used by one thread at a time: here, until the first of them is put. */
static void
prepare(struct asking *a, struct question *rest)
{
	for (struct question *q = rest; q; q = q->next) {
		q->is_asked = true;
		q->task.done = take_answer;
		q->task.user = q;
		agents_prepare(a->agents, &q->task);
	}
}

void
asking_start(struct asking *a, void (*answered)(void *user), void *user)
{
	struct agents *agents = a->agents;
	struct question *q = a->first;
	size_t count = a->unasked;
	while (q && q->is_asked)
		q = q->next;
	a->answered = answered;
	a->user = user;
	a->unasked = 0;
	a->rounds++;
	atomic_store(&a->left, count);
	prepare(a, q);
	while (q && count-- > 0) {
		struct question *next = q->next; /* before it may be gone */
		agents_put(agents, &q->task);
		q = next;
	}
}

/* ---- waiting ---- */

struct wait {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool is_over;
};

static void
end_wait(void *user)
{
	struct wait *w = user;
	pthread_mutex_lock(&w->lock);
	w->is_over = true;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

void
asking_run(struct asking *a)
{
	struct wait w = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};
	if (a->unasked == 0)
		return;
	asking_start(a, end_wait, &w);
	pthread_mutex_lock(&w.lock);
	while (!w.is_over)
		pthread_cond_wait(&w.changed, &w.lock);
	pthread_mutex_unlock(&w.lock);
	pthread_cond_destroy(&w.changed);
	pthread_mutex_destroy(&w.lock);
}
