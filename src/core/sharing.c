/* SPDX-License-Identifier: Apache-2.0 */
#include "core/sharing.h"

#include "core/book.h"
#include "core/core_private.h"
#include "core/operation.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <stdlib.h>
#include <string.h>

/* One that is being opened counts: it may be on disk already. */
static bool sharing_is_used(const struct book *book)
{
	return book_has_session(book) || (book->writing && book->entrusting);
}

/* Goes on from "Close": the tills, by their names. New. */
static char *sharing_name(char *names, const struct policy_till *till)
{
	char *longer =
		names ? alloc_format("%s and the one at %s", names, till->name)
		      : alloc_format("the session at %s", till->name);

	free(names);
	return longer;
}

/* What may not be viewed has no name, but stands in the way. */
static json_t *sharing_extra(json_t *tills, const char *names)
{
	CLEANUP_FREE char *detail =
		names ? alloc_format("Close %s first.", names)
		      : alloc_text("It is at a till that you may not see.");

	return json_put_text(json_put(json_make(), "tills", tills), "detail",
			     detail);
}

enum problem sharing_problem(struct core *core, const struct action_by *by,
			     enum device_class class, json_t **out_extra)
{
	const struct fixture *fixture = core_fixture(core, by->till->id, class);
	CLEANUP_FREE char *names = NULL;
	json_t *tills = json_array();
	bool used = false;

	for (size_t i = 0; i < fixture->tills_count; i++) {
		const char *id = fixture->tills[i];
		const struct policy_till *till = policy_till(core->policy, id);

		if (!strcmp(id, by->till->id) ||
		    !sharing_is_used(book_of(core, id)))
			continue;
		used = true;
		if (!till || !policy_may_view(core->policy, by->who, till))
			continue;
		json_array_append_new(tills, json_string(id));
		names = sharing_name(names, till);
	}
	if (!used) {
		json_decref(tills);
		return PROBLEMS;
	}
	*out_extra = sharing_extra(tills, names);
	return PROBLEM_SESSIONS_OPEN;
}

enum problem sharing_open_problem(struct core *core, const char *till,
				  json_t **out_extra)
{
	const struct fixture *fixture =
		core_fixture(core, till, DEVICE_PRINTER);

	if (!fixture || !operation_is_of_group(core, fixture->device, till))
		return PROBLEMS;
	*out_extra = json_put_text(json_make(), "device",
				   device_name(fixture->device));
	return PROBLEM_PRINTER_CLOSING;
}
