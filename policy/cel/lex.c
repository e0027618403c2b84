/*
 * lex.c -- the longest token that begins at each place.  Tokens are spans: literals are decoded by
 * literal.c.
 */
#include "cel/lex.h"

#include "cel/advice.h"

static char
peek(const struct lexer *l, uint32_t ahead)
{
	if (l->next + ahead >= l->length)
		return '\0';
	return l->source[l->next + ahead];
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool
is_name_start(char c)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_name_part(char c)
{
	return is_name_start(c) || is_digit(c);
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void
skip_space(struct lexer *l)
{
	while (l->next < l->length) {
		if (is_space(peek(l, 0))) {
			l->next++;
			continue;
		}
		if (peek(l, 0) != '/' || peek(l, 1) != '/')
			return;
		while (l->next < l->length && peek(l, 0) != '\n')
			l->next++;
	}
}

static struct token
wrong(struct lexer *l, uint32_t start, const char *message)
{
	struct token t = {.kind = TOKEN_WRONG, .span = {start, l->next}, .message = message};
	l->next = l->length;
	return t;
}

static struct token
token(const struct lexer *l, uint32_t start, enum token_kind kind)
{
	return (struct token){.kind = kind, .span = {start, l->next}};
}

/* ---- numbers ---- */

static void
skip_digits(struct lexer *l)
{
	while (is_digit(peek(l, 0)))
		l->next++;
}

/* "e10", "E-3": only when a digit follows. */
static bool
skip_exponent(struct lexer *l)
{
	if (peek(l, 0) != 'e' && peek(l, 0) != 'E')
		return false;
	uint32_t sign = peek(l, 1) == '+' || peek(l, 1) == '-';
	if (!is_digit(peek(l, 1 + sign)))
		return false;
	l->next += 1 + sign;
	skip_digits(l);
	return true;
}

static struct token
end_of_number(struct lexer *l, uint32_t start, enum token_kind kind)
{
	if (kind == TOKEN_INT && (peek(l, 0) == 'u' || peek(l, 0) == 'U')) {
		l->next++;
		kind = TOKEN_UINT;
	}
	if (is_name_part(peek(l, 0)))
		return wrong(l, start, "a number is followed by a letter");
	return token(l, start, kind);
}

static struct token
lex_number(struct lexer *l)
{
	uint32_t start = l->next;
	if (peek(l, 0) == '0' && (peek(l, 1) == 'x' || peek(l, 1) == 'X') && is_hex(peek(l, 2))) {
		l->next += 2;
		while (is_hex(peek(l, 0)))
			l->next++;
		return end_of_number(l, start, TOKEN_INT);
	}
	enum token_kind kind = TOKEN_INT;
	skip_digits(l);
	if (peek(l, 0) == '.' && is_digit(peek(l, 1))) {
		kind = TOKEN_DOUBLE;
		l->next++;
		skip_digits(l);
	}
	if (skip_exponent(l))
		kind = TOKEN_DOUBLE;
	return end_of_number(l, start, kind);
}

/* ---- texts ---- */

/* How many quotes open the text here: 1, or 3 of a kind in a row. */
static uint32_t
count_quotes(const struct lexer *l)
{
	char quote = peek(l, 0);
	return peek(l, 1) == quote && peek(l, 2) == quote ? 3 : 1;
}

static bool
closes(const struct lexer *l, char quote, uint32_t quotes)
{
	return peek(l, 0) == quote && (quotes == 1 || (peek(l, 1) == quote && peek(l, 2) == quote));
}

/* `prefix` letters (b, r, br) stand before the quote. */
static struct token
lex_text(struct lexer *l, uint32_t prefix)
{
	uint32_t start = l->next;
	bool bytes = false, raw = false;
	for (uint32_t i = 0; i < prefix; i++, l->next++) {
		bytes |= peek(l, 0) == 'b' || peek(l, 0) == 'B';
		raw |= peek(l, 0) == 'r' || peek(l, 0) == 'R';
	}
	char quote = peek(l, 0);
	uint32_t quotes = count_quotes(l);
	for (l->next += quotes; !closes(l, quote, quotes); l->next++) {
		if (l->next >= l->length)
			return wrong(l, start, "a text is not closed");
		if (quotes == 1 && (peek(l, 0) == '\n' || peek(l, 0) == '\r'))
			return wrong(l, start,
				     "a text ends with its line; three quotes hold several lines");
		if (peek(l, 0) == '\\' && !raw && l->next + 1 < l->length)
			l->next++;
	}
	l->next += quotes;
	return token(l, start, bytes ? TOKEN_BYTES : TOKEN_STRING);
}

/* The letters before a quote, or UINT32_MAX when no text begins here. */
static uint32_t
text_prefix(const struct lexer *l)
{
	uint32_t n = 0;
	if (peek(l, n) == 'b' || peek(l, n) == 'B')
		n++;
	if (peek(l, n) == 'r' || peek(l, n) == 'R')
		n++;
	return peek(l, n) == '"' || peek(l, n) == '\'' ? n : UINT32_MAX;
}

/* ---- names and signs ---- */

static bool
span_is(const struct lexer *l, struct cel_span span, const char *word)
{
	return span.end - span.start == strlen(word) &&
	       memcmp(l->source + span.start, word, strlen(word)) == 0;
}

static struct token
lex_name(struct lexer *l)
{
	static const struct {
		const char *word;
		enum token_kind kind;
	} keywords[] = {
	    {"true", TOKEN_TRUE},
	    {"false", TOKEN_FALSE},
	    {"null", TOKEN_NULL},
	    {"in", TOKEN_IN},
	};
	uint32_t start = l->next;
	while (is_name_part(peek(l, 0)))
		l->next++;
	struct token t = token(l, start, TOKEN_NAME);
	for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
		if (span_is(l, t.span, keywords[i].word))
			t.kind = keywords[i].kind;
	return t;
}

static struct token
lex_quoted_name(struct lexer *l)
{
	uint32_t start = l->next++;
	while (is_name_part(peek(l, 0)) || (peek(l, 0) && strchr("./- ", peek(l, 0))))
		l->next++;
	if (peek(l, 0) != '`' || l->next == start + 1)
		return wrong(l, start,
			     "a name in backquotes holds letters, digits and . / - _ only");
	l->next++;
	return token(l, start, TOKEN_QUOTED_NAME);
}

/* The code point here and its bytes; the source is well-formed. */
static uint32_t
code_point(const struct lexer *l, uint32_t *ret_bytes)
{
	unsigned char first = (unsigned char)peek(l, 0);
	uint32_t bytes = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
	uint32_t code = bytes == 1 ? first : first & (0x7Fu >> bytes);
	for (uint32_t i = 1; i < bytes; i++)
		code = code << 6 | ((unsigned char)peek(l, i) & 0x3F);
	*ret_bytes = bytes;
	return code;
}

/* What word processors make of " and '. */
static bool
is_curly_quote(uint32_t code)
{
	return (code >= 0x2018 && code <= 0x201F) || code == 0xAB || code == 0xBB;
}

static bool
is_invisible(uint32_t code)
{
	return code == 0xA0 || code == 0xAD || (code >= 0x2000 && code <= 0x200F) ||
	       (code >= 0x2028 && code <= 0x202F) || code == 0x2060 || code == 0x3000 ||
	       code == 0xFEFF;
}

/* No token begins with this character. */
static struct token
lex_strange(struct lexer *l)
{
	uint32_t start = l->next, bytes, code = code_point(l, &bytes);
	const struct advice *foreign = advice_on_sign(l->source + start, l->length - start);
	l->next += foreign ? (uint32_t)strlen(foreign->text) : bytes;
	struct token t = wrong(l, start, "this character has no meaning here");
	if (is_curly_quote(code)) {
		t.message = "a text stands in straight quotes";
		t.suggestion = "\"...\"";
	} else if (is_invisible(code)) {
		t.message = "an invisible character stands here, which is no plain space";
	} else if (foreign) {
		t.message = foreign->message;
		t.suggestion = foreign->suggestion;
	} else if (code >= 0x80) {
		t.suggestion = "names are of a to z, digits and _; a key of other letters stands "
			       "in quotes, x['key']";
	}
	return t;
}

static struct token
lex_sign(struct lexer *l)
{
	/* Longer signs come before those they begin with. */
	static const struct {
		const char sign[3];
		enum token_kind kind;
	} signs[] = {
	    {"&&", TOKEN_AND},         {"||", TOKEN_OR},           {"==", TOKEN_EQUAL},
	    {"!=", TOKEN_NOT_EQUAL},   {"<=", TOKEN_LESS_EQUAL},   {">=", TOKEN_GREATER_EQUAL},
	    {"<", TOKEN_LESS},         {">", TOKEN_GREATER},       {"!", TOKEN_NOT},
	    {".", TOKEN_DOT},          {",", TOKEN_COMMA},         {":", TOKEN_COLON},
	    {"?", TOKEN_QUESTION},     {"(", TOKEN_OPEN_PAREN},    {")", TOKEN_CLOSE_PAREN},
	    {"[", TOKEN_OPEN_BRACKET}, {"]", TOKEN_CLOSE_BRACKET}, {"{", TOKEN_OPEN_BRACE},
	    {"}", TOKEN_CLOSE_BRACE},  {"+", TOKEN_PLUS},          {"-", TOKEN_MINUS},
	    {"*", TOKEN_STAR},         {"/", TOKEN_SLASH},         {"%", TOKEN_PERCENT},
	};
	uint32_t start = l->next;
	const struct advice *foreign = advice_on_sign(l->source + start, l->length - start);
	size_t foreign_length = foreign ? strlen(foreign->text) : 0;
	for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
		uint32_t length = signs[i].sign[1] ? 2 : 1;
		if (peek(l, 0) != signs[i].sign[0] ||
		    (length == 2 && peek(l, 1) != signs[i].sign[1]) || foreign_length > length)
			continue;
		l->next += length;
		return token(l, start, signs[i].kind);
	}
	return lex_strange(l);
}

/* Behind the last that is written: whoever looks for what is missing looks there. */
static struct token
lex_end(const struct lexer *l)
{
	uint32_t end = l->length;
	while (end > 0 && is_space(l->source[end - 1]))
		end--;
	return (struct token){.kind = TOKEN_END, .span = {end, end}};
}

struct token
lex_next(struct lexer *l)
{
	skip_space(l);
	if (l->next >= l->length)
		return lex_end(l);
	char c = peek(l, 0);
	uint32_t prefix = text_prefix(l);
	if (prefix != UINT32_MAX)
		return lex_text(l, prefix);
	if (is_digit(c) || (c == '.' && is_digit(peek(l, 1))))
		return lex_number(l);
	if (is_name_start(c))
		return lex_name(l);
	if (c == '`')
		return lex_quoted_name(l);
	return lex_sign(l);
}

bool
lex_is_reserved(const char *name, size_t length)
{
	static const char *const words[] = {
	    "as",       "break",   "const",  "continue", "else", "false", "for",
	    "function", "if",      "import", "in",       "let",  "loop",  "namespace",
	    "null",     "package", "return", "true",     "var",  "void",  "while"};
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strlen(words[i]) == length && memcmp(words[i], name, length) == 0)
			return true;
	return false;
}
