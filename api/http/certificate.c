/*
 * certificate.c -- two PEM files become what a handshake needs, or a message that says what is
 * wrong with them.
 */
#include "certificate.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/document.h"

#include "server.h"

enum { MOST_PEM = 256 * 1024 };

const char certificate_priorities[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

struct pem {
	const char *chain_path, *key_path;
	gnutls_datum_t chain, key;
};

static void
certificate_destroy(struct certificate *c)
{
	for (unsigned i = 0; i < c->length; i++)
		gnutls_pcert_deinit(&c->chain[i]);
	if (c->key)
		gnutls_privkey_deinit(c->key);
	free(c);
}

/* ---- reading */

static enum err_code
read_pem(const char *path, struct arena *arena, gnutls_datum_t *ret_pem, struct err *e)
{
	char *text = NULL;
	size_t length = 0;
	if (file_read(path, MOST_PEM, arena, &text, &length, e) != ERR_OK)
		return e->code = ERR_USAGE;
	*ret_pem = (gnutls_datum_t){.data = (unsigned char *)text, .size = (unsigned)length};
	return ERR_OK;
}

static enum err_code
not_good(const char *path, int failed, struct err *e)
{
	return ERR(e, USAGE, "'%s' cannot be used: %s", path, gnutls_strerror(failed));
}

static enum err_code
import(const struct pem *pem, struct certificate *c, struct err *e)
{
	unsigned length = ARRAY_LEN(c->chain);
	int failed =
	    gnutls_pcert_list_import_x509_raw(c->chain, &length, &pem->chain, GNUTLS_X509_FMT_PEM,
					      GNUTLS_X509_CRT_LIST_FAIL_IF_UNSORTED);
	if (failed < 0)
		return not_good(pem->chain_path, failed, e);
	c->length = length;
	failed = gnutls_privkey_init(&c->key);
	if (failed >= 0)
		failed =
		    gnutls_privkey_import_x509_raw(c->key, &pem->key, GNUTLS_X509_FMT_PEM, NULL, 0);
	return failed < 0 ? not_good(pem->key_path, failed, e) : ERR_OK;
}

/* ---- what can be wrong with them together */

static void
free_public_key(gnutls_pubkey_t *key)
{
	if (*key)
		gnutls_pubkey_deinit(*key);
}

static int
key_id(gnutls_pubkey_t key, unsigned char id[DIGEST_SIZE])
{
	size_t size = DIGEST_SIZE;
	return gnutls_pubkey_get_key_id(key, GNUTLS_KEYID_USE_SHA256, id, &size);
}

static enum err_code
check_pair(const struct pem *pem, const struct certificate *c, struct err *e)
{
	CLEANUP(free_public_key) gnutls_pubkey_t of_key = NULL;
	unsigned char wanted[DIGEST_SIZE], found[DIGEST_SIZE];
	int failed = gnutls_pubkey_init(&of_key);
	if (failed >= 0)
		failed = gnutls_pubkey_import_privkey(of_key, c->key, 0, 0);
	if (failed >= 0)
		failed = key_id(of_key, found);
	if (failed >= 0)
		failed = key_id(c->chain[0].pubkey, wanted);
	if (failed < 0)
		return not_good(pem->key_path, failed, e);
	if (memcmp(wanted, found, sizeof found) != 0)
		return ERR(e, USAGE, "'%s' is not the key of the certificate '%s'", pem->key_path,
			   pem->chain_path);
	return ERR_OK;
}

static enum err_code
check_time(const struct pem *pem, struct certificate *c, struct err *e)
{
	gnutls_x509_crt_t crt = NULL;
	char text[CLOCK_TEXT_SIZE];
	int failed = gnutls_pcert_export_x509(&c->chain[0], &crt);
	if (failed < 0)
		return not_good(pem->chain_path, failed, e);
	c->expires = SECONDS((moment)gnutls_x509_crt_get_expiration_time(crt));
	gnutls_x509_crt_deinit(crt);
	if (c->expires > clock_now(NULL))
		return ERR_OK;
	clock_format(c->expires, text);
	return ERR(e, USAGE, "'%s' has expired: it was good until %s", pem->chain_path, text);
}

static void
take_print(const struct pem *pem, struct certificate *c)
{
	CLEANUP(buf_done) struct buf both = {0};
	buf_append(&both, pem->chain.data, pem->chain.size);
	buf_append(&both, pem->key.data, pem->key.size);
	struct digest d = digest_of(both.data, both.length);
	explicit_bzero(both.data, both.length);
	digest_format(&d, c->print);
}

/* NULL, and `e` says why, when they cannot be used. */
static struct certificate *
load(const struct pem *pem, struct err *e)
{
	struct certificate *c = memory_alloc(sizeof *c);
	if (import(pem, c, e) != ERR_OK || check_pair(pem, c, e) != ERR_OK ||
	    check_time(pem, c, e) != ERR_OK) {
		certificate_destroy(c);
		return NULL;
	}
	take_print(pem, c);
	return c;
}

/* ---- the one in use */

enum err_code
certificates_load(struct certificates *all, const char *chain_path, const char *key_path,
		  bool *ret_is_new, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct pem pem = {.chain_path = chain_path, .key_path = key_path};
	struct certificate *before = atomic_load(&all->now);
	if (read_pem(chain_path, &arena, &pem.chain, e) != ERR_OK ||
	    read_pem(key_path, &arena, &pem.key, e) != ERR_OK)
		return e->code;
	struct certificate *c = load(&pem, e);
	explicit_bzero(pem.key.data, pem.key.size);
	if (!c)
		return e->code;
	*ret_is_new = !before || strcmp(before->print, c->print) != 0;
	if (!*ret_is_new) {
		certificate_destroy(c);
		return ERR_OK;
	}
	c->before = before;
	atomic_store(&all->now, c);
	return ERR_OK;
}

void
certificates_done(struct certificates *all)
{
	struct certificate *c = atomic_load(&all->now);
	atomic_store(&all->now, NULL);
	while (c) {
		struct certificate *before = c->before;
		certificate_destroy(c);
		c = before;
	}
}

/* libmicrohttpd makes the connection the session's pointer. */
int
/* NOLINTNEXTLINE(readability-function-size): its parameters are GnuTLS' */
certificate_choose(gnutls_session_t session, const gnutls_datum_t *authorities, int authority_count,
		   const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
		   gnutls_pcert_st **ret_chain, unsigned *ret_length, gnutls_privkey_t *ret_key)
{
	(void)authorities, (void)authority_count, (void)algorithms, (void)algorithm_count;
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    gnutls_session_get_ptr(session), MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	if (!info || !info->socket_context)
		return -1;
	struct exchange *x = info->socket_context;
	struct certificate *c = atomic_load(&x->http->certificates.now);
	*ret_chain = c->chain;
	*ret_length = c->length;
	*ret_key = c->key;
	return 0;
}
