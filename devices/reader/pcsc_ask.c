/* SPDX-License-Identifier: Apache-2.0 */
/* What a chip card is asked: one step after the other, until it is known. */
#include "reader/pcsc_private.h"

#include "util/secret.h"

#include <string.h>

#define PCSC_ANSWER_MS	15000 /* the line itself gives up before */
#define PCSC_CARD_MS	10000 /* for all that a card is asked */
#define PCSC_ROUNDS_MAX 64    /* pieces of one answer */

#define PCSC_NO_CLASS 0x6e00 /* it knows no such commands at all */
#define PCSC_NO_INS   0x6d00

/* A number that is made up each time it is asked for (ISO 14443-3, 6.5.4). */
#define PCSC_RANDOM_LEN	  4
#define PCSC_RANDOM_FIRST 0x08

static const char pcsc_unreadable[] =
	"the card could not be read; show it again";

bool pcsc_takes(struct driver_io *io, const char *cards)
{
	return !strcmp(driver_option(io, "cards"), cards);
}

/* --- saying --- */

static void pcsc_write(struct driver_io *io, enum driver_card what,
		       const uint8_t *data, size_t len)
{
	uint8_t record[DRIVER_CARD_HEAD + DRIVER_CARD_MOST] = {
		(uint8_t)what, (uint8_t)(len >> 8), (uint8_t)len
	};

	if (len)
		memcpy(record + DRIVER_CARD_HEAD, data, len);
	driver_write(io, record, DRIVER_CARD_HEAD + len);
	secret_wipe(record, sizeof(record));
}

/* What is in state->command. */
static void pcsc_say(struct driver_io *io)
{
	struct pcsc_state *s = driver_state(io);

	s->answer_at = driver_now(io) + PCSC_ANSWER_MS;
	pcsc_write(io, DRIVER_CARD_COMMAND, s->command, s->command_len);
}

static void pcsc_forget_answer(struct pcsc_state *s)
{
	secret_wipe(s->answer, sizeof(s->answer));
	secret_wipe(s->command, sizeof(s->command));
	s->answer_len = 0;
	s->rounds = 0;
	s->corrected = false;
}

void pcsc_wipe_card(struct pcsc_state *s)
{
	pcsc_forget_answer(s);
	s->key = public_key_free(s->key);
	secret_wipe(s->digest, sizeof(s->digest));
	s->step = PCSC_IDLE;
	s->answer_at = PCSC_NEVER;
}

/* --- what came of it --- */

static void pcsc_end(struct driver_io *io)
{
	pcsc_wipe_card(driver_state(io));
	pcsc_write(io, DRIVER_CARD_DONE, NULL, 0);
}

static void pcsc_refuse(struct driver_io *io, const char *why)
{
	pcsc_end(io);
	driver_turn_away(io, why);
}

/* The field of a reader has an edge, where a card comes and goes. */
static void pcsc_accept(struct driver_io *io, char id[BADGE_ID_SIZE],
			bool proven)
{
	struct pcsc_state *s = driver_state(io);
	bool again = secret_equal(s->last, id, sizeof(s->last));

	memcpy(s->last, id, sizeof(s->last));
	s->forget_at = PCSC_NEVER;
	pcsc_end(io);
	if (!again && proven)
		driver_swipe_proven(io, id);
	else if (!again)
		driver_swipe(io, id);
	secret_wipe(id, BADGE_ID_SIZE);
}

/* --- one step after the other --- */

static void pcsc_go(struct driver_io *io, enum pcsc_step step);

static size_t pcsc_put_payment(struct driver_io *io,
			       uint8_t out_apdu[DRIVER_CARD_MOST])
{
	const struct pcsc_state *s = driver_state(io);
	const struct card_name *name = &card_payment_names[s->name];

	return card_put_select(name->bytes, name->len, out_apdu);
}

static void pcsc_go_to_uid(struct driver_io *io)
{
	if (pcsc_takes(io, "piv"))
		pcsc_refuse(io, "the card can't prove that it is no copy, and "
				"here it has to");
	else
		pcsc_go(io, PCSC_UID);
}

/* The first name is that of contactless cards, and soon answered; the others
 * are left for cards that would count by their number alone. */
