/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of PIV that lets a card prove that it is no copy (NIST SP 800-73-4
 * part 2; docs/protocols.md C.8): its card authentication key, 9E, which signs
 * without a PIN. The key never leaves the card; its certificate anybody can
 * read and copy, and so is only taken for where the public key stands.
 */
#ifndef TILLD_READER_PIV_CODEC_H
#define TILLD_READER_PIV_CODEC_H

#include "reader/card_codec.h"
#include "util/public_key.h"

/* The application's name, without its version. */
#define PIV_NAME_SIZE 9
extern const uint8_t piv_name[PIV_NAME_SIZE];

/* GET DATA of the certificate for the key 9E, 5FC101. */
size_t piv_put_get_certificate(uint8_t out_apdu[DRIVER_CARD_MOST]);

enum piv_certificate {
	PIV_CERTIFICATE, /* its key is out */
	PIV_CERTIFICATE_MISSING,
	PIV_CERTIFICATE_PACKED, /* by gzip */
	PIV_CERTIFICATE_BAD,	/* it can't be read, or its key not be used */
};

/* What the card told of it. */
enum piv_certificate piv_read_certificate(const uint8_t *data, size_t len,
					  struct public_key **out_key);

/*
 * GENERAL AUTHENTICATE: the card is to sign a SHA-256 with that key. It takes
 * one command or two; the how manieth, from 0, and 0 bytes if there is none.
 */
size_t piv_put_challenge(enum public_key_kind kind,
			 const uint8_t digest[HASH_SIZE], size_t part,
			 uint8_t out_apdu[DRIVER_CARD_MOST]);

/* Whether what the card answered is a signature of that, by that key. */
bool piv_is_proof(const struct public_key *key, const uint8_t digest[HASH_SIZE],
		  const uint8_t *data, size_t len);

#endif
