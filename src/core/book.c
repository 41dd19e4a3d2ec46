/* SPDX-License-Identifier: Apache-2.0 */
#include "core/book.h"

#include "core/action_private.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

LIST_HEAD(book_list, book);

struct books {
	struct book_list list;
	int held; /* all of them, by so many changes of the policy */
};

struct books *books_new(void)
{
	struct books *books = ALLOC_NEW(struct books);

	LIST_INIT(&books->list);
	return books;
}

/* Attempts that wait are answered by nobody else any more. */
static void book_free(struct book *book)
{
	struct attempt *attempt;

	while ((attempt = STAILQ_FIRST(&book->waiting))) {
		STAILQ_REMOVE_HEAD(&book->waiting, queued);
		action_refuse(attempt, PROBLEM_STOPPING, NULL);
	}
	LIST_REMOVE(book, entry);
	session_row_clear(&book->session);
	free(book);
}

struct books *books_free(struct books *books)
{
	while (books && !LIST_EMPTY(&books->list))
		book_free(LIST_FIRST(&books->list));
	free(books);
	return NULL;
}

static struct book *book_new(struct books *books, const char *till)
{
	struct book *book = ALLOC_NEW(struct book);

	text_copy(book->till, sizeof(book->till), till);
	STAILQ_INIT(&book->waiting);
	STAILQ_INIT(&book->turns);
	LIST_INSERT_HEAD(&books->list, book, entry);
	return book;
}

struct book *book_of(struct core *core, const char *till)
{
	struct book *book;

	LIST_FOREACH(book, &core->books->list, entry)
	if (!strcmp(book->till, till))
		return book;
	return book_new(core->books, till);
}

void books_load(void *arg, const struct book_row *row)
{
	struct book *book = book_of(arg, row->till);

	book->balance = row->balance;
	book->used = row->used;
	book->day = row->day;
	book->session = row->session;
	book->session.counters = NULL;
}

static const char *const book_probe_names[BOOK_PROBES] = {
	[BOOK_PROBE_OPENING] = "opening",
	[BOOK_PROBE_DAY] = "day",
	[BOOK_PROBE_LIMIT] = "limit",
};

void books_load_tried(void *arg, const struct tried_row *row)
{
	struct book *book = book_of(arg, row->till);

	for (enum book_probe probe = 0; probe < BOOK_PROBES; probe++) {
		if (strcmp(book_probe_names[probe], row->what) != 0)
			continue;
		book->tried[probe] = row->times;
		book->last[probe] = row->figure;
	}
}

bool book_has_session(const struct book *book)
{
	return *book->session.id;
}

bool book_has_day(const struct book *book)
{
	return book->day.number && !book->day.ended_ms;
}

struct shift_book book_figures(const struct book *book)
{
	return (struct shift_book){
		.balance = book->balance,
		.used = book->used,
		.day_open = book_has_day(book),
		.session_open = book_has_session(book),
	};
}

static struct shift_amount book_amount(const struct policy_amount *amount)
{
	return (struct shift_amount){ .set = amount->set,
				      .amount = amount->amount };
}

struct shift_rules book_rules(const struct policy_till *till)
{
	enum difference_document document = till->document_for_difference;
	struct shift_rules rules = {
		.document_for_shift = document == DIFFERENCE_SHIFT ||
				      document == DIFFERENCE_BOTH,
		.document_for_day = document == DIFFERENCE_DAY ||
				    document == DIFFERENCE_BOTH,
		.minimum = book_amount(&till->minimum),
		.maximum = book_amount(&till->maximum),
		.negative = till->negative,
		.day_end_includes_report = till->day_end_includes_report,
		.deposit_from = book_amount(&till->deposit_from),
		.withdrawal_from = book_amount(&till->withdrawal_from),
	};

	static_assert((int)DRAWER_EVENTS == (int)SHIFT_EVENTS_NAMED &&
			      (int)DRAWER_EVENT_DAY_END ==
				      (int)SHIFT_EVENT_DAY_END,
		      "the same events in the same order");
	for (size_t i = 0; i < SHIFT_EVENTS_NAMED; i++)
		rules.opens_on[i] = till->opens_on[i];
	return rules;
}

/* --- one at a time --- */

/* The one that has to be written before this can be decided; NULL: none. */
static struct book *book_awaited(struct core *core,
				 const struct attempt *attempt)
{
	struct book *own = book_of(core, attempt->till), *book;
	const struct action_row *row = attempt->row;

	if (core->books->held || own->held ||
	    ((row->in_book || row->sells) && own->writing))
		return own;
	if (!row->entrusts)
		return NULL;
	LIST_FOREACH(book, &core->books->list, entry)
	if (book->writing && book->entrusting)
		return book;
	return NULL;
}

bool book_enter(struct core *core, struct attempt *attempt)
{
	struct book *book = book_awaited(core, attempt);

	if (!book)
		return true;
	STAILQ_INSERT_TAIL(&book->waiting, attempt, queued);
	return false;
}

void book_begin(struct core *core, const struct attempt *attempt)
{
	struct book *book = book_of(core, attempt->till);

	if (!attempt->row->in_book)
		return;
	book->writing = true;
	book->entrusting = attempt->row->entrusts;
}

bool book_take(struct book *book, struct book_turn *turn)
{
	if (!book->writing) {
		book->writing = true;
		return true;
	}
	STAILQ_INSERT_TAIL(&book->turns, turn, queued);
	turn->waiting = true;
	return false;
}