static void pcsc_take_payment(struct driver_io *io, uint16_t status)
{
	struct pcsc_state *s = driver_state(io);
	bool first = !s->name;

	s->name++;
	if (card_is_selected(status))
		pcsc_refuse(io, badge_card_sentence(BADGE_CARD_PAYMENT));
	else if (status == PCSC_NO_CLASS || status == PCSC_NO_INS)
		pcsc_go_to_uid(io);
	else if (first && !pcsc_takes(io, "uid"))
		pcsc_go(io, PCSC_PIV);
	else if (s->name < card_payment_names_count)
		pcsc_go(io, PCSC_PAYMENT);
	else
		pcsc_go_to_uid(io);
}

static size_t pcsc_put_piv(struct driver_io *io,
			   uint8_t out_apdu[DRIVER_CARD_MOST])
{
	(void)io;
	return card_put_select(piv_name, PIV_NAME_SIZE, out_apdu);
}

static void pcsc_take_piv(struct driver_io *io, uint16_t status)
{
	if (card_is_selected(status))
		pcsc_go(io, PCSC_CERTIFICATE);
	else if (pcsc_takes(io, "piv"))
		pcsc_go_to_uid(io);
	else
		pcsc_go(io, PCSC_PAYMENT);
}

static size_t pcsc_put_certificate(struct driver_io *io,
				   uint8_t out_apdu[DRIVER_CARD_MOST])
{
	(void)io;
	return piv_put_get_certificate(out_apdu);
}

static void pcsc_challenge(struct driver_io *io)
{
	struct pcsc_state *s = driver_state(io);
	uint8_t nonce[HASH_SIZE];

	driver_random(io, nonce, sizeof(nonce));
	hash_sha256(nonce, sizeof(nonce), s->digest);
	pcsc_go(io, PCSC_CHALLENGE);
}

static void pcsc_take_certificate(struct driver_io *io, uint16_t status)
{
	struct pcsc_state *s = driver_state(io);
	enum piv_certificate found =
		status == CARD_DONE
			? piv_read_certificate(s->answer, s->answer_len,
					       &s->key)
			: PIV_CERTIFICATE_MISSING;

	switch (found) {
	case PIV_CERTIFICATE:
		pcsc_challenge(io);
		break;
	case PIV_CERTIFICATE_MISSING:
		pcsc_refuse(io, "the card has no certificate for its card "
				"authentication key");
		break;
	case PIV_CERTIFICATE_PACKED:
		pcsc_refuse(io, "the card's certificate is compressed, which "
				"is not supported");
		break;
	case PIV_CERTIFICATE_BAD:
		pcsc_refuse(io, "the card's certificate can't be read, or its "
				"key is neither RSA 2048 nor P-256");
		break;
	}
}

static size_t pcsc_put_challenge(struct driver_io *io,
				 uint8_t out_apdu[DRIVER_CARD_MOST])
{
	const struct pcsc_state *s = driver_state(io);

	return piv_put_challenge(public_key_kind(s->key), s->digest, s->part,
				 out_apdu);
}

/* It says that it can; its number counts for nothing then. */
static void pcsc_take_proof(struct driver_io *io, uint16_t status)
{
	struct pcsc_state *s = driver_state(io);
	uint8_t hash[HASH_SIZE];
	char id[BADGE_ID_SIZE] = "";

	if (status != CARD_DONE ||
	    !piv_is_proof(s->key, s->digest, s->answer, s->answer_len)) {
		pcsc_refuse(io, "the card could not prove that it is no copy");
		return;
	}
	public_key_hash(s->key, hash);
	badge_name_key(hash, id);
	pcsc_accept(io, id, true);
	secret_wipe(hash, sizeof(hash));
}

static size_t pcsc_put_uid(struct driver_io *io,
			   uint8_t out_apdu[DRIVER_CARD_MOST])
{
	const struct card_command get = { .cla = 0xff,
					  .ins = CARD_INS_GET_DATA,
					  .le = CARD_LE_ALL };

	(void)io;
	return card_put(&get, out_apdu);
}

static void pcsc_reverse(uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len / 2; i++) {
		uint8_t byte = bytes[i];

		bytes[i] = bytes[len - 1 - i];
		bytes[len - 1 - i] = byte;
	}
}

static void pcsc_take_uid(struct driver_io *io, uint16_t status)
{
	struct pcsc_state *s = driver_state(io);
	char id[BADGE_ID_SIZE] = "";

	if (status == CARD_DONE && s->answer_len == PCSC_RANDOM_LEN &&
	    s->answer[0] == PCSC_RANDOM_FIRST) {
		pcsc_refuse(io, "the card has another number each time");
		return;
	}
	if (!strcmp(driver_option(io, "byte-order"), "reversed"))
		pcsc_reverse(s->answer, s->answer_len);
	if (status == CARD_DONE &&
	    badge_name_uid(s->answer, s->answer_len,
			   (int)driver_option_int(io, "id-bits"), id))
		pcsc_accept(io, id, false);
	else
		pcsc_refuse(io, "the card has no number to be known by");
}

