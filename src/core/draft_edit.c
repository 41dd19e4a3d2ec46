/* SPDX-License-Identifier: Apache-2.0 */
#include "core/draft_edit.h"

#include "core/core_private.h"
#include "policy/describe.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <stdlib.h>
#include <string.h>

#define DRAFT_GONE "former-" /* begins what is left of an erased login */

json_t *draft_document(const struct draft *draft)
{
	return policy_describe(draft->before, POLICY_AS_SHOWN);
}

static bool draft_is(const json_t *item, const char *field, const char *value)
{
	const char *text = json_text(item, field);

	return text && value && !strcmp(text, value);
}

static void draft_set_place(struct draft *draft, const char *list, size_t at)
{
	free(draft->place);
	draft->place = alloc_format("%s[%zu]", list, at);
}

/* Its place in the list; the list's length if it is not there. */
static size_t draft_place_of(const json_t *list, const char *field,
			     const char *value)
{
	size_t at = 0, count = json_array_size(list);

	while (at < count && !draft_is(json_array_get(list, at), field, value))
		at++;
	return at;
}

json_t *draft_find(struct draft *draft, json_t *document, const char *list,
		   const char *field, const char *value)
{
	json_t *items = json_object_get(document, list);
	size_t at = draft_place_of(items, field, value);

	draft_set_place(draft, list, at);
	return json_array_get(items, at);
}

void draft_append(struct draft *draft, json_t *item, const char *list,
		  json_t *value)
{
	json_t *values = json_object_get(item, list);
	char *place = alloc_format("%s.%s[%zu]", draft->place, list,
				   json_array_size(values));

	free(draft->place);
	draft->place = place;
	json_array_append_new(values, value);
}

static const char *draft_param(const struct draft *draft, const char *name)
{
	return json_text(draft->input.params, name);
}

json_t *draft_give_up(struct draft *draft, json_t *document)
{
	static const char *const names[][2] = { { "login", "operator" },
						{ "group", "group" },
						{ "till", "till" } };
	json_t *extra = NULL;

	for (size_t i = 0; !extra && i < sizeof(names) / sizeof(names[0]); i++)
		if (draft_param(draft, names[i][0]))
			extra = core_missing(names[i][1],
					     draft_param(draft, names[i][0]));
	if (!extra) /* not named: it may be a badge's number */
		extra = json_put_text(json_make(), "detail",
				      "There is no badge of that handle here.");
	json_decref(document);
	return draft_refuse(draft, PROBLEM_NOT_FOUND, extra);
}

