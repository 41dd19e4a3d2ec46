/* SPDX-License-Identifier: Apache-2.0 */
#include "core/guess.h"

#include "core/core_private.h"
#include "util/alloc.h"
#include "util/text.h"

#include <stdio.h>
#include <string.h>

#define GUESS_SUBJECTS_MAX 4096
#define GUESS_FREE	   4  /* wrong tries that cost nothing */
#define GUESS_FREE_UID	   20 /* many people share a client */
#define GUESS_FIRST_MS	   1000
#define GUESS_LONGEST_MS   (15 * 60 * 1000)
#define GUESS_FORGET_MS	   (24LL * 60 * 60 * 1000)

struct guess {
	TAILQ_ENTRY(guess) entry;
	struct guess_row row;
};

TAILQ_HEAD(guess_list, guess);

struct guesses {
	struct guess_list list; /* the one touched last is first */
	size_t count;
};

struct guesses *guesses_new(void)
{
	struct guesses *guesses = ALLOC_NEW(struct guesses);

	TAILQ_INIT(&guesses->list);
	return guesses;
}

static void guess_remove(struct guesses *guesses, struct guess *guess)
{
	TAILQ_REMOVE(&guesses->list, guess, entry);
	guesses->count--;
	free(guess);
}

struct guesses *guesses_free(struct guesses *guesses)
{
	struct guess *guess;

	while (guesses && (guess = TAILQ_FIRST(&guesses->list)))
		guess_remove(guesses, guess);
	free(guesses);
	return NULL;
}

static struct guess *guess_find(struct guesses *guesses, const char *subject)
{
	struct guess *guess;

	TAILQ_FOREACH(guess, &guesses->list, entry)
	if (!strcmp(guess->row.subject, subject))
		return guess;
	return NULL;
}

static struct guess *guess_add(struct guesses *guesses, const char *subject)
{
	struct guess *guess = ALLOC_NEW(struct guess);

	if (guesses->count == GUESS_SUBJECTS_MAX)
		guess_remove(guesses, TAILQ_LAST(&guesses->list, guess_list));
	text_copy(guess->row.subject, sizeof(guess->row.subject), subject);
	TAILQ_INSERT_HEAD(&guesses->list, guess, entry);
	guesses->count++;
	return guess;
}

void guesses_load(void *arg, const struct guess_row *row)
{
	guess_add(arg, row->subject)->row = *row;
}

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
	struct guess *guess = guess_find(core->guesses, subject);
	int64_t pause, gone;

	if (!guess)
		return 0;
	pause = guess_pause(&guess->row);
	gone = core_wall(core) - guess->row.last_ms;
	if (gone > GUESS_FORGET_MS) {
		guess_remove(core->guesses, guess);
		return 0;
	}
	/* A clock that was set back must not make anybody wait for days. */
	if (gone < 0)
		gone = 0;
	return gone < pause ? pause - gone : 0;
}

void guess_wrong(struct core *core, struct txn *txn, const char *subject)
{
	struct guess *guess = guess_find(core->guesses, subject);

	if (!guess)
		guess = guess_add(core->guesses, subject);
	guess->row.tries++;
	guess->row.last_ms = core_wall(core);
	TAILQ_REMOVE(&core->guesses->list, guess, entry);
	TAILQ_INSERT_HEAD(&core->guesses->list, guess, entry);
	txn_guess_set(txn, &guess->row);
}

int64_t guess_right(struct core *core, struct txn *txn, const char *subject)
{
	const struct guess *guess = guess_find(core->guesses, subject);
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
	struct guess *guess = guess_find(core->guesses, subject);

	if (guess && guess->row.tries == tries)
		guess_remove(core->guesses, guess);
}
