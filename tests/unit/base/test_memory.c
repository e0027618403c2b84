/*
 * Arenas, buffers and maps.
 */
#include "base/map.h"

#include "reading.h"

static void
memory_of_an_arena_is_zero_and_aligned(void **state)
{
	struct arena *a = *state;
	for (size_t size = 0; size < 3000; size += 7) {
		unsigned char *p = arena_alloc(a, size);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xFF, size);
	}
}

static void
an_arena_can_be_used_again_after_a_reset(void **state)
{
	struct arena *a = *state;
	arena_alloc(a, 100000);
	arena_reset(a);
	assert_int_equal(a->used, 0);
	char *p = arena_alloc(a, 50000);
	assert_int_equal(p[49999], 0);
	arena_reset(&(struct arena){0});
}

static void
a_large_piece_gets_a_block_of_its_own(void **state)
{
	char *p = arena_alloc(*state, (size_t)5 << 20);
	p[((size_t)5 << 20) - 1] = 'x';
	assert_string_equal(arena_text(*state, "small"), "small");
}

static void
texts_are_copied_into_the_arena(void **state)
{
	assert_string_equal(arena_bytes(*state, "abcdef", 3), "abc");
	assert_string_equal(arena_bytes(*state, NULL, 0), "");
	assert_string_equal(arena_printf(*state, "%d-%s", 7, "x"), "7-x");
}

static void
a_growing_array_keeps_what_it_held(void **state)
{
	int *items = NULL;
	size_t capacity = 0;
	for (int i = 0; i < 1000; i++) {
		items = arena_grow(*state, items, (size_t)i, &capacity, sizeof *items);
		items[i] = i;
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(items[i], i);
}

static void
a_buffer_grows_and_stays_text(void **state)
{
	struct buf b = {0};
	(void)state;
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "%d,", i % 10);
	buf_char(&b, '.');
	assert_int_equal(b.length, 2001);
	assert_int_equal(strlen(b.data), 2001);
	buf_clear(&b);
	assert_string_equal(b.data, "");
	buf_text(&b, "x");
	char *taken = buf_take(&b);
	assert_string_equal(taken, "x");
	assert_int_equal(b.length, 0);
	free(taken);
	taken = buf_take(&b);
	assert_string_equal(taken, "");
	free(taken);
}

static void
a_map_finds_each_key_and_its_latest_value(void **state)
{
	struct map m = {.arena = *state};
	int values[2000];
	assert_null(map_get(&m, "k0"));
	for (int i = 0; i < 2000; i++) {
		values[i] = i;
		assert_null(map_put(&m, arena_printf(*state, "k%d", i), &values[i]));
	}
	assert_int_equal(m.count, 2000);
	for (int i = 0; i < 2000; i++)
		assert_ptr_equal(map_get(&m, arena_printf(*state, "k%d", i)), &values[i]);
	assert_null(map_get(&m, "k2000"));
	assert_ptr_equal(map_put(&m, "k7", &values[8]), &values[7]);
	assert_ptr_equal(map_get(&m, "k7"), &values[8]);
	assert_int_equal(m.count, 2000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_ARENA(memory_of_an_arena_is_zero_and_aligned),
	    IN_ARENA(an_arena_can_be_used_again_after_a_reset),
	    IN_ARENA(a_large_piece_gets_a_block_of_its_own),
	    IN_ARENA(texts_are_copied_into_the_arena),
	    IN_ARENA(a_growing_array_keeps_what_it_held),
	    IN_ARENA(a_buffer_grows_and_stays_text),
	    IN_ARENA(a_map_finds_each_key_and_its_latest_value),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