/* put: the step's command, or the how manieth of those that are chained. take:
 * all that it answered is in state->answer. */
static const struct {
	size_t (*put)(struct driver_io *io, uint8_t out_apdu[DRIVER_CARD_MOST]);
	void (*take)(struct driver_io *io, uint16_t status);
} pcsc_steps[PCSC_STEPS] = {
	[PCSC_PAYMENT] = { pcsc_put_payment, pcsc_take_payment },
	[PCSC_PIV] = { pcsc_put_piv, pcsc_take_piv },
	[PCSC_CERTIFICATE] = { pcsc_put_certificate, pcsc_take_certificate },
	[PCSC_CHALLENGE] = { pcsc_put_challenge, pcsc_take_proof },
	[PCSC_UID] = { pcsc_put_uid, pcsc_take_uid },
};

static void pcsc_say_part(struct driver_io *io)
{
	struct pcsc_state *s = driver_state(io);

	pcsc_forget_answer(s);
	s->command_len = pcsc_steps[s->step].put(io, s->command);
	pcsc_say(io);
}

static void pcsc_go(struct driver_io *io, enum pcsc_step step)
{
	struct pcsc_state *s = driver_state(io);

	s->step = step;
	s->part = 0;
	pcsc_say_part(io);
}

/* --- answers --- */

static void pcsc_ask_for_more(struct driver_io *io, uint8_t len)
{
	struct pcsc_state *s = driver_state(io);
	const struct card_command get = { .ins = CARD_INS_GET_RESPONSE,
					  .le = len ? len : CARD_LE_ALL };

	s->command_len = card_put(&get, s->command);
	pcsc_say(io);
}

static void pcsc_ask_again(struct driver_io *io, uint8_t len)
{
	struct pcsc_state *s = driver_state(io);

	s->corrected = true;
	s->command[s->command_len - 1] = len;
	pcsc_say(io);
}

static void pcsc_take_status(struct driver_io *io, uint16_t status)
{
	struct pcsc_state *s = driver_state(io);
	uint8_t high = (uint8_t)(status >> 8), low = (uint8_t)status;
	bool chained = s->command[0] == CARD_CLA_CHAINED;

	if (high == CARD_MORE && s->rounds++ < PCSC_ROUNDS_MAX) {
		pcsc_ask_for_more(io, low);
	} else if (high == CARD_LE_IS && !s->corrected && !chained) {
		pcsc_ask_again(io, low);
	} else if (status == CARD_DONE && chained) {
		s->part++;
		pcsc_say_part(io);
	} else {
		pcsc_steps[s->step].take(io, status);
	}
}

void pcsc_take_answer(struct driver_io *io, const uint8_t *body, size_t len)
{
	struct pcsc_state *s = driver_state(io);
	size_t data = len - CARD_STATUS_LEN;

	if (s->step == PCSC_IDLE)
		return;
	s->answer_at = PCSC_NEVER;
	if (len < CARD_STATUS_LEN || data > PCSC_ANSWER_MAX - s->answer_len) {
		pcsc_refuse(io, pcsc_unreadable);
		return;
	}
	if (driver_now(io) - s->since > PCSC_CARD_MS) {
		pcsc_refuse(io, "the card takes too long; show it again");
		return;
	}
	memcpy(s->answer + s->answer_len, body, data);
	s->answer_len += data;
	pcsc_take_status(io, (uint16_t)(body[data] << 8 | body[data + 1]));
}

void pcsc_take_fault(struct driver_io *io, uint8_t fault)
{
	const struct pcsc_state *s = driver_state(io);

	if (s->step == PCSC_IDLE)
		return;
	pcsc_refuse(io, fault == DRIVER_CARD_TAKEN
				? "another program is using the card"
			: fault == DRIVER_CARD_DUMB
				? pcsc_unreadable
				: "the card was taken away too soon; hold it "
				  "still");
}

void pcsc_begin(struct driver_io *io, const uint8_t *atr, size_t len)
{
	struct pcsc_state *s = driver_state(io);

	pcsc_wipe_card(s);
	s->since = driver_now(io);
	s->name = 0;
	if (card_is_memory(atr, len))
		pcsc_go_to_uid(io);
	else
		pcsc_go(io, PCSC_PAYMENT);
}
