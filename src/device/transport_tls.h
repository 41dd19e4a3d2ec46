/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS over a wire, for terminals that ask for it: sans I/O, the bytes of both
 * sides go in and out by calls. The other end is known by its one certificate,
 * pinned in the configuration by its SHA-256, whoever has signed it and for
 * whatever name: a terminal has no name that somebody could vouch for. Not a
 * byte of ours leaves before that was checked.
 */
#ifndef TILLD_DEVICE_TRANSPORT_TLS_H
#define TILLD_DEVICE_TRANSPORT_TLS_H

#include "util/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TLS_PIN_SIZE 32 /* SHA-256 of the certificate, as DER */

/* "sha256:" and 64 hexadecimal digits, between which colons may stand. */
bool tls_pin_read(const char *text, uint8_t out_pin[TLS_PIN_SIZE]);

enum tls_state {
	TLS_HANDSHAKE,
	TLS_UP,
	TLS_STRANGER, /* it has another certificate */
	TLS_BROKEN,   /* that was no TLS, or it has ended */
};

struct tls;

/* Begins a connection; the first bytes for it are there to be taken. */
struct tls *tls_new(const uint8_t pin[TLS_PIN_SIZE]);
struct tls *tls_free(struct tls *tls); /* wipes; returns NULL */

/* What came from the other end, and how things stand then. */
enum tls_state tls_feed(struct tls *tls, const uint8_t *data, size_t len);

/* What is to be sent to it; 0 if there is nothing (any more). */
size_t tls_take(struct tls *tls, uint8_t *out, size_t max);

/* What it said, in clear; 0 if there is nothing (any more). */
size_t tls_read(struct tls *tls, uint8_t *out, size_t max);

/* Says that to it; only when up. False if that can't be. */
bool tls_write(struct tls *tls, const uint8_t *data, size_t len);

/* That we are going; to be taken and sent, as far as the line takes it. */
void tls_say_goodbye(struct tls *tls);

#endif
