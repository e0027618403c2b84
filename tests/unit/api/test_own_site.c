/*
 * test_own_site.c -- which requests a web page of somebody else could have sent.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "own_site.h"

static enum err_code
checked(const char *host, const char *origin, const char *fetch_site, bool changes)
{
	struct err e;
	return own_site_check(&(struct site_claims){host, origin, fetch_site, changes}, &e);
}

static void
a_client_without_a_browser_may(void **state)
{
	(void)state;
	assert_int_equal(checked("127.0.0.1:8080", NULL, NULL, true), ERR_OK);
	assert_int_equal(checked("localhost:8080", NULL, NULL, true), ERR_OK);
	assert_int_equal(checked("[::1]:8080", NULL, NULL, true), ERR_OK);
	assert_int_equal(checked(NULL, NULL, NULL, true), ERR_OK);
}

static void
a_page_of_its_own_may(void **state)
{
	(void)state;
	assert_int_equal(checked("localhost:8080", "http://localhost:8080", "same-origin", true),
			 ERR_OK);
	assert_int_equal(checked("127.0.0.1:8080", NULL, "none", true), ERR_OK);
}

static void
a_page_of_another_site_changes_nothing(void **state)
{
	(void)state;
	assert_int_equal(checked("localhost:8080", "https://evil.example", NULL, true),
			 ERR_FORBIDDEN);
	assert_int_equal(checked("localhost:8080", "null", NULL, true), ERR_FORBIDDEN);
	assert_int_equal(checked("localhost:8080", "http://localhost:3000", NULL, true),
			 ERR_FORBIDDEN);
	assert_int_equal(checked("localhost:8080", "https://localhost:8080", NULL, true),
			 ERR_FORBIDDEN);
	assert_int_equal(checked("localhost:8080", NULL, "cross-site", true), ERR_FORBIDDEN);
	assert_int_equal(checked("localhost:8080", NULL, "same-site", true), ERR_FORBIDDEN);
	assert_int_equal(checked(NULL, "http://localhost:8080", NULL, true), ERR_FORBIDDEN);
}

static void
a_link_from_another_site_may_be_followed(void **state)
{
	(void)state;
	assert_int_equal(checked("localhost:8080", NULL, "cross-site", false), ERR_OK);
}

static void
a_name_that_was_pointed_here_is_refused(void **state)
{
	(void)state;
	assert_int_equal(checked("evil.example:8080", NULL, NULL, false), ERR_FORBIDDEN);
	assert_int_equal(
	    checked("evil.example:8080", "http://evil.example:8080", "same-origin", true),
	    ERR_FORBIDDEN);
	assert_int_equal(checked("127.0.0.1.evil.example", NULL, NULL, false), ERR_FORBIDDEN);
	assert_int_equal(checked("10.0.0.1:8080", NULL, NULL, false), ERR_FORBIDDEN);
	assert_int_equal(checked("[2001:db8::1]:8080", NULL, NULL, false), ERR_FORBIDDEN);
	assert_int_equal(checked(":8080", NULL, NULL, false), ERR_FORBIDDEN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_client_without_a_browser_may),
	    cmocka_unit_test(a_page_of_its_own_may),
	    cmocka_unit_test(a_page_of_another_site_changes_nothing),
	    cmocka_unit_test(a_link_from_another_site_may_be_followed),
	    cmocka_unit_test(a_name_that_was_pointed_here_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
