/*
 * cli_policy.c -- weft policy list, test, put; and the table of its verbs.
 */
#include "families.h"
#include "listing.h"
#include "policy_verbs.h"
#include "sending.h"

/* ---- list, put */

// clang-format off
static const struct view policy_views[] = {
	{"NAME",        "name",        SHOW_TEXT},
	{"SCOPE",       "scope",       SHOW_TEXT},
	{"ENFORCEMENT", "enforcement", SHOW_STATE},
	{"VERSION",     "version",     SHOW_TEXT},
	{"DEFINED",     "defined_at",  SHOW_TIME},
	{"BY",          "defined_by",  SHOW_TEXT},
	{0},
};
// clang-format on

static enum err_code
list(struct call *c, struct err *e)
{
	return listing_show(c, policy_views, api_path(c->arena, "policies", NULL), MANY,
			    "no policies", e);
}

static enum err_code
put_file(struct call *c, const char *path, const char **ret_word, struct err *e)
{
	return put_document(c, path, "policies", ret_word, e);
}

static enum err_code
put(struct call *c, struct err *e)
{
	return each_file(c, put_file, e);
}

const struct verb policy_verbs[] = {
    {
	.name = "list",
	.arguments = "",
	.summary = "The policies in force",
	.help = "  weft policy list\n",
	.run = list,
    },
    {
	.name = "show",
	.arguments = "NAME",
	.summary = "One policy, as it was sent",
	.help = "The version in force, or another one.\n"
		"\n"
		"  weft policy show pii-requires-access-controls > pii.yaml\n"
		"  weft policy show pii-requires-access-controls --version 1\n",
	.flags = policy_show_flags,
	.size = sizeof(struct policy_show_flags),
	.least = 1,
	.most = 1,
	.run = cli_policy_show,
    },
    {
	.name = "versions",
	.arguments = "NAME",
	.summary = "Every version of a policy: who brought it, what became of it",
	.help = "  weft policy versions financial-data-retention\n",
	.least = 1,
	.most = 1,
	.run = cli_policy_versions,
    },
    {
	.name = "test",
	.arguments = "[FILE|FOLDER...]",
	.summary = "Run the tests of policies, without a server",
	.help = "Compiles and type-checks each policy and runs its `tests`, and those in files of "
		"cases beside it\n"
		"(`kind: PolicyCases`, `policy: NAME`, `cases: [...]`); of a FOLDER all that is in "
		"it.  Without a word the tests of\n"
		"the ready-made policies.  Exits with 1 when a test fails, with 2 when a document "
		"is wrong.\n"
		"\n"
		"  weft policy test policies/ --coverage\n",
	.flags = policy_test_flags,
	.size = sizeof(struct policy_test_flags),
	.most = MANY,
	.run = cli_policy_test,
    },
    {
	.name = "coverage",
	.arguments = "[FILE|FOLDER...]",
	.summary = "What the tests of policies show of them",
	.help = "Runs the tests, and says which ways through each expression none of them took, "
		"and which parts of the\n"
		"products, taken away, emptied or turned round, change a verdict: what the policy "
		"depends on.  What it looks at\n"
		"while no test notices a change of it is named.\n"
		"\n"
		"  weft policy coverage policies/ --least 90\n",
	.flags = policy_test_flags,
	.size = sizeof(struct policy_test_flags),
	.most = MANY,
	.run = cli_policy_coverage,
    },
    {
	.name = "check",
	.arguments = "FILE|FOLDER...",
	.summary = "Say everything that is wrong with policies, without storing them",
	.help =
	    "Compiles and type-checks each document, runs its tests, and warns of what is hardly "
	    "meant: validations that are\n"
	    "always true, lengths of time that are compared as texts, variables and parameters "
	    "that nothing uses, a match\n"
	    "that matches nothing, tests that are missing, or about what no product has.\n"
	    "A policy that tightens another one finds it among the files, on the server, or "
	    "among the ready-made ones.\n"
	    "Exits with 2 when a document is wrong, with 1 when a test fails (with --strict, "
	    "when there is a warning).\n"
	    "\n"
	    "  weft policy check policies/\n",
	.flags = policy_check_flags,
	.size = sizeof(struct policy_check_flags),
	.least = 1,
	.most = MANY,
	.run = cli_policy_check,
    },
    {
	.name = "fmt",
	.arguments = "FILE|FOLDER...",
	.summary = "Lay out the expressions of policy documents",
	.help =
	    "One space around operators, only the parentheses that are needed, lines broken at "
	    "&& || ? : and arguments\n"
	    "beyond 100 columns; comments stay.  Nothing else of a file changes.  An expression "
	    "is left alone, with a word\n"
	    "why, where the file could not be read as the same.\n"
	    "\n"
	    "  weft policy fmt --write policies/\n"
	    "  weft policy fmt --check policies/*.yaml\n",
	.flags = policy_fmt_flags,
	.size = sizeof(struct policy_fmt_flags),
	.least = 1,
	.most = MANY,
	.run = cli_policy_fmt,
    },
    {
	.name = "explain",
	.arguments = "POLICY PRODUCT",
	.summary = "Why a policy says what it says of a product",
	.help = "The tree of each expression with the values of its parts; what makes the policy "
		"say no is marked.  POLICY is\n"
		"a file, a policy of the server, or a ready-made one; PRODUCT is a file, or a "
		"product of the catalog.  What the\n"
		"mesh knows beside the product comes from the server, or from --facts.\n"
		"\n"
		"  weft policy explain financial-data-retention finance.ledger\n"
		"  weft policy explain retention.yaml ledger.yaml --facts facts.yaml\n",
	.flags = policy_explain_flags,
	.size = sizeof(struct policy_explain_flags),
	.least = 2,
	.most = 2,
	.run = cli_policy_explain,
    },
    {
	.name = "library",
	.arguments = "",
	.summary = "The ready-made policies, and which of them are in force here",
	.help = "  weft policy library\n"
		"  weft policy show no-personal-data-in-public\n",
	.run = cli_policy_library,
    },
    {
	.name = "adopt",
	.arguments = "NAME",
	.summary = "Put a ready-made policy in force",
	.help = "Shows what is changed in its text and what that means to the products in force, "
		"then stores it: as a warning,\n"
		"until --enforcement deny.  When it is in force already, its enforcement and its "
		"values stay as they are where\n"
		"nothing else is said.  For a domain (--scope) it is stored under the domain's "
		"name; what is in force for\n"
		"everybody a domain can only make stricter.  Needs the role steward; for one's own "
		"domain, publisher.\n"
		"\n"
		"  weft policy adopt retention-by-classification --dry-run\n"
		"  weft policy adopt personal-data-maximum-retention --set 'maximum=5 years' "
		"--enforcement deny\n"
		"  weft policy adopt financial-data-retention --scope domain:trading --set "
		"'minimum=10 years'\n",
	.flags = policy_adopt_flags,
	.size = sizeof(struct policy_adopt_flags),
	.least = 1,
	.most = 1,
	.run = cli_policy_adopt,
    },
    {
	.name = "replay",
	.arguments = "",
	.summary = "Make past decisions once more, from the log alone",
	.help = "Every decision of the log (published, refused, judged again) is judged again by "
		"the policies, the facts and the\n"
		"moment of then, and outcome, violations, cost and steps are held against "
		"what was recorded.  Exits with 1 when one\n"
		"does not agree.  Needs the role auditor.\n"
		"\n"
		"  weft policy replay --since 2026-01-31\n"
		"  weft policy replay --product retail.customer_accounts\n",
	.flags = policy_replay_flags,
	.size = sizeof(struct policy_replay_flags),
	.run = cli_policy_replay,
    },
    {
	.name = "impact",
	.arguments = "FILE|NAME",
	.summary = "What a policy would do to the products of the mesh; changes nothing",
	.help = "Tries the document on every product in force, and compares it with the version of "
		"the policy in force: which\n"
		"products would be refused, warned or cured.  NAME is a stored policy, to try it "
		"with another enforcement\n"
		"or other parameters.  Exits with 0 whatever it finds, unless --fail-on says "
		"otherwise.\n"
		"\n"
		"  weft policy impact retention.yaml --fail-on refused\n"
		"  weft policy impact financial-data-retention --enforcement deny --set "
		"\"minimum=8 years\"\n",
	.flags = policy_impact_flags,
	.size = sizeof(struct policy_impact_flags),
	.least = 1,
	.most = 1,
	.run = cli_policy_impact,
    },
    {
	.name = "put",
	.arguments = "FILE...",
	.summary = "Define policies, or new versions of them",
	.help =
	    "Each document is stored under the `name` in it.  Needs the role steward; for one's "
	    "own domain, publisher.\n"
	    "\n"
	    "  weft policy test retention.yaml && weft policy put retention.yaml\n",
	.least = 1,
	.most = MANY,
	.run = put,
    },
    {
	.name = "retire",
	.arguments = "NAME",
	.summary = "Take a policy out of force",
	.help = "Its versions stay, and so do the decisions that were made by it; defined again, "
		"it goes on with the\n"
		"next version.  Needs the role steward; for one's own domain, publisher.\n"
		"\n"
		"  weft policy retire owners-are-teams --reason \"the council voted it down\"\n",
	.flags = policy_retire_flags,
	.size = sizeof(struct policy_retire_flags),
	.least = 1,
	.most = 1,
	.run = cli_policy_retire,
    },
    {0},
};
