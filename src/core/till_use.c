/* SPDX-License-Identifier: Apache-2.0 */
#include "core/till_use.h"

#include "core/book.h"
#include "core/core_private.h"
#include "core/operation.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <string.h>

/* The next of them from *at on, or NULL. */
static const struct policy_till *till_use_next(const struct policy *before,
					       const struct policy *after,
					       size_t *at)
{
	while (*at < policy_tills(before)) {
		const struct policy_till *is = policy_till_at(before, (*at)++);
		const struct policy_till *will_be = policy_till(after, is->id);

		if (!will_be || strcmp(is->currency, will_be->currency) != 0)
			return is;
	}
	return NULL;
}

/* Goes on from the till's name; NULL if it is not in use. */
static const char *till_use_of(struct core *core, const char *till)
{
	const struct book *book = book_of(core, till);

	if (book_has_session(book))
		return "has a session open";
	if (book_has_day(book))
		return "has not ended its business day";
	if (book->balance)
		return "has cash in its drawer, by the book";
	if (book->writing || operation_is_open_at(core, till))
		return "is doing something, or has an outcome that nobody "
		       "knows yet";
	return NULL;
}

enum problem till_use_problem(struct core *core, const struct policy *before,
			      const struct policy *after, json_t **out_extra)
{
	const struct policy_till *till;
	size_t at = 0;

	while ((till = till_use_next(before, after, &at))) {
		const char *use = till_use_of(core, till->id);
		CLEANUP_FREE char *detail = NULL;

		if (!use)
			continue;
		detail = alloc_format("%s %s.", till->name, use);
		*out_extra = json_put_text(json_make(), "till", till->id);
		json_put_text(*out_extra, "detail", detail);
		return PROBLEM_TILL_IN_USE;
	}
	return PROBLEMS;
}

void till_use_hold(struct core *core, const struct policy *before,
		   const struct policy *after, struct txn *txn)
{
	const struct policy_till *till;
	size_t at = 0;

	while ((till = till_use_next(before, after, &at))) {
		book_hold(book_of(core, till->id));
		txn_till_unused(txn, till->id);
	}
}

void till_use_let_go(struct core *core, const struct policy *before,
		     const struct policy *after)
{
	const struct policy_till *till;
	size_t at = 0;

	while ((till = till_use_next(before, after, &at)))
		book_let_go(book_of(core, till->id));
}
