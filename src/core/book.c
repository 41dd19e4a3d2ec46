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
	book->counted = row->session.counted;
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

bool book_enter(struct book *book, struct attempt *attempt)
{
	if (!book->writing)
		return true;
	STAILQ_INSERT_TAIL(&book->waiting, attempt, queued);
	return false;
}

void book_begin(struct book *book)
{
	book->writing = true;
}

/* Whoever is decided may begin to write, and then the others wait on. */
void book_end(struct book *book)
{
	struct attempt *attempt;

	book->writing = false;
	while (!book->writing && (attempt = STAILQ_FIRST(&book->waiting))) {
		STAILQ_REMOVE_HEAD(&book->waiting, queued);
		action_decide(attempt);
	}
}

/* --- trying --- */

bool book_probe(struct book *book, enum book_probe probe, int64_t figure)
{
	if (!book->tried[probe] || book->last[probe] != figure) {
		book->last[probe] = figure;
		if (book->tried[probe] <= SHIFT_COUNTS_MAX)
			book->tried[probe]++;
	}
	return book->tried[probe] > SHIFT_COUNTS_MAX;
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

static void book_put_person(json_t *body, const struct core *core,
			    const char *key, const char *id)
{
	const struct policy_operator *who = policy_operator(core->policy, id);
	json_t *person;

	if (!*id)
		return;
	person = json_put_text(json_make(), "id", id);
	json_put(body, key,
		 json_put_text(person, "name", who ? who->name : NULL));
}

json_t *book_describe_session(struct core *core,
			      const struct session_row *session)
{
	json_t *body = json_make();

	if (!*session->id) {
		json_decref(body);
		return NULL;
	}
	json_put_text(body, "id", session->id);
	if (session->number) /* the store gives it */
		json_put_int(body, "number", session->number);
	json_put_text(body, "till", session->till);
	json_put_int(body, "day", session->day);
	json_put_text(body, "state", session_state_name(session->state));
	json_put_bool(body, "locked", session->locked);
	book_put_person(body, core, "owner", session->owner);
	book_put_person(body, core, "opened_by", session->opener);
	book_put_time(body, "opened_at", session->opened_ms);
	json_put_int(body, "float", session->opening);
	json_put_int(body, "counts", session->counts);
	if (session->state != SESSION_CLOSED)
		return body;
	book_put_person(body, core, "closed_by", session->closed_by);
	book_put_time(body, "closed_at", session->closed_ms);
	json_put_bool(body, "forced", session->forced);
	json_put_int(body, "counted", session->counted);
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
