/* SPDX-License-Identifier: Apache-2.0 */
#include "core/guess.h"

#include "core/core_private.h"
#include "util/alloc.h"
#include "util/text.h"

#include <stdio.h>
#include <string.h>

#define GUESS_FREE	 4  /* wrong tries that cost nothing */
#define GUESS_FREE_UID	 20 /* many people share a client */
#define GUESS_FIRST_MS	 1000
#define GUESS_LONGEST_MS (15 * 60 * 1000)
#define GUESS_FORGET_MS	 (24LL * 60 * 60 * 1000)

struct guess {
	TAILQ_ENTRY(guess) entry;
	struct guess_row row;
	int64_t at; /* its last try, by the clock that nobody sets */
};

TAILQ_HEAD(guess_queue, guess);

/* The one tried last is first. */
struct guess_list {
	struct guess_queue guesses;
	size_t count;
	size_t max;
};

struct guesses {
	struct guess_list known;
	struct guess_list unknown; /* logins that nobody has */
};

static void guess_init_list(struct guess_list *list, size_t max)
{
	TAILQ_INIT(&list->guesses);
	list->max = max;
}

struct guesses *guesses_new(void)
{
	struct guesses *guesses = ALLOC_NEW(struct guesses);

	guess_init_list(&guesses->known, GUESS_KNOWN_MAX);
	guess_init_list(&guesses->unknown, GUESS_UNKNOWN_MAX);
	return guesses;
}

static struct guess_list *guess_list_of(struct guesses *guesses,
					const char *subject)
{
	return strncmp(subject, "login:", 6) ? &guesses->known
					     : &guesses->unknown;
}

static struct guess *guess_oldest(const struct guess_list *list)
{
	return TAILQ_LAST(&list->guesses, guess_queue);
}

static void guess_remove(struct guess_list *list, struct guess *guess)
{
	TAILQ_REMOVE(&list->guesses, guess, entry);
	list->count--;
	free(guess);
}

static void guess_clear_list(struct guess_list *list)
{
	while (list->count)
		guess_remove(list, guess_oldest(list));
}

struct guesses *guesses_free(struct guesses *guesses)
{
	if (!guesses)
		return NULL;
	guess_clear_list(&guesses->known);
	guess_clear_list(&guesses->unknown);
	free(guesses);
	return NULL;
}

static struct guess *guess_find(const struct guess_list *list,
				const char *subject)
{
	struct guess *guess;

	TAILQ_FOREACH(guess, &list->guesses, entry)
	if (!strcmp(guess->row.subject, subject))
		return guess;
	return NULL;
}

static struct guess *guess_add(struct guess_list *list, const char *subject)
{
	struct guess *guess = ALLOC_NEW(struct guess);

	text_copy(guess->row.subject, sizeof(guess->row.subject), subject);
	TAILQ_INSERT_HEAD(&list->guesses, guess, entry);
	list->count++;
	return guess;
}

/* While the daemon was down only the wall's clock went on. One that was set
 * back must not make anybody wait for days: the pause begins anew, and ends. */
void guesses_load(void *arg, const struct guess_row *row)
{
	struct core *core = arg;
	struct guess *guess = guess_add(
		guess_list_of(core->guesses, row->subject), row->subject);
	int64_t gone = core_wall(core) - row->last_ms;

	guess->row = *row;
	guess->at = core_now(core) - (gone > 0 ? gone : 0);
}

/* --- forgetting --- */

/* In the database as well: what is gone from memory only would come back. */
static void guess_drop(struct guess_list *list, struct guess *guess,
		       struct txn *txn)
{
	guess->row.tries = 0;
	txn_guess_set(txn, &guess->row);
	guess_remove(list, guess);
}

static bool guess_is_due(const struct guess_list *list, int64_t now)
{
	const struct guess *oldest = guess_oldest(list);

	return oldest &&
	       (list->count > list->max || now - oldest->at > GUESS_FORGET_MS);
}

static void guess_purge_list(struct guess_list *list, int64_t now,
			     struct txn *txn)
{
	while (guess_is_due(list, now))
		guess_drop(list, guess_oldest(list), txn);
}

void guesses_purge(struct core *core)
{
	struct guesses *guesses = core->guesses;
	int64_t now = core_now(core);
	struct txn *txn;

	if (!guess_is_due(&guesses->known, now) &&
	    !guess_is_due(&guesses->unknown, now))
		return;
	txn = txn_new(core->store);
	guess_purge_list(&guesses->known, now, txn);
	guess_purge_list(&guesses->unknown, now, txn);
	txn_commit(txn, NULL, NULL);
}

