/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bundle.h"

#include "core/core_private.h"
#include "core/draft_edit.h"
#include "core/record.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/log.h"
#include "util/secret.h"
#include "util/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BUNDLE_FORM 1

struct bundle {
	struct draft draft; /* is first */
	struct caller *caller;
	char *text;
	int64_t version;
};

static void bundle_free(struct bundle *bundle)
{
	secret_wipe(bundle->text, bundle->draft.input.text_len);
	free(bundle->text);
	draft_clear(&bundle->draft);
	free(bundle);
}

/* --- on the worker: is it to be trusted? --- */

static void bundle_distrust(struct draft *draft, const char *detail)
{
	draft_refuse(draft, PROBLEM_BUNDLE_NOT_TRUSTED,
		     json_put_text(json_make(), "detail", detail));
}

static const char *const bundle_fields[] = { "tilld-policy", "version",
					     "box",	     "policy",
					     "key",	     "signature" };

/* Whether all of it is there, and nothing else. */
static bool bundle_is_formed(const json_t *whole)
{
	size_t known = 0;

	for (size_t i = 0; i < sizeof(bundle_fields) / sizeof(char *); i++)
		known += json_object_get(whole, bundle_fields[i]) != NULL;
	return known == json_object_size(whole) &&
	       json_int(whole, "tilld-policy", 0) == BUNDLE_FORM &&
	       json_int(whole, "version", 0) > 0 && json_text(whole, "key") &&
	       json_text(whole, "signature") &&
	       json_is_object(json_object_get(whole, "policy")) &&
	       (!json_object_get(whole, "box") || json_text(whole, "box"));
}

/* What is left of it once the signature was taken out is what was signed. */
static bool bundle_is_signed(const struct core *core, json_t *whole)
{
	uint8_t signature[KEYS_SIGNATURE_SIZE], hash[HASH_SIZE];
	bool decoded = hash_from_hex(json_text(whole, "signature"),
				     sizeof(signature), signature);
	char *line;

	json_object_del(whole, "signature");
	line = json_line(whole);
	hash_sha256(line, strlen(line), hash);
	secret_free(line);
	return decoded && keys_verify(core->config.policy_key, hash, signature);
}

static bool bundle_is_ours(const struct core *core, const json_t *whole)
{
	const char *box = json_text(whole, "box");

	return !box || !strcmp(box, core->config.box);
}

static bool bundle_is_key(const struct core *core, const json_t *whole)
{
	char id[KEYS_ID_SIZE];

	keys_public_id(core->config.policy_key, id);
	return !strcmp(json_text(whole, "key"), id);
}

/* NULL if it is. */
static const char *bundle_fault(const struct core *core, json_t *whole)
{
	if (!core->config.has_policy_key)
		return "There is no policy-key in tilld.conf, so none is "
		       "trusted.";
	if (!json_is_object(whole) || !bundle_is_formed(whole))
		return "It is not a policy bundle.";
	if (!bundle_is_key(core, whole))
		return "It was signed by another key than the policy-key of "
		       "tilld.conf.";
	if (!bundle_is_signed(core, whole))
		return "Its signature is wrong: it was changed on its way, or "
		       "is damaged.";
	if (!bundle_is_ours(core, whole))
		return "It is for another box.";
	return NULL;
}

static json_t *bundle_edit(struct draft *draft)
{
	struct bundle *bundle = (struct bundle *)draft;
	json_t *whole = draft_parse(draft), *policy = NULL;
	const char *fault;

	if (!whole)
		return NULL;
	fault = bundle_fault(draft->core, whole);
	if (fault) {
		bundle_distrust(draft, fault);
	} else {
		bundle->version = json_int(whole, "version", 0);
		policy = json_incref(json_object_get(whole, "policy"));
		json_object_del(whole, "policy");
	}
	json_wipe(whole);
	return policy;
}

/* --- in the loop --- */

static void bundle_answer(struct bundle *bundle)
{
	json_t *body = draft_describe(&bundle->draft);

	json_put_int(body, "bundle", bundle->version);
	caller_answer(bundle->caller, 200, body);
}

static void bundle_written(void *arg, int error)
{
	struct bundle *bundle = arg;

	draft_recorded(&bundle->draft, error, NULL);
	if (error == STORE_E_EXISTS) {
		caller_refuse(bundle->caller, PROBLEM_BUNDLE_OUTDATED, NULL);
	} else if (error) {
		core_refuse_disk(bundle->caller, error);
	} else {
		log_info("policy bundle %" PRId64 " applied by uid %u",
			 bundle->version, (unsigned int)bundle->draft.uid);
		bundle_answer(bundle);
	}
	bundle_free(bundle);
}

static void bundle_record(struct bundle *bundle)
{
	struct draft *draft = &bundle->draft;
	char id[KEYS_ID_SIZE];
	struct record *record;
	json_t *entry =
		record_note(draft->core, &record, "policy.bundle", NULL);

	keys_public_id(draft->core->config.policy_key, id);
	json_put_int(entry, "uid", draft->uid);
	json_put_int(entry, "bundle", bundle->version);
	json_put_text(entry, "key", id);
	txn_bundle_applied(record->txn, bundle->version);
	draft_record(draft, record, entry);
	record_commit(record, bundle_written, bundle);
}

static void bundle_drafted(struct draft *draft)
{
	struct bundle *bundle = (struct bundle *)draft;
	enum problem why = draft->why;
	json_t *extra = draft->extra;

	draft->extra = NULL;
	if (why == PROBLEMS)
		why = draft_problem(draft, &extra);
	if (why == PROBLEMS) {
		bundle_record(bundle);
		return;
	}
	caller_refuse(bundle->caller, why, extra);
	bundle_free(bundle);
}

void core_apply_bundle(struct core *core, struct caller *caller, char *text,
		       size_t len)
{
	struct bundle *bundle = ALLOC_NEW(struct bundle);
	enum problem why;

	bundle->caller = caller;
	bundle->text = text;
	bundle->draft = (struct draft){
		.core = core,
		.uid = caller->peer.uid,
		.input = { .text = text, .text_len = len },
		.edit = bundle_edit,
		.done = bundle_drafted,
	};
	if (!core_is_open(core, caller, true)) {
		bundle_free(bundle);
		return;
	}
	why = core_is_technician(core, &caller->peer)
		      ? draft_begin(&bundle->draft)
		      : PROBLEM_TECHNICIANS_ONLY;
	if (why == PROBLEMS)
		return;
	caller_refuse(caller, why,
		      why == PROBLEM_TOO_MANY_REQUESTS
			      ? json_put_int(json_make(), "retry_after", 1)
			      : NULL);
	bundle_free(bundle);
}
