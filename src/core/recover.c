/* SPDX-License-Identifier: Apache-2.0 */
#include "core/recover.h"

#include "core/core_private.h"
#include "core/draft_edit.h"
#include "core/record.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define RECOVER_GROUP_SIZE 32

struct recovery {
	struct draft draft; /* is first */
	struct caller *caller;
	json_t *params;
	char group[RECOVER_GROUP_SIZE]; /* new: "recovery-12" */
};

static void recover_free(struct recovery *recovery)
{
	draft_clear(&recovery->draft);
	json_wipe(recovery->params);
	free(recovery);
}

/* --- on the worker --- */

static json_t *recover_permissions(void)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < PERMISSIONS; i++)
		json_array_append_new(list, json_string(rights_name(i)));
	return list;
}

static json_t *recover_rights(void)
{
	json_t *rights = json_make();

	for (enum object object = 0; object < OBJECTS; object++) {
		json_t *list = json_array();

		for (enum right right = 0; right < RIGHTS; right++)
			json_array_append_new(
				list, json_string(rights_right_name(right)));
		json_put(rights, rights_object_name(object), list);
	}
	return rights;
}

/* Without a till nobody could sign on: made as at the first set-up. */
static void recover_till(const struct draft *draft, json_t *tills)
{
	if (!json_array_size(tills))
		json_array_append_new(
			tills,
			json_pack("{s:s, s:s, s:{s:[I]}}", "id", "1", "name",
				  "Till 1", "clients", "groups",
				  (json_int_t)draft->core->config.clients));
}

static json_t *recover_group(const char *id, const json_t *tills)
{
	json_t *group = json_put_text(json_make(), "id", id);
	json_t *attached = json_array();
	const json_t *till;
	size_t i;

	json_array_foreach (tills, i, till)
		json_array_append(attached, json_object_get(till, "id"));
	json_array_append_new(attached, json_string(POLICY_BOX));
	json_put_text(group, "name", "Recovery");
	json_put(group, "tills", attached);
	json_put(group, "permissions", recover_permissions());
	return json_put(group, "rights", recover_rights());
}

/* Whoever it is keeps what they had, as far as there is room. */
static void recover_person(const struct recovery *recovery, json_t *person)
{
	json_t *groups = json_object_get(person, "groups");

	if (!groups || json_array_size(groups) >= POLICY_MEMBER_MAX) {
		groups = json_array();
		json_put(person, "groups", groups);
	}
	json_array_append_new(groups, json_string(recovery->group));
	json_put_text(person, "role", policy_role_names[ROLE_MANAGER]);
	json_put_bool(person, "active", true);
	json_put_text(person, "password",
		      json_text(recovery->params, "password"));
}

static json_t *recover_edit(struct draft *draft)
{
	struct recovery *recovery = (struct recovery *)draft;
	json_t *document = draft_document(draft);
	const char *login = json_text(draft->input.params, "login");
	const char *name = json_text(draft->input.params, "name");
	json_t *tills = json_object_get(document, "tills");
	json_t *person =
		draft_find(draft, document, "operators", "login", login);

	if (!person) {
		person = json_put_text(json_make(), "login", login);
		json_array_append_new(json_object_get(document, "operators"),
				      person);
	}
	json_put_text(person, "name", name);
	snprintf(recovery->group, sizeof(recovery->group), "recovery-%" PRId64,
		 policy_version(draft->before) + 1);
	recover_till(draft, tills);
	json_array_append_new(json_object_get(document, "groups"),
			      recover_group(recovery->group, tills));
	recover_person(recovery, person);
	return document;
}

/* --- in the loop --- */

static const struct policy_operator *
recover_who(const struct recovery *recovery)
{
	return policy_login(recovery->draft.after,
			    json_text(recovery->params, "login"));
}

static void recover_written(void *arg, int error)
{
	struct recovery *recovery = arg;
	struct draft *draft = &recovery->draft;
	json_t *body;

	draft_recorded(draft, error, NULL);
	if (error) {
		core_refuse_disk(recovery->caller, error);
		recover_free(recovery);
		return;
	}
	log_warning("uid %u has recovered the administration of this box: "
		    "operator %s has everything, by the group %s",
		    (unsigned int)draft->uid, recover_who(recovery)->id,
		    recovery->group);
	body = json_put_int(json_make(), "policy_version",
			    policy_version(draft->after));
	json_put_text(body, "operator", recover_who(recovery)->id);
	json_put_text(body, "group", recovery->group);
	caller_answer(recovery->caller, 201, body);
	recover_free(recovery);
}

static void recover_record(struct recovery *recovery)
{
	struct record *record;
	json_t *entry =
		record_note(recovery->draft.core, &record, "recovered", NULL);

	json_put_int(entry, "uid", recovery->draft.uid);
	json_put_text(entry, "operator", recover_who(recovery)->id);
	json_put_text(entry, "group", recovery->group);
	draft_record(&recovery->draft, record, entry);
	record_commit(record, recover_written, recovery);
}

static void recover_drafted(struct draft *draft)
{
	struct recovery *recovery = (struct recovery *)draft;
	json_t *extra = draft->extra;

	draft->extra = NULL;
	if (draft->why == PROBLEMS) {
		recover_record(recovery);
		return;
	}
	caller_refuse(recovery->caller, draft->why, extra);
	recover_free(recovery);
}

void core_recover(struct core *core, struct caller *caller, const json_t *body)
{
	struct recovery *recovery;
	enum problem why;

	if (!core_is_open(core, caller, false))
		return;
	if (!core_is_owner(core, &caller->peer)) {
		caller_refuse(caller, PROBLEM_NOT_ALLOWED_UID, NULL);
		return;
	}
	recovery = ALLOC_NEW(struct recovery);
	recovery->caller = caller;
	recovery->params = json_deep_copy(body);
	recovery->draft = (struct draft){
		.core = core,
		.uid = caller->peer.uid,
		.input = { .params = recovery->params },
		.edit = recover_edit,
		.done = recover_drafted,
	};
	why = draft_begin(&recovery->draft);
	if (why == PROBLEMS)
		return;
	caller_refuse(caller, why, json_put_int(json_make(), "retry_after", 1));
	recover_free(recovery);
}
