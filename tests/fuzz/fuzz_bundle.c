/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signed policies, from a technician to all of core. The first byte: as it is;
 * or as the back office would have signed it, which no fuzzer finds by itself.
 */
#include "core/bundle.h"
#include "core_rig.h"
#include "util/alloc.h"
#include "util/json.h"

#include "fuzz.h"

#include <string.h>

const int fuzz_variants = 1200;

static const uint8_t bundle_office[32] = { 7, 1, 9 };
static int bundle_answers;

static void bundle_end(void)
{
	rig_tear_down(NULL);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	rig_set_up(NULL);
	keys_public_of(bundle_office, rig.core->config.policy_key);
	rig.core->config.has_policy_key = true;
	atexit(bundle_end); /* runs before what OpenSSL has put there */
	return 0;
}

static void bundle_told(struct caller *caller, int status, json_t *body)
{
	FUZZ_HOLDS(status == 200);
	bundle_answers++;
	json_decref(body);
	free(caller);
}

static void bundle_refused(struct caller *caller, enum problem problem,
			   json_t *extra)
{
	FUZZ_HOLDS(problem < PROBLEMS);
	bundle_answers++;
	json_decref(extra);
	free(caller);
}

static void bundle_sign(json_t *bundle)
{
	uint8_t hash[HASH_SIZE], signature[KEYS_SIGNATURE_SIZE], public[32];
	char hex[2 * KEYS_SIGNATURE_SIZE + 1], id[KEYS_ID_SIZE], *line;

	keys_public_of(bundle_office, public);
	keys_public_id(public, id);
	json_put_text(bundle, "key", id);
	json_object_del(bundle, "signature");
	line = json_line(bundle);
	hash_sha256(line, strlen(line), hash);
	free(line);
	keys_sign_by(bundle_office, hash, signature);
	hash_to_hex(signature, sizeof(signature), hex);
	json_put_text(bundle, "signature", hex);
}

static char *bundle_text(const uint8_t *data, size_t size)
{
	json_t *bundle =
		size && data[0] & 1 ? json_parse(data + 1, size - 1) : NULL;
	char *text;

	if (json_is_object(bundle)) {
		bundle_sign(bundle);
		text = json_line(bundle);
	} else {
		text = alloc_zero(size + 1, 1);
		memcpy(text, data, size);
	}
	json_decref(bundle);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct caller *caller = ALLOC_NEW(struct caller);
	char *text = bundle_text(data, size);

	bundle_answers = 0;
	*caller = (struct caller){ .answer = bundle_told,
				   .answer_problem = bundle_refused,
				   .wait = -1 };
	core_apply_bundle(rig.core, caller, text, strlen(text));
	rig_run();
	FUZZ_HOLDS(bundle_answers == 1);
	FUZZ_HOLDS(rig.core->policy);
	return 0;
}
