/*
 * governance_functions.c -- the libraries, in the order in which the reference shows them.
 */
#include "governance_functions.h"

const struct cel_library governance_libraries[] = {
    {"Data products",
     "They read a product in any of the forms that its author may choose: one text or one map "
     "stands for a list of one.",
     product_functions},
    {"Columns and checks", "Lists are of the columns' names, in their order.", column_functions},
    {"Periods and dates",
     "Lengths of time as data products write them, compared conservatively: 2555 days are less "
     "than 7 years. A month is added by the calendar: a month after 31 January is the last day of "
     "February.",
     period_functions},
    {"Domains", "A part of a domain has its name, a point and a name of its own: `retail.cards`.",
     domain_functions},
    {"Versions", "Semantic versions (semver.org 2.0.0), ordered without their build metadata.",
     semver_functions},
    {"Changes",
     "`previous` is the version in force; it is null for a new product, which changes nothing. "
     "What a change means to readers is in `facts.change`.",
     change_functions},
    {"Inputs", "What is known of a product's inputs is in `upstream`.", upstream_functions},
    {0},
};
