/* SPDX-License-Identifier: Apache-2.0 */
#include "device/transport_tls.h"

#include "util/alloc.h"
#include "util/secret.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <stdlib.h>
#include <string.h>

#define TLS_PIN_PREFIX "sha256:"

struct tls {
	SSL_CTX *context;
	SSL *ssl;
	BIO *in, *out; /* of the wire; the connection's own */
	uint8_t pin[TLS_PIN_SIZE];
	bool stranger;
	enum tls_state state;
};

/* --- the pin --- */

static int tls_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool tls_pin_read(const char *text, uint8_t out_pin[TLS_PIN_SIZE])
{
	uint8_t pin[TLS_PIN_SIZE];
	size_t at = 0;

	if (strncmp(text, TLS_PIN_PREFIX, strlen(TLS_PIN_PREFIX)) != 0)
		return false;
	for (text += strlen(TLS_PIN_PREFIX); *text && at < sizeof(pin);) {
		int high = tls_digit(text[0]);
		int low = high < 0 ? -1 : tls_digit(text[1]);

		if (low < 0)
			return false;
		pin[at++] = (uint8_t)(high << 4 | low);
		text += 2;
		text += *text == ':' && at < sizeof(pin);
	}
	if (at < sizeof(pin) || *text)
		return false;
	memcpy(out_pin, pin, sizeof(pin));
	return true;
}

/* In place of chains and names: this certificate, or none. */
static int tls_verify(X509_STORE_CTX *store, void *arg)
{
	struct tls *tls = arg;
	X509 *given = X509_STORE_CTX_get0_cert(store);
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned int len = 0;

	if (given && X509_digest(given, EVP_sha256(), digest, &len) &&
	    len == TLS_PIN_SIZE &&
	    CRYPTO_memcmp(digest, tls->pin, TLS_PIN_SIZE) == 0)
		return 1;
	tls->stranger = true;
	X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
	return 0;
}

/* --- coming and going --- */

static void tls_connect(struct tls *tls)
{
	tls->ssl = SSL_new(tls->context);
	tls->in = BIO_new(BIO_s_mem());
	tls->out = BIO_new(BIO_s_mem());
	if (!tls->ssl || !tls->in || !tls->out)
		abort(); /* out of memory */
	SSL_set_bio(tls->ssl, tls->in, tls->out);
	SSL_set_connect_state(tls->ssl);
}

static void tls_advance(struct tls *tls)
{
	int error, r = SSL_do_handshake(tls->ssl);

	if (r == 1) {
		tls->state = TLS_UP;
		return;
	}
	error = SSL_get_error(tls->ssl, r);
	if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
		tls->state = tls->stranger ? TLS_STRANGER : TLS_BROKEN;
	ERR_clear_error();
}

struct tls *tls_new(const uint8_t pin[TLS_PIN_SIZE])
{
	struct tls *tls = ALLOC_NEW(struct tls);

	memcpy(tls->pin, pin, TLS_PIN_SIZE);
	tls->context = SSL_CTX_new(TLS_client_method());
	if (!tls->context)
		abort(); /* out of memory */
	SSL_CTX_set_min_proto_version(tls->context, TLS1_2_VERSION);
	SSL_CTX_set_options(tls->context, SSL_OP_NO_RENEGOTIATION |
						  SSL_OP_NO_TICKET |
						  SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_session_cache_mode(tls->context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(tls->context, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_verify(tls->context, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(tls->context, tls_verify, tls);
	tls_connect(tls);
	tls_advance(tls);
	return tls;
}

struct tls *tls_free(struct tls *tls)
{
	if (!tls)
		return NULL;
	SSL_free(tls->ssl); /* and both ends with it */
	SSL_CTX_free(tls->context);
	secret_wipe(tls, sizeof(*tls));
	free(tls);
	return NULL;
}

/* --- bytes --- */

enum tls_state tls_feed(struct tls *tls, const uint8_t *data, size_t len)
{
	size_t taken = 0;

	if (!BIO_write_ex(tls->in, data, len, &taken) || taken != len)
		tls->state = TLS_BROKEN;
	if (tls->state == TLS_HANDSHAKE)
		tls_advance(tls);
	return tls->state;
}

size_t tls_take(struct tls *tls, uint8_t *out, size_t max)
{
	size_t len = 0;

	return BIO_read_ex(tls->out, out, max, &len) ? len : 0;
}

size_t tls_read(struct tls *tls, uint8_t *out, size_t max)
{
	size_t len = 0;
	int error;

	if (tls->state != TLS_UP)
		return 0;
	if (SSL_read_ex(tls->ssl, out, max, &len))
		return len;
	error = SSL_get_error(tls->ssl, 0);
	if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
		tls->state = TLS_BROKEN;
	ERR_clear_error();
	return 0;
}

bool tls_write(struct tls *tls, const uint8_t *data, size_t len)
{
	size_t written = 0;

	return tls->state == TLS_UP &&
	       SSL_write_ex(tls->ssl, data, len, &written) && written == len;
}

void tls_say_goodbye(struct tls *tls)
{
	if (tls->state == TLS_UP)
		SSL_shutdown(tls->ssl);
	ERR_clear_error();
}
