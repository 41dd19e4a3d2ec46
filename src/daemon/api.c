/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/api.h"

#include "core/action.h"
#include "core/problem.h"
#include "device/reason.h"
#include "http/route.h"
#include "policy/asks.h"
#include "util/json.h"

static json_t *api_describe_problems(void)
{
	json_t *list = json_array();

	for (enum problem problem = 0; problem < PROBLEMS; problem++) {
		const char *advice = problem_advice(problem);
		json_t *row = json_make();

		json_put_text(row, "code", problem_name(problem));
		json_put_int(row, "status", problem_status(problem));
		json_put_text(row, "title", problem_sentence(problem));
		json_put_text(row, "advice", *advice ? advice : NULL);
		json_array_append_new(list, row);
	}
	return list;
}

static json_t *api_describe_reasons(void)
{
	json_t *list = json_array();

	for (enum reason reason = 0; reason < REASONS; reason++) {
		json_t *row = json_put_text(json_make(), "reason",
					    reason_name(reason));

		json_put_text(row, "sentence", reason_sentence(reason));
		json_put_text(row, "advice", reason_advice(reason));
		json_array_append_new(list, row);
	}
	return list;
}

static json_t *api_describe_meaning(const char *id, const char *meaning)
{
	return json_put_text(json_put_text(json_make(), "id", id), "meaning",
			     meaning);
}

static json_t *api_describe_permissions(void)
{
	json_t *list = json_array();

	for (enum permission permission = 0; permission < PERMISSIONS;
	     permission++) {
		unsigned int which = rights_of_permission(permission);

		json_array_append_new(
			list, api_describe_meaning(rights_name(which),
						   rights_meaning(which)));
	}
	return list;
}

static json_t *api_describe_objects(void)
{
	json_t *list = json_array();

	for (enum object object = 0; object < OBJECTS; object++)
		json_array_append_new(
			list,
			api_describe_meaning(rights_object_name(object),
					     rights_object_meaning(object)));
	return list;
}

static json_t *api_describe_rights(void)
{
	json_t *list = json_array();

	for (enum right right = 0; right < RIGHTS; right++)
		json_array_append_new(list,
				      json_string(rights_right_name(right)));
	return list;
}

/* A list that ASKS_END ends, by name. */
static json_t *api_describe_list(const unsigned int *which)
{
	json_t *list = json_array();

	for (; *which != ASKS_END; which++)
		json_array_append_new(list, json_string(rights_name(*which)));
	return list;
}

static json_t *api_describe_asks(void)
{
	json_t *list = json_array();
	const struct ask_row *row;

	for (size_t i = 0; (row = asks_at(i)); i++) {
		json_t *ask = json_put_text(json_make(), "name", row->name);

		json_put_text(ask, "asks", row->asks);
		json_put(ask, "all", api_describe_list(row->all));
		json_put(ask, "any", api_describe_list(row->any));
		json_array_append_new(list, ask);
	}
	return list;
}

static json_t *api_describe_actions(void)
{
	json_t *list = json_array();

	for (enum action action = 0; action < ACTIONS; action++) {
		const struct action_row *row = action_row(action);
		json_t *shown = json_put_text(json_make(), "name", row->name);

		json_put_text(shown, "asks", row->asks);
		json_array_append_new(list, shown);
	}
	return list;
}

json_t *api_describe(void)
{
	json_t *api = json_make();

	json_put(api, "routes", route_describe(routes));
	json_put(api, "problems", api_describe_problems());
	json_put(api, "reasons", api_describe_reasons());
	json_put(api, "permissions", api_describe_permissions());
	json_put(api, "objects", api_describe_objects());
	json_put(api, "rights", api_describe_rights());
	json_put(api, "asks", api_describe_asks());
	json_put(api, "actions", api_describe_actions());
	return api;
}
