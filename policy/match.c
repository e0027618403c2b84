/*
 * match.c -- patterns against what a product says of itself.
 *
 * Classifications and tags of a product are its own and those of its columns.  Any of them may be
 * one text or a list.
 */
#include "match.h"

#include <string.h>

#include "governance_functions.h"

static bool
pattern_fits(const char *pattern, const char *word)
{
	size_t length = strlen(pattern);
	if (length > 0 && pattern[length - 1] == '*')
		return strncmp(pattern, word, length - 1) == 0;
	return strcmp(pattern, word) == 0;
}

static bool
any_pattern_fits(const struct texts *patterns, const char *word)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (pattern_fits(patterns->items[i], word))
			return true;
	return false;
}

/* A text, or any text of a list. */
static bool
any_word_fits(const struct texts *patterns, const struct node *words)
{
	if (words && words->kind == NODE_TEXT)
		return any_pattern_fits(patterns, words->text);
	for (uint32_t i = 0; words && words->kind == NODE_LIST && i < words->count; i++)
		if (words->items[i].kind == NODE_TEXT &&
		    any_pattern_fits(patterns, words->items[i].text))
			return true;
	return false;
}

/* The key of the product itself, or of one of its columns. */
static bool
anywhere(const struct texts *patterns, const struct node *product, const char *key)
{
	if (patterns->count == 0 || any_word_fits(patterns, node_get(product, key)))
		return true;
	const struct node *columns = node_get(product, "schema");
	for (uint32_t i = 0; columns && columns->kind == NODE_LIST && i < columns->count; i++)
		if (any_word_fits(patterns, node_get(&columns->items[i], key)))
			return true;
	return false;
}

/* Nothing is asked for, or a '*' is all of one pattern: then the product need not be looked at. */
static bool
takes_any(const struct texts *patterns)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (patterns->items[i][0] == '*')
			return true;
	return patterns->count == 0;
}

static bool
itself(const struct texts *patterns, const struct node *product, const char *key,
       const char *otherwise)
{
	return takes_any(patterns) ||
	       any_pattern_fits(patterns, node_text(product, key, otherwise));
}

/* The domain that a scope is limited to, or NULL: it is "global" or "domain:NAME". */
static const char *
domain_of_scope(const char *scope)
{
	return scope[0] == 'd' ? scope + strlen("domain:") : NULL;
}

bool
match_scope_covers(const char *scope, const char *domain)
{
	const char *named = domain_of_scope(scope);
	return !named || domain_contains(named, strlen(named), domain, strlen(domain));
}

bool
match_takes_all(const char *scope, const struct policy_match *match)
{
	return !domain_of_scope(scope) && takes_any(&match->domains) &&
	       takes_any(&match->statuses) && match->classifications.count == 0 &&
	       match->tags.count == 0 && !match->condition;
}

bool
match_concerns_domain(const char *scope, const struct policy_match *match, const char *domain)
{
	return match_scope_covers(scope, domain) &&
	       (takes_any(&match->domains) || any_pattern_fits(&match->domains, domain));
}

bool
match_concerns(const char *scope, const struct policy_match *match, const struct node *product)
{
	return match_concerns_domain(scope, match, node_text(product, "domain", "")) &&
	       itself(&match->statuses, product, "status", "active") &&
	       anywhere(&match->classifications, product, "classification") &&
	       anywhere(&match->tags, product, "tags");
}
