/*
 * zone_rule.h -- the rule that a time zone follows for ever after: "CET-1CEST,M3.5.0,M10.5.0/3".
 *
 * Source: POSIX, "Other Environment Variables", TZ, with the hours from -167 to 167 of RFC 9636
 * (section 3.3.1).  Pure: used by the program and by the tool that packs the zones into it.
 */
#ifndef WEFT_POLICY_ZONE_RULE_H
#define WEFT_POLICY_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

enum zone_day_form {
	ZONE_DAY_OF_WEEK, /* M3.5.0: in March, the 5th (the last) Sunday */
	ZONE_DAY_NO_LEAP, /* J60: the 60th day, February 29 is not counted */
	ZONE_DAY_OF_YEAR, /* 59: so many days after January 1 */
};

struct zone_day {
	enum zone_day_form form;
	int month, week, day;
	int64_t second; /* of that day, as clocks show it then */
};

struct zone_rule {
	int64_t standard, summer; /* seconds east of UTC */
	bool has_summer;          /* else `standard` all year */
	struct zone_day begin, end;
};

/* zone_rule_parse -- false when it is no rule; an empty text is UTC. */
bool zone_rule_parse(const char *text, struct zone_rule *ret_rule);

/* zone_rule_offset -- seconds east of UTC at a moment in seconds since 1970. */
int64_t zone_rule_offset(const struct zone_rule *rule, int64_t seconds);

#endif
