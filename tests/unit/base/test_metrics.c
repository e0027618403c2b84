/*
 * Metrics and their text form.
 */
#include <pthread.h>

#include "base/metrics.h"

#include "reading.h"

static void
counters_and_gauges_are_written_with_their_family(void **state)
{
	CLEANUP(buf_done) struct buf b = {0};
	struct metrics *m = metrics_create();
	(void)state;
	struct metric *ok = metric_new(m, METRIC_COUNTER, "weft_requests_total", "code=\"200\"",
				       "Requests \\ so\nfar");
	struct metric *depth = metric_new(m, METRIC_GAUGE, "weft_queue", "", "Jobs that wait");
	struct metric *bad =
	    metric_new(m, METRIC_COUNTER, "weft_requests_total", "code=\"500\"", "");
	metric_add(ok, 2);
	metric_add(bad, 1);
	metric_set(depth, -3);
	metrics_write(m, &b);
	assert_string_equal(b.data, "# HELP weft_requests_total Requests \\\\ so\\nfar\n"
				    "# TYPE weft_requests_total counter\n"
				    "weft_requests_total{code=\"200\"} 2\n"
				    "weft_requests_total{code=\"500\"} 1\n"
				    "# HELP weft_queue Jobs that wait\n"
				    "# TYPE weft_queue gauge\n"
				    "weft_queue -3\n");
	metrics_destroy(m);
}

static void
asking_again_gives_the_same_series(void **state)
{
	struct metrics *m = metrics_create();
	(void)state;
	struct metric *one = metric_new(m, METRIC_COUNTER, "a_total", "x=\"1\"", "");
	assert_ptr_equal(metric_new(m, METRIC_COUNTER, "a_total", "x=\"1\"", ""), one);
	assert_ptr_not_equal(metric_new(m, METRIC_COUNTER, "a_total", "x=\"2\"", ""), one);
	metrics_destroy(m);
	metrics_destroy(NULL);
}

static void
a_histogram_adds_up(void **state)
{
	CLEANUP(buf_done) struct buf b = {0};
	struct metrics *m = metrics_create();
	(void)state;
	struct metric *h =
	    metric_new(m, METRIC_HISTOGRAM, "weft_seconds", "path=\"/\"", "How long");
	metric_observe(h, 0);
	metric_observe(h, 100);
	metric_observe(h, 101);
	metric_observe(h, 10000000);
	metric_observe(h, 99000000);
	assert_int_equal(metric_value(h), 5);
	metrics_write(m, &b);
	assert_contains(
	    b.data,
	    "# TYPE weft_seconds histogram\nweft_seconds_bucket{path=\"/\",le=\"0.00001\"} 1\n"
	    "weft_seconds_bucket{path=\"/\",le=\"0.000025\"} 1\n"
	    "weft_seconds_bucket{path=\"/\",le=\"0.00005\"} 1\n"
	    "weft_seconds_bucket{path=\"/\",le=\"0.0001\"} 2\n"
	    "weft_seconds_bucket{path=\"/\",le=\"0.00025\"} 3\n");
	assert_contains(
	    b.data, "le=\"5\"} 3\nweft_seconds_bucket{path=\"/\",le=\"10\"} 4\n"
		    "weft_seconds_bucket{path=\"/\",le=\"+Inf\"} 5\n"
		    "weft_seconds_sum{path=\"/\"} 109.000201\nweft_seconds_count{path=\"/\"} 5\n");
	metrics_destroy(m);
}

static void
a_histogram_without_labels_has_only_its_bounds(void **state)
{
	CLEANUP(buf_done) struct buf b = {0};
	struct metrics *m = metrics_create();
	(void)state;
	metric_new(m, METRIC_HISTOGRAM, "h", "", "");
	metrics_write(m, &b);
	assert_contains(b.data, "h_bucket{le=\"0.0001\"} 0\n");
	assert_contains(b.data, "h_sum 0.000000\nh_count 0\n");
	metrics_destroy(m);
}

static void
sizes_are_numbers_and_sums_of_time_are_seconds(void **state)
{
	CLEANUP(buf_done) struct buf b = {0};
	struct metrics *m = metrics_create();
	(void)state;
	struct metric *size = metric_new(m, METRIC_SIZES, "batch", "", "How many");
	struct metric *used = metric_new(m, METRIC_SECONDS, "cpu_seconds_total", "", "How long");
	metric_observe(size, 1);
	metric_observe(size, 3);
	metric_observe(size, 1000);
	metric_set(used, 2500001);
	metrics_write(m, &b);
	assert_contains(b.data, "# TYPE batch histogram\nbatch_bucket{le=\"1\"} 1\n"
				"batch_bucket{le=\"2\"} 1\nbatch_bucket{le=\"4\"} 2\n");
	assert_contains(b.data, "batch_bucket{le=\"256\"} 2\nbatch_bucket{le=\"+Inf\"} 3\n"
				"batch_sum 1004\nbatch_count 3\n");
	assert_contains(b.data, "# TYPE cpu_seconds_total counter\ncpu_seconds_total 2.500001\n");
	metrics_destroy(m);
}

static void
nobody_minds_that_nobody_listens(void **state)
{
	(void)state;
	struct metric *none = metric_new(NULL, METRIC_HISTOGRAM, "h", "", "");
	assert_null(none);
	metric_add(none, 1);
	metric_set(none, 1);
	metric_observe(none, 1);
}

static void *
count_up(void *series)
{
	for (int i = 0; i < 10000; i++)
		metric_add(series, 1);
	return NULL;
}

static void
threads_do_not_lose_counts(void **state)
{
	struct metrics *m = metrics_create();
	struct metric *c = metric_new(m, METRIC_COUNTER, "c_total", "", "");
	pthread_t threads[4];
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, count_up, c), 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(metric_value(c), 40000);
	metrics_destroy(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(counters_and_gauges_are_written_with_their_family),
	    cmocka_unit_test(asking_again_gives_the_same_series),
	    cmocka_unit_test(a_histogram_adds_up),
	    cmocka_unit_test(a_histogram_without_labels_has_only_its_bounds),
	    cmocka_unit_test(sizes_are_numbers_and_sums_of_time_are_seconds),
	    cmocka_unit_test(nobody_minds_that_nobody_listens),
	    cmocka_unit_test(threads_do_not_lose_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