/* --- subjects --- */

void guess_name_login(struct core *core, char out[GUESS_SUBJECT_SIZE],
		      const char *login, const char *till)
{
	const struct policy_operator *operator=
		policy_login(core->policy, login);
	char text[HASH_TEXT_SIZE];
	uint8_t key[HASH_SIZE];

	if (operator) {
		snprintf(out, GUESS_SUBJECT_SIZE,
			 "operator:%s@%s", operator->id, till);
		return;
	}
	keys_badge(store_keys(core->store), login, key);
	hash_to_hex(key, sizeof(key), text);
	snprintf(out, GUESS_SUBJECT_SIZE, "login:%.16s@%s", text, till);
}

void guess_name_badge(char out[GUESS_SUBJECT_SIZE], const char *operator,
		      const char * till)
{
	snprintf(out, GUESS_SUBJECT_SIZE, "badge-pin:%s@%s", operator, till);
}

void guess_name_token(char out[GUESS_SUBJECT_SIZE], const char *operator,
		      const char * till)
{
	snprintf(out, GUESS_SUBJECT_SIZE, "token:%s@%s", operator, till);
}

void guess_name_uid(char out[GUESS_SUBJECT_SIZE], uid_t uid, const char *till)
{
	snprintf(out, GUESS_SUBJECT_SIZE, "uid:%u@%s", (unsigned int)uid, till);
}

/* Doubles with each wrong try past the free ones. */
static int64_t guess_pause(const struct guess_row *row)
{
	int64_t free_tries =
		strncmp(row->subject, "uid:", 4) ? GUESS_FREE : GUESS_FREE_UID;
	int64_t tries = row->tries;
	int64_t pause = GUESS_FIRST_MS;

	if (tries < free_tries)
		return 0;
	for (int64_t i = free_tries; i < tries && pause < GUESS_LONGEST_MS; i++)
		pause *= 2;
	return pause < GUESS_LONGEST_MS ? pause : GUESS_LONGEST_MS;
}

int64_t guess_wait(struct core *core, const char *subject)
{
	struct guess_list *list = guess_list_of(core->guesses, subject);
	struct guess *guess = guess_find(list, subject);
	int64_t pause, gone;

	if (!guess)
		return 0;
	pause = guess_pause(&guess->row);
	gone = core_now(core) - guess->at;
	if (gone > GUESS_FORGET_MS)
		return 0; /* purged soon */
	return gone < pause ? pause - gone : 0;
}

void guess_wrong(struct core *core, struct txn *txn, const char *subject)
{
	struct guess_list *list = guess_list_of(core->guesses, subject);
	struct guess *guess = guess_find(list, subject);
	int64_t now = core_now(core);

	if (!guess)
		guess = guess_add(list, subject);
	else if (now - guess->at > GUESS_FORGET_MS)
		guess->row.tries = 0;
	guess->row.tries++;
	guess->row.last_ms = core_wall(core);
	guess->at = now;
	TAILQ_REMOVE(&list->guesses, guess, entry);
	TAILQ_INSERT_HEAD(&list->guesses, guess, entry);
	txn_guess_set(txn, &guess->row);
	guess_purge_list(list, now, txn);
}

int64_t guess_right(struct core *core, struct txn *txn, const char *subject)
{
	const struct guess *guess =
		guess_find(guess_list_of(core->guesses, subject), subject);
	struct guess_row none;

	if (!guess)
		return 0;
	none = guess->row;
	none.tries = 0;
	txn_guess_set(txn, &none);
	return guess->row.tries;
}

void guess_forget(struct core *core, const char *subject, int64_t tries)
{
	struct guess_list *list = guess_list_of(core->guesses, subject);
	struct guess *guess = guess_find(list, subject);

	if (guess && guess->row.tries == tries)
		guess_remove(list, guess);
}

bool guess_is_known(struct core *core, const char *subject)
{
	return guess_find(guess_list_of(core->guesses, subject), subject);
}

void guesses_each(struct core *core,
		  void (*fn)(void *arg, const struct guess_row *row), void *arg)
{
	struct guess *guess;

	TAILQ_FOREACH(guess, &core->guesses->known.guesses, entry)
	fn(arg, &guess->row);
	TAILQ_FOREACH(guess, &core->guesses->unknown.guesses, entry)
	fn(arg, &guess->row);
}
