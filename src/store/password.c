/* SPDX-License-Identifier: Apache-2.0 */
#include "store/password.h"

#include "util/hash.h"
#include "util/log.h"
#include "util/secret.h"
#include "util/text.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PASSWORD_SALT_SIZE 16
#define PASSWORD_BLOCK	   8 /* scrypt's r */

struct password_parts {
	int cost;
	uint8_t salt[PASSWORD_SALT_SIZE];
	uint8_t hash[HASH_SIZE];
};

bool password_is_acceptable(const char *password)
{
	return strlen(password) <= PASSWORD_BYTES_MAX &&
	       text_is_typed(password) &&
	       text_length(password) >= PASSWORD_CHARACTERS_MIN;
}

bool password_is_pin(const char *pin)
{
	size_t len = strlen(pin);

	return len >= PIN_DIGITS_MIN && len <= PIN_DIGITS_MAX &&
	       strspn(pin, "0123456789") == len;
}

static int password_bound_cost(int cost)
{
	if (cost < PASSWORD_COST_MIN)
		return PASSWORD_COST_MIN;
	return cost > PASSWORD_COST_MAX ? PASSWORD_COST_MAX : cost;
}

static bool password_derive(const char *password, struct password_parts *parts)
{
	uint64_t n = UINT64_C(1) << parts->cost;
	uint64_t memory =
		128 * PASSWORD_BLOCK * (n + 3); /* as OpenSSL counts */

	return EVP_PBE_scrypt(password, strlen(password), parts->salt,
			      sizeof(parts->salt), n, PASSWORD_BLOCK, 1, memory,
			      parts->hash, sizeof(parts->hash)) == 1;
}

void password_hash(const char *password, const struct random *random, int cost,
		   char out_text[POLICY_HASH_TEXT_MAX + 1])
{
	struct password_parts parts = { .cost = password_bound_cost(cost) };
	char salt[2 * PASSWORD_SALT_SIZE + 1], hash[HASH_TEXT_SIZE];

	random_fill(random, parts.salt, sizeof(parts.salt));
	if (!password_derive(password, &parts)) {
		log_error("not enough memory to hash a password");
		abort();
	}
	hash_to_hex(parts.salt, sizeof(parts.salt), salt);
	hash_to_hex(parts.hash, sizeof(parts.hash), hash);
	snprintf(out_text, POLICY_HASH_TEXT_MAX + 1, "scrypt$%d$%s$%s",
		 parts.cost, salt, hash);
}

static bool password_take_apart(const char *text, struct password_parts *out)
{
	char salt[2 * PASSWORD_SALT_SIZE + 1], hash[HASH_TEXT_SIZE];
	struct password_parts parts;
	int end = 0;

	if (sscanf(text, "scrypt$%2d$%32[0-9a-f]$%64[0-9a-f]%n", &parts.cost,
		   salt, hash, &end) != 3 ||
	    text[end] || parts.cost != password_bound_cost(parts.cost) ||
	    !hash_from_hex(salt, sizeof(parts.salt), parts.salt) ||
	    !hash_from_hex(hash, sizeof(parts.hash), parts.hash))
		return false;
	*out = parts;
	return true;
}

bool password_check(const char *stored, const char *password, int cost)
{
	struct password_parts wanted = { .cost = password_bound_cost(cost) };
	bool known = stored && password_take_apart(stored, &wanted);
	struct password_parts given = wanted;
	bool right;

	if (!password_derive(password, &given)) {
		log_error("not enough memory to check a password");
		return false;
	}
	right = secret_equal(given.hash, wanted.hash, sizeof(given.hash));
	secret_wipe(&given, sizeof(given));
	return known && right;
}
