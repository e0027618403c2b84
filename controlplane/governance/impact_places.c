/*
 * impact_places.c -- two numbers under a lock.
 */
#include "impact_places.h"

void
impact_places_init(struct impact_places *p)
{
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->changed, NULL);
}

void
impact_places_done(struct impact_places *p)
{
	atomic_store(&p->closing, true);
	pthread_mutex_lock(&p->lock);
	while (p->alive > 0)
		pthread_cond_wait(&p->changed, &p->lock);
	pthread_mutex_unlock(&p->lock);
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->lock);
}

bool
impact_places_take(struct impact_places *p, unsigned most)
{
	pthread_mutex_lock(&p->lock);
	bool has_place = p->taken < most && !atomic_load(&p->closing);
	p->taken += has_place;
	p->alive += has_place;
	pthread_mutex_unlock(&p->lock);
	return has_place;
}

void
impact_places_give_back(struct impact_places *p)
{
	pthread_mutex_lock(&p->lock);
	p->taken--;
	pthread_mutex_unlock(&p->lock);
}

void
impact_places_leave(struct impact_places *p)
{
	pthread_mutex_lock(&p->lock);
	p->alive--;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
}
