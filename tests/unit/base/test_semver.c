/*
 * test_semver.c -- semver.org 2.0.0: what is a version, and which is above which.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <string.h>

#include "base/semver.h"

/* The tests share one arena, which ends with the program. */
static struct arena arena;

static int
free_the_arena(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static struct semver
version(const char *text)
{
	struct semver v;
	if (!semver_parse(text, &arena, &v))
		fail_msg("'%s' is refused", text);
	return v;
}

/* The valid and invalid ones are those of semver.org's regular expression, and its edges. */
static void
the_versions_of_semver_org_are_read(void **state)
{
	(void)state;
	static const char *const valid[] = {
	    "0.0.4",
	    "1.2.3",
	    "10.20.30",
	    "1.1.2-prerelease+meta",
	    "1.1.2+meta",
	    "1.1.2+meta-valid",
	    "1.0.0-alpha",
	    "1.0.0-beta",
	    "1.0.0-alpha.beta",
	    "1.0.0-alpha.beta.1",
	    "1.0.0-alpha.1",
	    "1.0.0-alpha0.valid",
	    "1.0.0-alpha.0valid",
	    "1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay",
	    "1.0.0-rc.1+build.1",
	    "2.0.0-rc.1+build.123",
	    "1.2.3-beta",
	    "10.2.3-DEV-SNAPSHOT",
	    "1.2.3-SNAPSHOT-123",
	    "2.0.0+build.1848",
	    "2.0.1-alpha.1227",
	    "1.0.0-alpha+beta",
	    "1.2.3----RC-SNAPSHOT.12.9.1--.12+788",
	    "1.2.3----R-S.12.9.1--.12+meta",
	    "1.2.3----RC-SNAPSHOT.12.9.1--.12",
	    "1.0.0+0.build.1-rc.10000aaa-kk-0.1",
	    "1.0.0-0A.is.legal",
	    "18446744073709551615.0.0",
	    "1.0.0-99999999999999999999999",
	};
	struct semver v;
	for (size_t i = 0; i < ARRAY_LEN(valid); i++)
		if (!semver_parse(valid[i], &arena, &v))
			fail_msg("refused: %s", valid[i]);
}

static void
what_is_no_version_is_refused(void **state)
{
	(void)state;
	static const char *const invalid[] = {
	    "",
	    "1",
	    "1.2",
	    "1.2.3-0123",
	    "1.2.3-0123.0123",
	    "1.1.2+.123",
	    "+invalid",
	    "-invalid",
	    "-invalid+invalid",
	    "alpha",
	    "alpha.beta",
	    "alpha+beta",
	    "1.0.0-alpha_beta",
	    "1.0.0-alpha..",
	    "1.0.0-alpha..1",
	    "1.0.0-",
	    "1.0.0+",
	    "01.1.1",
	    "1.01.1",
	    "1.1.01",
	    "1.2.3.DEV",
	    "1.2-SNAPSHOT",
	    "1.2.31.2.3----RC-SNAPSHOT.12.09.1--..12+788",
	    "1.2-RC-SNAPSHOT",
	    "-1.0.3-gamma+b7718",
	    "+justmeta",
	    "9.8.7+meta+meta",
	    "9.8.7-whatever+meta+meta",
	    "v1.2.3",
	    " 1.2.3",
	    "1.2.3 ",
	    "18446744073709551616.0.0",
	};
	struct semver v;
	for (size_t i = 0; i < ARRAY_LEN(invalid); i++)
		if (semver_parse(invalid[i], &arena, &v))
			fail_msg("accepted: %s", invalid[i]);
}

static void
the_parts_come_apart(void **state)
{
	(void)state;
	struct semver v = version("1.22.333-rc.1+build.7");
	assert_int_equal(v.major, 1);
	assert_int_equal(v.minor, 22);
	assert_int_equal(v.patch, 333);
	assert_string_equal(v.prerelease, "rc.1");
	assert_string_equal(version("1.0.0+build").prerelease, "");
}

/* Section 11, and what follows from it; each is above the one before. */
static void
versions_are_ordered_as_semver_org_says(void **state)
{
	(void)state;
	static const char *const rising[] = {
	    "0.0.1-0",
	    "0.0.1",
	    "0.1.0",
	    "1.0.0-1",
	    "1.0.0-2",
	    "1.0.0-10",
	    "1.0.0-10.0",
	    "1.0.0-99999999999999999998",
	    "1.0.0-99999999999999999999",
	    "1.0.0--",
	    "1.0.0-A",
	    "1.0.0-alpha",
	    "1.0.0-alpha.1",
	    "1.0.0-alpha.beta",
	    "1.0.0-beta",
	    "1.0.0-beta.2",
	    "1.0.0-beta.11",
	    "1.0.0-beta1",
	    "1.0.0-rc.1",
	    "1.0.0",
	    "1.0.1",
	    "1.1.0",
	    "1.9.0",
	    "1.10.0",
	    "2.0.0",
	    "2.1.0",
	    "2.1.1",
	    "10.0.0",
	    "18446744073709551615.0.0",
	};
	for (size_t i = 0; i < ARRAY_LEN(rising); i++) {
		for (size_t j = 0; j < ARRAY_LEN(rising); j++) {
			struct semver a = version(rising[i]), b = version(rising[j]);
			int order = semver_compare(&a, &b);
			if ((order > 0) - (order < 0) != (i > j) - (i < j))
				fail_msg("%s and %s: %d", rising[i], rising[j], order);
		}
	}
}

static void
build_metadata_does_not_count(void **state)
{
	(void)state;
	struct semver a = version("1.0.0+one"), b = version("1.0.0+two"), c = version("1.0.0-a+x"),
		      d = version("1.0.0-a");
	assert_int_equal(semver_compare(&a, &b), 0);
	assert_int_equal(semver_compare(&c, &d), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_versions_of_semver_org_are_read),
	    cmocka_unit_test(what_is_no_version_is_refused),
	    cmocka_unit_test(the_parts_come_apart),
	    cmocka_unit_test(versions_are_ordered_as_semver_org_says),
	    cmocka_unit_test(build_metadata_does_not_count),
	};
	return cmocka_run_group_tests(tests, NULL, free_the_arena);
}
