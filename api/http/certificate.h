/*
 * certificate.h -- the certificate that the server shows, and its replacement while connections go
 * on (GnuTLS, which libmicrohttpd is built with).
 */
#ifndef WEFT_HTTP_CERTIFICATE_H
#define WEFT_HTTP_CERTIFICATE_H

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>

#include "base/clock.h"
#include "base/err.h"

/*
 * Who shakes hands may be using a certificate that has just been replaced, so all that ever were
 * are kept until the server has stopped; a new one comes a few times a year.
 */
struct certificate {
	struct certificate *before; /* owned */
	gnutls_pcert_st chain[8];   /* the server's own first */
	unsigned length;
	gnutls_privkey_t key;
	moment expires;
	char print[65]; /* SHA-256 of chain and key as they were read, in hex */
};

struct certificates {
	_Atomic(struct certificate *) now; /* NULL: no TLS */
};

/*
 * certificates_load -- both are PEM; the chain's first certificate is the key's.  On success new
 * connections are shown this one; on failure everything stays.  Call it from one thread at a time.
 * Fails: ERR_USAGE, naming the file: not there, no PEM, not a pair, not valid any more.
 */
enum err_code certificates_load(struct certificates *c, const char *chain_path,
				const char *key_path, bool *ret_is_new, struct err *e);
void certificates_done(struct certificates *c);

/* certificate_choose -- for libmicrohttpd, of the server to which the session's connection belongs.
 */
gnutls_certificate_retrieve_function2 certificate_choose;

/* TLS 1.2 and later. */
extern const char certificate_priorities[];

#endif
