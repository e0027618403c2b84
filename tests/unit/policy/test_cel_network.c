/*
 * Addresses and their ranges: reading, writing, what they are for, what contains what.
 */
#include "expression.h"

static void
addresses_are_written_as_rfc_5952_says(void **state)
{
	(void)state;
	gives("['192.168.0.1', '2001:DB8::0001', '0:0:0:0:0:0:0:0', '::1', '1:0:0:2:0:0:0:3', "
	      "'1:0:0:2:3:0:0:4', '1:0:2:3:4:5:6:7', '1:2:3:4:5:6:7::', '::2:3:4:5:6:7:8', "
	      "'64:ff9b::192.0.2.33', '::102:304'].map(t, string(ip(t)))",
	      "[\"192.168.0.1\", \"2001:db8::1\", \"::\", \"::1\", \"1:0:0:2::3\", "
	      "\"1::2:3:0:0:4\", \"1:0:2:3:4:5:6:7\", \"1:2:3:4:5:6:7:0\", \"0:2:3:4:5:6:7:8\", "
	      "\"64:ff9b::c000:221\", \"::102:304\"]");
	gives("[ip.isCanonical('2001:db8::1'), ip.isCanonical('2001:DB8::1'), "
	      "ip.isCanonical('2001:db8:0::1'), ip.isCanonical('10.0.0.1')]",
	      "[true, false, false, true]");
	gives("[cidr('10.0.0.1/8'), ip('::1')]", "[cidr(\"10.0.0.1/8\"), ip(\"::1\")]");
	gives("'%s in %s'.format([ip('10.0.0.1'), cidr('10.0.0.0/8')])",
	      "\"10.0.0.1 in 10.0.0.0/8\"");
}

static void
what_is_no_address_is_refused(void **state)
{
	(void)state;
	gives("['', '1', '1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4', '1.2.3.4 ', ' ::1', ':', "
	      "':::', '1:2:3:4:5:6:7', '1::2::3', '1:2:3:4:5:6:7:8::', '12345::', 'g::', "
	      "'1.2.3.4/8', "
	      "'::1%en0', '::ffff:1.2.3.4', '1.2.3.4\\u0000'].filter(t, isIP(t))",
	      "[]");
	gives("ip('10.0.0')", "mistake: \"10.0.0\" is no IP address");
	gives("ip('fe80::1%en0')", "mistake: \"fe80::1%en0\" has a zone, which is not allowed");
	gives("ip('::ffff:10.0.0.1')",
	      "mistake: \"::ffff:10.0.0.1\" is an IPv4 address within IPv6, which is not allowed");
	gives("ip.isCanonical('x')", "error: \"x\" is no IP address");
	is_wrong("isIP(1)", "1:1 'isIP' does not go with (int)");
}

static void
an_ipv4_address_within_ipv6_is_the_ipv4_address(void **state)
{
	(void)state;
	gives("[ip('::ffff:c0a8:1') == ip('192.168.0.1'), ip('::ffff:c0a8:1').family(), "
	      "ip('::c0a8:1') == ip('192.168.0.1')]",
	      "[true, 4, false]");
	gives("cidr('192.168.0.0/16').containsIP('::ffff:c0a8:1')", "true");
	gives("isCIDR('::ffff:c0a8:1/120')", "false");
}

static void
blocks_say_what_an_address_is_for(void **state)
{
	(void)state;
	const char *addresses =
	    "['0.0.0.0', '127.8.9.1', '10.0.0.1', '169.254.1.1', '224.0.0.9', "
	    "'224.0.1.1', '255.255.255.255', '::', '::1', 'fe80::1', 'febf::1', "
	    "'fec0::1', 'ff02::1', 'ff12::1', 'ff05::1', '2001:db8::1']";
	static const struct {
		const char *test, *holds;
	} cases[] = {
	    {"isUnspecified", "[\"0.0.0.0\", \"::\"]"},
	    {"isLoopback", "[\"127.8.9.1\", \"::1\"]"},
	    {"isLinkLocalUnicast", "[\"169.254.1.1\", \"fe80::1\", \"febf::1\"]"},
	    {"isLinkLocalMulticast", "[\"224.0.0.9\", \"ff02::1\", \"ff12::1\"]"},
	    {"isGlobalUnicast", "[\"10.0.0.1\", \"fec0::1\", \"2001:db8::1\"]"},
	};
	CLEANUP(arena_done) struct arena arena = {0};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		gives(arena_printf(&arena, "%s.filter(t, ip(t).%s())", addresses, cases[i].test),
		      cases[i].holds);
}

