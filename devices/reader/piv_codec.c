/* SPDX-License-Identifier: Apache-2.0 */
#include "reader/piv_codec.h"

#include "util/secret.h"

#include <string.h>

#define PIV_KEY		 0x9e
#define PIV_RSA_2048	 0x07 /* SP 800-78-4, table 6-2 */
#define PIV_P256	 0x11
#define PIV_PART_MAX	 255
#define PIV_TEMPLATE_MAX 300 /* 266 with RSA */

#define PIV_TAG_DATA	    0x53
#define PIV_TAG_CERTIFICATE 0x70
#define PIV_TAG_INFO	    0x71
#define PIV_INFO_PACKED	    0x01
#define PIV_TAG_TEMPLATE    0x7c
#define PIV_TAG_CHALLENGE   0x81
#define PIV_TAG_RESPONSE    0x82

const uint8_t piv_name[PIV_NAME_SIZE] = { 0xa0, 0x00, 0x00, 0x03, 0x08,
					  0x00, 0x00, 0x10, 0x00 };

/* --- the certificate --- */

size_t piv_put_get_certificate(uint8_t out_apdu[DRIVER_CARD_MOST])
{
	static const uint8_t which[] = { 0x5c, 0x03, 0x5f, 0xc1, 0x01 };

	return card_put(&(struct card_command){ .ins = CARD_INS_GET_DATA_ODD,
						.p1 = 0x3f,
						.p2 = 0xff,
						.data = which,
						.len = sizeof(which),
						.le = CARD_LE_ALL },
			out_apdu);
}

static enum piv_certificate piv_read_key(const struct cursor *certificate,
					 struct public_key **out_key)
{
	struct public_key *key =
		public_key_read(certificate->data, certificate->len);

	if (!key)
		return PIV_CERTIFICATE_BAD;
	if (public_key_kind(key) == PUBLIC_KEY_OTHER) {
		public_key_free(key);
		return PIV_CERTIFICATE_BAD;
	}
	*out_key = key;
	return PIV_CERTIFICATE;
}

enum piv_certificate piv_read_certificate(const uint8_t *data, size_t len,
					  struct public_key **out_key)
{
	struct cursor whole, certificate, info;

	if (!card_find(data, len, PIV_TAG_DATA, &whole) ||
	    !card_find(whole.data, whole.len, PIV_TAG_CERTIFICATE,
		       &certificate) ||
	    !certificate.len)
		return PIV_CERTIFICATE_MISSING;
	if (card_find(whole.data, whole.len, PIV_TAG_INFO, &info) &&
	    cursor_byte(&info) & PIV_INFO_PACKED)
		return PIV_CERTIFICATE_PACKED;
	return piv_read_key(&certificate, out_key);
}

/* --- the challenge --- */

/* What is signed by RSA is a whole block: the card only raises it to its power
 * (RFC 8017, 9.2, with the DigestInfo of SHA-256). */
static void piv_add_padded(struct buf *out, const uint8_t digest[HASH_SIZE])
{
	static const uint8_t info[] = { 0x30, 0x31, 0x30, 0x0d, 0x06,
					0x09, 0x60, 0x86, 0x48, 0x01,
					0x65, 0x03, 0x04, 0x02, 0x01,
					0x05, 0x00, 0x04, 0x20 };
	size_t fill = PUBLIC_KEY_RSA_SIZE - 3 - sizeof(info) - HASH_SIZE;

	buf_add_be16(out, 0x0001);
	while (fill--)
		buf_add_byte(out, 0xff);
	buf_add_byte(out, 0x00);
	buf_add(out, info, sizeof(info));
	buf_add(out, digest, HASH_SIZE);
}

/* 7C { 82 {}: what is wanted, 81 { what it is wanted of } } */
static void piv_add_template(struct buf *out, enum public_key_kind kind,
			     const uint8_t digest[HASH_SIZE])
{
	bool rsa = kind == PUBLIC_KEY_RSA_2048;
	size_t len = rsa ? PUBLIC_KEY_RSA_SIZE : HASH_SIZE;

	card_add_head(out, PIV_TAG_TEMPLATE,
		      len + (rsa ? 6 : 4)); /* both heads */
	card_add_head(out, PIV_TAG_RESPONSE, 0);
	card_add_head(out, PIV_TAG_CHALLENGE, len);
	if (rsa)
		piv_add_padded(out, digest);
	else
		buf_add(out, digest, HASH_SIZE);
}

size_t piv_put_challenge(enum public_key_kind kind,
			 const uint8_t digest[HASH_SIZE], size_t part,
			 uint8_t out_apdu[DRIVER_CARD_MOST])
{
	struct buf whole = BUF_INIT(PIV_TEMPLATE_MAX);
	size_t at = part * PIV_PART_MAX, len = 0;

	piv_add_template(&whole, kind, digest);
	if (at < whole.len) {
		bool last = whole.len - at <= PIV_PART_MAX;

		len = card_put(
			&(struct card_command){
				.cla = last ? 0 : CARD_CLA_CHAINED,
				.ins = CARD_INS_GENERAL_AUTHENTICATE,
				.p1 = kind == PUBLIC_KEY_RSA_2048 ? PIV_RSA_2048
								  : PIV_P256,
				.p2 = PIV_KEY,
				.data = whole.data + at,
				.len = last ? whole.len - at : PIV_PART_MAX,
				.le = last ? CARD_LE_ALL : -1 },
			out_apdu);
	}
	buf_free(&whole);
	return len;
}

bool piv_is_proof(const struct public_key *key, const uint8_t digest[HASH_SIZE],
		  const uint8_t *data, size_t len)
{
	struct cursor template, response;

	return card_find(data, len, PIV_TAG_TEMPLATE, &template) &&
	       card_find(template.data, template.len, PIV_TAG_RESPONSE,
			 &response) &&
	       public_key_verifies(key, digest, response.data, response.len);
}