/* Jansson's own words would quote the document, and what is secret in it. */
json_t *draft_parse_text(const char *text, size_t len, json_t **out_extra)
{
	json_error_t error;
	json_t *value = json_loadb(
		text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	CLEANUP_FREE char *detail = NULL;

	if (value)
		return value;
	detail =
		alloc_format("%s in line %d.",
			     json_error_code(&error) == json_error_duplicate_key
				     ? "A name is given twice"
				     : "This is not valid JSON",
			     error.line);
	*out_extra = json_put_text(json_make(), "detail", detail);
	return NULL;
}

json_t *draft_parse(struct draft *draft)
{
	json_t *extra;
	json_t *value = draft_parse_text(draft->input.text,
					 draft->input.text_len, &extra);

	return value ? value : draft_refuse(draft, PROBLEM_BAD_JSON, extra);
}

/* One of its parts; NULL, and refused, if it is none. */
static json_t *draft_parse_part(struct draft *draft)
{
	json_t *part = draft_parse(draft);

	if (!part || json_is_object(part))
		return part;
	json_wipe(part);
	return draft_refuse_field(draft, NULL, "It has to be an object.");
}

/* --- what has a name of its own: tills, groups, operators --- */

/* What was sent stands where one of that name stood, or at the end. */
static json_t *draft_put(struct draft *draft, const char *list,
			 const char *field, const char *name)
{
	json_t *item = draft_parse_part(draft), *document, *items;
	const json_t *old;
	size_t at;

	if (!item)
		return NULL;
	document = draft_document(draft);
	items = json_object_get(document, list);
	old = draft_find(draft, document, list, field, name);
	at = draft_place_of(items, field, name);
	json_object_del(item, "id");
	json_put_text(item, "id",
		      strcmp(field, "id") ? json_text(old, "id") : name);
	if (!json_object_get(item, field))
		json_put_text(item, field, name);
	if (old)
		json_array_set_new(items, at, item);
	else
		json_array_append_new(items, item);
	return document;
}

/* NULL, and refused, if it was not there. */
static json_t *draft_remove(struct draft *draft, const char *list,
			    const char *field, const char *name)
{
	json_t *document = draft_document(draft);
	json_t *items = json_object_get(document, list);

	if (!draft_find(draft, document, list, field, name))
		return draft_give_up(draft, document);
	json_array_remove(items, draft_place_of(items, field, name));
	return document;
}

/* Takes a name out of a list of names, wherever items of the document have
 * such a list. */
static void draft_detach(json_t *document, const char *list, const char *field,
			 const char *name)
{
	json_t *item;
	size_t i;

	json_array_foreach (json_object_get(document, list), i, item) {
		json_t *names = json_object_get(item, field);

		for (size_t at = json_array_size(names); at-- > 0;)
			if (!strcmp(json_string_value(json_array_get(names, at)),
				    name))
				json_array_remove(names, at);
	}
}

json_t *draft_put_group(struct draft *draft)
{
	return draft_put(draft, "groups", "id", draft_param(draft, "group"));
}

json_t *draft_remove_group(struct draft *draft)
{
	const char *name = draft_param(draft, "group");
	json_t *document = draft_remove(draft, "groups", "id", name);

	if (document)
		draft_detach(document, "operators", "groups", name);
	return document;
}

json_t *draft_put_till(struct draft *draft)
{
	return draft_put(draft, "tills", "id", draft_param(draft, "till"));
}

json_t *draft_remove_till(struct draft *draft)
{
	const char *name = draft_param(draft, "till");
	json_t *document = draft_remove(draft, "tills", "id", name);

	if (!document)
		return NULL;
	draft_detach(document, "groups", "tills", name);
	draft_detach(document, "operators", "view_tills", name);
	draft_detach(document, "operators", "access_tills", name);
	return document;
}

json_t *draft_put_operator(struct draft *draft)
{
	return draft_put(draft, "operators", "login",
			 draft_param(draft, "login"));
}

json_t *draft_remove_operator(struct draft *draft)
{
	return draft_remove(draft, "operators", "login",
			    draft_param(draft, "login"));
}

/* --- an operator's secrets, and what is left of one --- */

/* Sets one field of theirs; value is stolen. */
static json_t *draft_set(struct draft *draft, const char *field, json_t *value)
{
	json_t *document = draft_document(draft);
	json_t *item = draft_find(draft, document, "operators", "login",
				  draft_param(draft, "login"));

	if (item) {
		json_put(item, field, value);
		return document;
	}
	json_wipe(value);
	return draft_give_up(draft, document);
}

static json_t *draft_secret(const struct draft *draft, const char *field)
{
	const json_t *body = json_object_get(draft->input.params, "body");
	const char *secret = json_text(body, field);

	return secret ? json_string(secret) : json_null();
}

json_t *draft_set_password(struct draft *draft)
{
	return draft_set(draft, "password", draft_secret(draft, "password"));
}

json_t *draft_set_pin(struct draft *draft)
{
	return draft_set(draft, "pin", draft_secret(draft, "pin"));
}

/* Whoever finds the id in the journal finds this, and nobody. */
json_t *draft_erase_operator(struct draft *draft)
{
	json_t *document = draft_document(draft);
	json_t *item = draft_find(draft, document, "operators", "login",
				  draft_param(draft, "login"));
	const char *id = json_text(item, "id");
	char *login;

	if (!id)
		return draft_give_up(draft, document);
	login = alloc_format(DRAFT_GONE "%.8s", id);
	json_put(item, "groups", json_array());
	json_put(item, "badges", json_array());
	json_put(item, "password", json_null());
	json_put(item, "pin", json_null());
	json_put_bool(item, "active", false);
	json_object_del(item, "role");
	json_put_text(item, "login", login);
	json_put_text(item, "name", login);
	free(login);
	return document;
}

/* --- badges --- */

/* The badge of that handle, and the list that it is in; NULL: none. */
static json_t *draft_find_badge(struct draft *draft, json_t *document,
				json_t **out_list, size_t *out_at)
{
	const char *handle = draft_param(draft, "handle");
	json_t *item;
	size_t i;

	json_array_foreach (json_object_get(document, "operators"), i, item) {
		json_t *list = json_object_get(item, "badges");
		size_t at = draft_place_of(list, "handle", handle);

		if (at == json_array_size(list))
			continue;
		free(draft->place);
		draft->place =
			alloc_format("operators[%zu].badges[%zu]", i, at);
		*out_list = list;
		*out_at = at;
		return json_array_get(list, at);
	}
	return NULL;
}

json_t *draft_put_badge(struct draft *draft)
{
	json_t *body = draft_parse_part(draft), *document, *list, *badge;
	size_t at;

	if (!body)
		return NULL;
	document = draft_document(draft);
	badge = draft_find_badge(draft, document, &list, &at);
	if (badge) {
		json_object_del(body, "handle");
		json_object_update(badge, body);
	}
	json_decref(body);
	return badge ? document : draft_give_up(draft, document);
}

json_t *draft_remove_badge(struct draft *draft)
{
	json_t *document = draft_document(draft), *list;
	size_t at;

	if (!draft_find_badge(draft, document, &list, &at))
		return draft_give_up(draft, document);
	json_array_remove(list, at);
	return document;
}
