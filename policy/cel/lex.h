/*
 * lex.h -- a source as tokens, one at a time (langdef.md, "Syntax").
 */
#ifndef WEFT_POLICY_LEX_H
#define WEFT_POLICY_LEX_H

#include "cel/expr.h"

enum token_kind {
	TOKEN_END,
	TOKEN_NAME,
	TOKEN_QUOTED_NAME, /* `...`, after a dot */
	TOKEN_INT,
	TOKEN_UINT,
	TOKEN_DOUBLE,
	TOKEN_STRING,
	TOKEN_BYTES,
	TOKEN_TRUE,
	TOKEN_FALSE,
	TOKEN_NULL,
	TOKEN_IN,
	TOKEN_DOT,
	TOKEN_COMMA,
	TOKEN_COLON,
	TOKEN_QUESTION,
	TOKEN_OPEN_PAREN,
	TOKEN_CLOSE_PAREN,
	TOKEN_OPEN_BRACKET,
	TOKEN_CLOSE_BRACKET,
	TOKEN_OPEN_BRACE,
	TOKEN_CLOSE_BRACE,
	TOKEN_PLUS,
	TOKEN_MINUS,
	TOKEN_STAR,
	TOKEN_SLASH,
	TOKEN_PERCENT,
	TOKEN_NOT,
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_EQUAL,
	TOKEN_NOT_EQUAL,
	TOKEN_LESS,
	TOKEN_LESS_EQUAL,
	TOKEN_GREATER,
	TOKEN_GREATER_EQUAL,
	TOKEN_WRONG, /* `message` says what, `suggestion` what would be right, or NULL */
};

struct token {
	enum token_kind kind;
	struct cel_span span;
	const char *message, *suggestion;
};

struct lexer {
	const char *source; /* well-formed UTF-8 */
	uint32_t length, next;
};

struct token lex_next(struct lexer *lexer);

/* A name that may not be used as one: "for", "if", "import" ... (it may be a field's). */
bool lex_is_reserved(const char *name, size_t length);

#endif