void book_leave(struct book *book, struct book_turn *turn)
{
	if (turn->waiting)
		STAILQ_REMOVE(&book->turns, turn, book_turn, queued);
	turn->waiting = false;
}

void book_follow(struct book *book, int64_t balance)
{
	book->used = book->used || balance != book->balance;
	book->balance = balance;
}

/* Whoever is decided may begin to write, and then the others wait on. */
static void book_go_on(struct book *book)
{
	struct book_turn *turn = STAILQ_FIRST(&book->turns);
	struct attempt *attempt;

	if (turn && !book->writing) {
		STAILQ_REMOVE_HEAD(&book->turns, queued);
		turn->waiting = false;
		book->writing = true;
		turn->go(turn->arg);
		return;
	}
	while (!book->writing && !book->held &&
	       (attempt = STAILQ_FIRST(&book->waiting)) &&
	       !attempt->core->books->held) {
		STAILQ_REMOVE_HEAD(&book->waiting, queued);
		/* what it settles may have been settled meanwhile */
		if (attempt->row->kind == ACTION_SETTLES)
			action_look_again(attempt);
		else
			action_decide(attempt);
	}
}

void book_end(struct book *book)
{
	book->writing = book->entrusting = false;
	book_go_on(book);
}

void books_hold(struct core *core)
{
	core->books->held++;
}

void books_let_go(struct core *core)
{
	struct book *book;

	core->books->held--;
	LIST_FOREACH(book, &core->books->list, entry)
	book_go_on(book);
}

void book_hold(struct book *book)
{
	book->held = true;
}

void book_let_go(struct book *book)
{
	book->held = false;
	book_go_on(book);
}

/* --- trying --- */

bool book_is_probed(const struct book *book, enum book_probe probe)
{
	return book->tried[probe] > SHIFT_COUNTS_MAX;
}

/* On its way to disk before any answer that tells something by it. */
static void book_note_probe(struct core *core, const struct book *book,
			    enum book_probe probe)
{
	struct tried_row row = { .times = book->tried[probe],
				 .figure = book->last[probe] };
	struct txn *txn = txn_new(core->store);

	text_copy(row.till, sizeof(row.till), book->till);
	text_copy(row.what, sizeof(row.what), book_probe_names[probe]);
	txn_tried_set(txn, &row);
	txn_commit(txn, NULL, NULL);
}

bool book_probe(struct core *core, struct book *book, enum book_probe probe,
		int64_t figure)
{
	if (book->tried[probe] && book->last[probe] == figure)
		return book_is_probed(book, probe);
	if (book_is_probed(book, probe))
		return true;
	book->tried[probe]++;
	book->last[probe] = figure;
	book_note_probe(core, book, probe);
	return book_is_probed(book, probe);
}

void book_put_no_probes(struct txn *txn, const struct book *book)
{
	txn_tried_clear(txn, book->till);
}

void book_forget_probes(struct book *book)
{
	memset(book->tried, 0, sizeof(book->tried));
}

/* --- showing --- */

static void book_put_time(json_t *body, const char *key, int64_t wall_ms)
{
	char text[CLOCK_TEXT_SIZE];

	if (!wall_ms)
		return;
	clock_format(wall_ms, text);
	json_put_text(body, key, text);
}

static void book_put_person(json_t *body, const char *key, const char *id)
{
	if (*id)
		json_put(body, key, json_put_text(json_make(), "id", id));
}

json_t *book_record_session(const struct session_row *session)
{
	json_t *body = json_make();

	if (!*session->id) {
		json_decref(body);
		return NULL;
	}
	json_put_text(body, "id", session->id);
	json_put_text(body, "till", session->till);
	json_put_int(body, "day", session->day);
	json_put_text(body, "state", session_state_name(session->state));
	json_put_bool(body, "locked", session->locked);
	book_put_person(body, "owner", session->owner);
	book_put_person(body, "opened_by", session->opener);
	book_put_time(body, "opened_at", session->opened_ms);
	json_put_int(body, "counts", session->counts);
	if (session->state != SESSION_CLOSED)
		return body;
	book_put_person(body, "closed_by", session->closed_by);
	book_put_time(body, "closed_at", session->closed_ms);
	return json_put_bool(body, "forced", session->forced);
}

json_t *book_name_people(const struct core *core, json_t *session)
{
	static const char *const people[] = { "owner", "opened_by",
					      "closed_by" };

	for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++) {
		json_t *person = json_object_get(session, people[i]);
		const char *id = json_text(person, "id");
		const struct policy_operator *who =
			id ? policy_operator(core->policy, id) : NULL;

		if (who)
			json_put_text(person, "name", who->name);
	}
	return session;
}

json_t *book_describe_session(struct core *core,
			      const struct session_row *session)
{
	return book_name_people(core, book_record_session(session));
}

json_t *book_put_sums(json_t *body, const struct session_row *session)
{
	json_put_int(body, "float", session->opening);
	if (session->counts)
		json_put_int(body, "counted", session->counted);
	if (session->state == SESSION_CLOSED)
		json_put_int(body, "withdrawal", session->withdrawal);
	return body;
}

json_t *book_describe_day(const struct day_row *day)
{
	json_t *body = json_make();

	if (!day->number) {
		json_decref(body);
		return NULL;
	}
	json_put_int(body, "number", day->number);
	json_put_text(body, "date", day->date);
	json_put_text(body, "state", day->ended_ms ? "ended" : "open");
	book_put_time(body, "begun_at", day->begun_ms);
	book_put_time(body, "ended_at", day->ended_ms);
	return body;
}
