/* SPDX-License-Identifier: Apache-2.0 */
/* All sign-ons, for those who administer the box; for others, their own. */
#include "core/signon_private.h"

#include "util/json.h"

#include <string.h>

/* Who looks at them; who is NULL for the owner who is not signed on. */
struct signon_view {
	const struct policy_operator *who;
	const struct signon *own;
	bool all;
};

static bool signon_sees_all(struct core *core, const struct signon *own,
			    const struct policy_operator *who)
{
	struct demand required = { 0 }, missing;

	demand_add(&required, rights_of_permission(PERMISSION_CONFIG_ACCESS));
	return signon_decide(core, own, who, NULL, &required, &missing);
}

static bool signon_look(struct core *core, struct caller *caller,
			struct signon_view *out_view)
{
	struct signon_view view = { 0 };

	if (!core_is_open(core, caller, false))
		return false;
	view.who = signon_operator(core, caller, NULL, &view.own);
	view.all = core_is_owner(core, &caller->peer) ||
		   (view.who && signon_sees_all(core, view.own, view.who));
	if (!view.who && !view.all) {
		signon_refuse(core, caller);
		return false;
	}
	*out_view = view;
	return true;
}

static bool signon_is_seen(struct core *core, const struct signon *signon,
			   const struct signon_view *view)
{
	return signon->state == SIGNON_ON && !signon_over(core, signon) &&
	       (view->all || !strcmp(signon->row.operator, view->who->id));
}

static json_t *signon_describe_row(struct core *core,
				   const struct signon *signon,
				   const struct signon_view *view)
{
	json_t *body = signon_describe(core, signon);
	char since[CLOCK_TEXT_SIZE];

	clock_format(signon->row.created_ms, since);
	json_put_text(body, "since", since);
	json_put_int(body, "uid", signon->row.uid);
	json_put_int(body, "idle_for", (core_now(core) - signon->used) / 1000);
	json_put_bool(body, "by_badge", *signon->row.badge);
	return json_put_bool(body, "current", signon == view->own);
}

void signon_list(struct core *core, struct caller *caller)
{
	struct signon_view view;
	struct signon *signon;
	json_t *list;

	if (!signon_look(core, caller, &view))
		return;
	list = json_array();
	LIST_FOREACH(signon, &core->signons->list, entry)
	if (signon_is_seen(core, signon, &view))
		json_array_append_new(list,
				      signon_describe_row(core, signon, &view));
	caller_answer(caller, 200, json_put(json_make(), "sign_ons", list));
}

void signon_revoke(struct core *core, struct caller *caller, const char *id)
{
	struct signon_view view;
	struct signon *signon;
	bool own;

	if (!signon_look(core, caller, &view))
		return;
	LIST_FOREACH(signon, &core->signons->list, entry)
	if (!strcmp(signon->row.id, id) && signon_is_seen(core, signon, &view))
		break;
	if (!signon) {
		core_refuse_missing(caller, "sign-on", id);
		return;
	}
	own = view.who && !strcmp(signon->row.operator, view.who->id);
	signon_begin_end(core, signon, own ? "by word" : "revoked",
			 own || !view.who ? NULL : view.who->id, caller);
}
