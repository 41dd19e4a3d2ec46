/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS to a terminal: a server made with OpenSSL on the other end, both in
 * memory. What counts is which certificate it shows, and that nothing of ours
 * is said before that is known.
 */
#include "device/transport_tls.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct bench {
	SSL_CTX *context;
	SSL *server;
	BIO *in, *out; /* the server's */
	uint8_t pin[TLS_PIN_SIZE];
	struct tls *tls;
	enum tls_state state;
};

/* Signed by itself, for nobody in particular, and out of date since 1970. */
static X509 *make_certificate(EVP_PKEY *key)
{
	X509 *made = X509_new();

	ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
	ASN1_TIME_set(X509_getm_notBefore(made), 1);
	ASN1_TIME_set(X509_getm_notAfter(made), 2);
	X509_set_pubkey(made, key);
	assert_true(X509_sign(made, key, EVP_sha256()) > 0);
	return made;
}

static void start(struct bench *bench, bool right_pin, int highest)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = make_certificate(key);
	unsigned int len = 0;

	*bench = (struct bench){ .state = TLS_HANDSHAKE };
	bench->context = SSL_CTX_new(TLS_server_method());
	SSL_CTX_set_security_level(bench->context, 0);
	SSL_CTX_set_min_proto_version(bench->context, TLS1_VERSION);
	SSL_CTX_set_max_proto_version(bench->context, highest);
	assert_int_equal(SSL_CTX_use_certificate(bench->context, certificate),
			 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(bench->context, key), 1);
	assert_int_equal(
		X509_digest(certificate, EVP_sha256(), bench->pin, &len), 1);
	bench->pin[7] ^= !right_pin;
	bench->server = SSL_new(bench->context);
	bench->in = BIO_new(BIO_s_mem());
	bench->out = BIO_new(BIO_s_mem());
	SSL_set_bio(bench->server, bench->in, bench->out);
	SSL_set_accept_state(bench->server);
	bench->tls = tls_new(bench->pin);
	X509_free(certificate);
	EVP_PKEY_free(key);
}

static void stop(struct bench *bench)
{
	bench->tls = tls_free(bench->tls);
	SSL_free(bench->server);
	SSL_CTX_free(bench->context);
}

/* Carries bytes to and fro, so many at a time, until there are none. */
static void carry(struct bench *bench, size_t step)
{
	uint8_t data[4096];
	size_t len, moved;

	do {
		moved = 0;
		while ((len = tls_take(bench->tls, data, sizeof(data))) > 0)
			moved += (size_t)BIO_write(bench->in, data, (int)len);
		SSL_do_handshake(bench->server);
		while (BIO_read_ex(bench->out, data, step, &len)) {
			moved += len;
			bench->state = tls_feed(bench->tls, data, len);
		}
	} while (moved);
}

static bool say(struct bench *bench, const char *text)
{
	return tls_write(bench->tls, (const uint8_t *)text, strlen(text));
}

static void test_both_ways(void **state)
{
	static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
	uint8_t got[64];
	struct bench bench;
	size_t len;

	(void)state;
	for (size_t i = 0; i < 2; i++)
		for (size_t step = 1; step < 4096; step *= 5) {
			start(&bench, true, versions[i]);
			assert_false(say(&bench, "too soon"));
			carry(&bench, step);
			assert_int_equal(bench.state, TLS_UP);
			assert_true(say(&bench, "ping"));
			carry(&bench, step);
			assert_int_equal(SSL_read_ex(bench.server, got,
						     sizeof(got), &len),
					 1);
			assert_int_equal(len, 4);
			assert_memory_equal(got, "ping", 4);
			SSL_write_ex(bench.server, "pong", 4, &len);
			carry(&bench, step);
			assert_int_equal(tls_read(bench.tls, got, sizeof(got)),
					 4);
			assert_memory_equal(got, "pong", 4);
			assert_int_equal(tls_read(bench.tls, got, 1), 0);
			stop(&bench);
		}
}

/* Whatever name and date it has, and whoever signed it: another one. */
static void test_a_stranger(void **state)
{
	struct bench bench;

	(void)state;
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION;
	     version++) {
		start(&bench, false, version);
		carry(&bench, 4096);
		assert_int_equal(bench.state, TLS_STRANGER);
		assert_false(say(&bench, "06 01"));
		stop(&bench);
	}
}

static void test_too_old(void **state)
{
	struct bench bench;

	(void)state;
	start(&bench, true, TLS1_1_VERSION);
	carry(&bench, 4096);
	assert_int_not_equal(bench.state, TLS_UP);
	assert_false(say(&bench, "06 01"));
	stop(&bench);
}

/* A terminal in clear, or something else altogether. */
static void test_no_tls(void **state)
{
	static const char *const others[] = {
		"\x06\x0f\x00", "\x80\x00\x00",
		"HTTP/1.1 400 Bad Request\r\n\r\n",
		"\x15\x03\x01\x00\x02\x02\x28", /* "handshake failure" */
	};
	static const size_t lens[] = { 3, 3, 28, 7 };
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		start(&bench, true, TLS1_3_VERSION);
		for (size_t at = 0; at < lens[i]; at++)
			bench.state = tls_feed(
				bench.tls, (const uint8_t *)others[i] + at, 1);
		assert_int_not_equal(bench.state, TLS_UP);
		assert_int_not_equal(bench.state, TLS_STRANGER);
		stop(&bench);
	}
}

static void test_the_end(void **state)
{
	struct bench bench;
	uint8_t got[8];

	(void)state;
	start(&bench, true, TLS1_3_VERSION);
	carry(&bench, 4096);
	SSL_shutdown(bench.server);
	carry(&bench, 4096);
	assert_int_equal(tls_read(bench.tls, got, sizeof(got)), 0);
	assert_int_equal(tls_feed(bench.tls, (const uint8_t *)"", 0),
			 TLS_BROKEN);
	stop(&bench);
	start(&bench, true, TLS1_2_VERSION);
	carry(&bench, 4096);
	tls_say_goodbye(bench.tls);
	carry(&bench, 4096);
	assert_int_equal(SSL_read(bench.server, got, sizeof(got)), 0);
	assert_int_equal(SSL_get_shutdown(bench.server) & SSL_RECEIVED_SHUTDOWN,
			 SSL_RECEIVED_SHUTDOWN);
	stop(&bench);
}

#define DIGITS "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcd"

static void test_pins(void **state)
{
	static const char *const bad[] = {
		"",
		"sha256:",
		DIGITS "ef",
		"sha256:" DIGITS "e",
		"sha256:" DIGITS "eg",
		"sha256:" DIGITS "ef0",
		"sha256:" DIGITS "ef:",
		"sha1:" DIGITS "ef",
	};
	uint8_t pin[TLS_PIN_SIZE] = { 7 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(tls_pin_read(bad[i], pin));
	assert_int_equal(pin[0], 7);
	assert_true(tls_pin_read("sha256:" DIGITS "ef", pin));
	assert_int_equal(pin[0], 0x01);
	assert_int_equal(pin[31], 0xef);
	assert_true(
		tls_pin_read("sha256:"
			     "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:"
			     "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:F0",
			     pin));
	assert_int_equal(pin[31], 0xf0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_ways),
		cmocka_unit_test(test_a_stranger),
		cmocka_unit_test(test_too_old),
		cmocka_unit_test(test_no_tls),
		cmocka_unit_test(test_the_end),
		cmocka_unit_test(test_pins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