static void
a_range_contains_what_shares_its_first_bits(void **state)
{
	(void)state;
	gives("['10.0.0.0', '10.0.0.127', '10.0.0.128', '9.255.255.255', '::a00:1'].map(t, "
	      "cidr('10.0.0.77/25').containsIP(t))",
	      "[true, true, false, false, false]");
	gives("['0.0.0.0/0', '::/0'].map(r, [cidr(r).containsIP('1.2.3.4'), "
	      "cidr(r).containsIP('::1')])",
	      "[[true, false], [false, true]]");
	gives("['10.0.0.0/8', '10.0.0.0/7', '10.9.0.0/16', '11.0.0.0/16', '::/128'].map(r, "
	      "cidr('10.0.0.0/8').containsCIDR(r))",
	      "[true, false, true, false, false]");
	gives("cidr('2001:db8::/33').containsIP(ip('2001:db8:8000::'))", "false");
	gives("cidr('10.0.0.0/8').containsIP('10')", "error: \"10\" is no IP address");
	gives("cidr('10.0.0.0/8').containsCIDR('10.0.0.0')",
	      "error: \"10.0.0.0\" is no range of addresses");
}

static void
ranges_have_an_address_a_length_and_a_mask(void **state)
{
	(void)state;
	gives(
	    "cel.bind(r, cidr('192.168.77.5/20'), [string(r), string(r.ip()), string(r.masked()), "
	    "string(r.prefixLength()), string(r.ip().family())])",
	    "[\"192.168.77.5/20\", \"192.168.77.5\", \"192.168.64.0/20\", \"20\", \"4\"]");
	gives(
	    "[cidr('192.168.77.5/20').isMask(), cidr('192.168.64.0/20').isMask(), "
	    "cidr('192.168.77.5/20').masked() == cidr('192.168.64.0/20'), "
	    "cidr('10.0.0.1/8') == cidr('10.0.0.0/8'), cidr('10.0.0.0/8').ip() == ip('10.0.0.0')]",
	    "[false, true, true, false, true]");
	gives("['10.0.0.0', '10.0.0.0/', '10.0.0.0/33', '10.0.0.0/08', '10.0.0.0/+8', "
	      "'10.0.0.0/8/8', '::/129', '::1%a/64', '/8', '10.0.0.0/ 8'].filter(t, isCIDR(t))",
	      "[]");
	gives("cidr('10.0.0.0/33')",
	      "mistake: \"10.0.0.0/33\" has no length of 0 to 32 bits, of IPv6 to 128");
}

static void
they_are_types_of_their_own(void **state)
{
	(void)state;
	gives(
	    "[type(ip('::1')) == net.IP, type(cidr('::/0')) == net.CIDR, dyn(ip('::1')) == '::1']",
	    "[true, true, false]");
	gives("[ip('10.0.0.1'), ip('10.0.0.2')].size() + {'a': ip('::1')}.size()", "3");
	is_wrong("ip('::1') < ip('::2')", "1:11 '<' does not go with (net.IP, net.IP)");
	is_wrong("ip('::1') == '::1'", "1:11 '==' does not go with (net.IP, string)");
	is_wrong("{ip('::1'): 1}", "1:2 a key is a string, int, uint or bool, this is net.IP");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(addresses_are_written_as_rfc_5952_says),
	    cmocka_unit_test(what_is_no_address_is_refused),
	    cmocka_unit_test(an_ipv4_address_within_ipv6_is_the_ipv4_address),
	    cmocka_unit_test(blocks_say_what_an_address_is_for),
	    cmocka_unit_test(a_range_contains_what_shares_its_first_bits),
	    cmocka_unit_test(ranges_have_an_address_a_length_and_a_mask),
	    cmocka_unit_test(they_are_types_of_their_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
