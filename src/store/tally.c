/* SPDX-License-Identifier: Apache-2.0 */
#include "store/tally.h"

#include "store/store_private.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* So many entries (of all tills) in one read, which takes some milliseconds. */
#define TALLY_WINDOW 2048

static const char *const tally_names[TALLIES] = {
	[TALLY_DRAWER_BY_HAND] = "drawer_by_hand",
	[TALLY_DRAWER_FOR_EVENT] = "drawer_for_event",
	[TALLY_DRAWER_WITHOUT_SALE] = "drawer_without_sale",
	[TALLY_DRAWER_UNSOLICITED] = "drawer_unsolicited",
	[TALLY_REFUSALS] = "refusals",
	[TALLY_AUTHORIZATIONS] = "authorizations",
	[TALLY_CARD_CANCELLED] = "card_cancelled",
	[TALLY_SETTLED] = "settled",
};

const char *tally_name(enum tally tally)
{
	return tally_names[tally];
}

json_t *tally_to_json(const int64_t counts[TALLIES])
{
	json_t *json = json_make();

	for (enum tally tally = 0; tally < TALLIES; tally++)
		json_put_int(json, tally_name(tally), counts[tally]);
	return json;
}

/* --- what an entry means --- */

enum tally_meaning {
	TALLY_MEANS_NOTHING_MORE,
	TALLY_MEANS_OPENED, /* the drawer */
	TALLY_MEANS_OPENED_FOR_EVENT,
	TALLY_MEANS_CONSENTED, /* asked for and given before the first entry */
	TALLY_MEANS_SOLD,
};

/*
 * An entry is the first row's that it fits. Whatever else comes to be counted,
 * or to be a sale, is another row.
 */
static const struct tally_rule {
	const char *kind;
	const char *action; /* NULL: any */
	const char *with;   /* only one with such a field; NULL: any */
	enum tally counts;  /* TALLIES: none */
	enum tally_meaning means;
} tally_rules[] = {
	{ "outcome", "drawer.open", "event", TALLY_DRAWER_FOR_EVENT,
	  TALLY_MEANS_OPENED_FOR_EVENT },
	{ "outcome", "drawer.open", NULL, TALLY_DRAWER_BY_HAND,
	  TALLY_MEANS_OPENED },
	{ "outcome", "payment", NULL, TALLIES, TALLY_MEANS_SOLD },
	{ "outcome", "receipt", NULL, TALLIES, TALLY_MEANS_SOLD },
	{ "outcome", "invoice", NULL, TALLIES, TALLY_MEANS_SOLD },
	{ "outcome", "payment.cancel", NULL, TALLY_CARD_CANCELLED,
	  TALLY_MEANS_NOTHING_MORE },
	{ "drawer.unsolicited", NULL, NULL, TALLY_DRAWER_UNSOLICITED,
	  TALLY_MEANS_OPENED },
	{ "session.open", NULL, "authorization", TALLY_AUTHORIZATIONS,
	  TALLY_MEANS_CONSENTED },
	{ "settled", NULL, NULL, TALLY_SETTLED, TALLY_MEANS_NOTHING_MORE },
	{ "refused", NULL, NULL, TALLY_REFUSALS, TALLY_MEANS_NOTHING_MORE },
	{ "authorization.approved", NULL, NULL, TALLY_AUTHORIZATIONS,
	  TALLY_MEANS_NOTHING_MORE },
};

#define TALLY_RULES (sizeof(tally_rules) / sizeof(tally_rules[0]))

static bool tally_is(const json_t *entry, const char *key, const char *text)
{
	const char *is = json_text(entry, key);

	return is && !strcmp(is, text);
}

/* It happened, or may have; entries that are no outcomes tell what did. */
static bool tally_happened(const json_t *entry)
{
	const char *name = json_text(entry, "outcome");
	enum outcome outcome;

	if (!tally_is(entry, "kind", "outcome"))
		return true;
	return name && outcome_from_name(name, &outcome) &&
	       outcome != OUTCOME_REFUSED && outcome != OUTCOME_FAILED;
}

static const struct tally_rule *tally_find_rule(const json_t *entry)
{
	for (size_t i = 0; i < TALLY_RULES; i++) {
		const struct tally_rule *rule = &tally_rules[i];

		if (tally_is(entry, "kind", rule->kind) &&
		    (!rule->action ||
		     tally_is(entry, "action", rule->action)) &&
		    (!rule->with || json_text(entry, rule->with)))
			return rule;
	}
	return NULL;
}

/* --- counting --- */

struct tallying {
	struct work work;
	struct store *store;
	char till[POLICY_ID_MAX + 1];
	int64_t at; /* the next to be read */
	int64_t last;
	bool sold; /* since the drawer was opened last */
	int64_t counts[TALLIES];
	int error;
	tally_done done;
	void *arg;
};

static void tally_count(struct tallying *tallying, const json_t *entry)
{
	const struct tally_rule *rule = tally_find_rule(entry);

	if (!rule || !tally_happened(entry))
		return;
	if (rule->counts != TALLIES)
		tallying->counts[rule->counts]++;
	switch (rule->means) {
	case TALLY_MEANS_NOTHING_MORE:
		break;
	case TALLY_MEANS_CONSENTED:
		tallying->counts[TALLY_REFUSALS]++;
		break;
	case TALLY_MEANS_SOLD:
		tallying->sold = true;
		break;
	case TALLY_MEANS_OPENED:
		if (!tallying->sold)
			tallying->counts[TALLY_DRAWER_WITHOUT_SALE]++;
		tallying->sold = false;
		break;
	case TALLY_MEANS_OPENED_FOR_EVENT:
		tallying->sold = false;
		break;
	}
}

static int tally_read(struct tallying *tallying, int64_t to)
{
	QUERY query = query_make(&tallying->store->reader,
				 "SELECT line FROM journal WHERE till = ? "
				 "AND seq BETWEEN ? AND ? ORDER BY seq");

	query_text(&query, tallying->till);
	query_int(&query, tallying->at);
	query_int(&query, to);
	while (query_next(&query)) {
		const char *line = query_get_text(&query, 0);
		CLEANUP_JSON json_t *entry = json_parse(line, strlen(line));

		if (!entry)
			return STORE_E_CORRUPT;
		tally_count(tallying, entry);
	}
	return query.error;
}

static void tally_run(struct work *work)
{
	struct tallying *tallying = (struct tallying *)work;
	int64_t to = tallying->last;

	if (tallying->error)
		return;
	if (to - tallying->at >= TALLY_WINDOW)
		to = tallying->at + TALLY_WINDOW - 1;
	tallying->error = tally_read(tallying, to);
	tallying->at = to + 1;
}

/* What was archived can't be counted here any more, nor be left out. */
static void tally_check(struct tallying *tallying)
{
	if (tallying->at <= tallying->store->view.head.archived)
		tallying->error = STORE_E_ARCHIVED;
}

static void tally_finish(struct work *work)
{
	struct tallying *tallying = (struct tallying *)work;
	bool complete = tallying->at > tallying->last;

	if (!tallying->error && !complete) {
		if (!tallying->store->closing) {
			tally_check(tallying);
			store_submit_read(tallying->store, work);
			return;
		}
		tallying->error = -ECANCELED;
	}
	tallying->done(tallying->arg, tallying->error,
		       tallying->error ? NULL : tallying->counts,
		       tallying->last);
	free(tallying);
}

void store_tally(struct store *store, const char *till, int64_t first,
		 int64_t last, tally_done done, void *arg)
{
	struct tallying *tallying = ALLOC_NEW(struct tallying);
	int64_t head = store->view.head.seq;

	*tallying = (struct tallying){
		.work = { .run = tally_run, .done = tally_finish },
		.store = store,
		.at = first < 1 ? 1 : first,
		.last = last <= 0 || last > head ? head : last,
		.done = done,
		.arg = arg,
	};
	text_copy(tallying->till, sizeof(tallying->till), till);
	tally_check(tallying);
	store_submit_read(store, &tallying->work);
}
