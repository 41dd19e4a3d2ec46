/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chip cards at a reader of PC/SC. A card that comes is asked, one thing after
 * the other: whether it is a payment card, which is no badge; whether it can
 * prove that it is no copy (PIV), and then it has to; and else its number. What
 * it told is wiped when it is let go. It counts once, however long it stays.
 */
#include "device/driver.h"
#include "drivers.h"
#include "reader/badge.h"
#include "reader/piv_codec.h"
#include "util/secret.h"

#include <string.h>

#define PCSC_ANSWER_MS	15000 /* the line itself gives up before */
#define PCSC_CARD_MS	10000 /* for all that a card is asked */
#define PCSC_ANSWER_MAX 4096  /* a certificate has about 1000 */
#define PCSC_ROUNDS_MAX 64    /* pieces of one answer */
#define PCSC_NEVER	INT64_MAX

/* pcscd may find a card that lies on the reader somewhat later than that. */
#define PCSC_SETTLE_MS 1000

#define PCSC_NO_CLASS 0x6e00 /* it knows no such commands at all */
#define PCSC_NO_INS   0x6d00

/* A number that is made up each time it is asked for (ISO 14443-3, 6.5.4). */
#define PCSC_RANDOM_LEN	  4
#define PCSC_RANDOM_FIRST 0x08

enum pcsc_step {
	PCSC_IDLE,
	PCSC_PAYMENT, /* one name of those after the other */
	PCSC_PIV,
	PCSC_CERTIFICATE,
	PCSC_CHALLENGE,
	PCSC_UID,
	PCSC_STEPS,
};

struct pcsc_state {
	struct card_record record;
	enum pcsc_step step;
	size_t part; /* of what the step says */
	size_t name; /* of those of payment cards */
	uint8_t command[DRIVER_CARD_MOST];
	size_t command_len;
	bool corrected; /* the length that it asks for */
	bool lost;	/* told so: nothing more is said */
	uint8_t answer[PCSC_ANSWER_MAX];
	size_t answer_len;
	unsigned int rounds;
	struct public_key *key; /* NULL, or the card's */
	uint8_t digest[HASH_SIZE];
	int64_t settled;	  /* from then on a card that comes is shown */
	int64_t since;		  /* when it was shown */
	int64_t answer_at;	  /* the latest; or PCSC_NEVER */
	char last[BADGE_ID_SIZE]; /* that counted; until forget_at */
	int64_t forget_at;	  /* or PCSC_NEVER, while it stays */
};

static const struct driver_option pcsc_options[] = {
	{ .name = "cards",
	  .type = DRIVER_OPTION_CHOICE,
	  .choices = "any piv uid",
	  .otherwise = "any",
	  .help = "Which cards count: those that prove themselves and, by "
		  "their number, others (any); only the first (piv); or all by "
		  "their number alone (uid)." },
	{ .name = "byte-order",
	  .type = DRIVER_OPTION_CHOICE,
	  .choices = "as-read reversed",
	  .otherwise = "as-read",
	  .help = "Which end of a card's number comes first; reversed where "
		  "other readers of the site tell it so." },
	{ .name = "id-bits",
	  .type = DRIVER_OPTION_CHOICE,
	  .choices = "40 32 24",
	  .otherwise = "40",
	  .help = "How many bits of a number of four or five bytes count; the "
		  "same at all readers of a site." },
	{ .name = "repeat",
	  .type = DRIVER_OPTION_DURATION,
	  .min = 0,
	  .max = 60000,
	  .otherwise = "1000",
	  .help = "Milliseconds for which a card has to be gone before it "
		  "counts as shown again." },
	{ .name = NULL },
};

static const char pcsc_unreadable[] =
	"the card could not be read; show it again";

static bool pcsc_takes(struct driver_io *io, const char *cards)
{
	return !strcmp(driver_option(io, "cards"), cards);
}

static void pcsc_lose(struct driver_io *io, enum reason reason)
{
	struct pcsc_state *s = driver_state(io);

	s->lost = true;
	driver_lost(io, reason);
}

static void pcsc_set_deadline(struct driver_io *io)
{
	const struct pcsc_state *s = driver_state(io);
	int64_t now = driver_now(io);
	int64_t due = s->answer_at < s->forget_at ? s->answer_at : s->forget_at;

	if (due == PCSC_NEVER)
		driver_deadline_stop(io);
	else
		driver_deadline(io, due > now ? due - now : 0);
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

static void pcsc_wipe_card(struct pcsc_state *s)
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

static void pcsc_take_answer(struct driver_io *io, const uint8_t *body,
			     size_t len)
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

static void pcsc_take_fault(struct driver_io *io, uint8_t fault)
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

/* --- cards come and go --- */

static void pcsc_begin(struct driver_io *io, const uint8_t *atr, size_t len)
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

static void pcsc_forget_last(struct pcsc_state *s)
{
	secret_wipe(s->last, sizeof(s->last));
	s->forget_at = PCSC_NEVER;
}

static void pcsc_note_gone(struct driver_io *io)
{
	struct pcsc_state *s = driver_state(io);

	if (*s->last)
		s->forget_at = driver_now(io) + driver_option_int(io, "repeat");
}

static void pcsc_note_stays(struct driver_io *io)
{
	driver_log(io, "a card lies on the reader; it does not count before it "
		       "is taken away and shown again");
}

static void pcsc_take_record(struct driver_io *io)
{
	struct pcsc_state *s = driver_state(io);
	size_t len;
	const uint8_t *body = card_body(&s->record, &len);

	switch (card_what(&s->record)) {
	case DRIVER_CARD_IN:
		if (driver_now(io) >= s->settled)
			pcsc_begin(io, body, len);
		else
			pcsc_note_stays(io);
		break;
	case DRIVER_CARD_STAYS:
		pcsc_note_stays(io);
		break;
	case DRIVER_CARD_OUT:
		pcsc_take_fault(io, DRIVER_CARD_GONE);
		pcsc_note_gone(io);
		break;
	case DRIVER_CARD_ANSWER:
		pcsc_take_answer(io, body, len);
		break;
	case DRIVER_CARD_FAILED:
		pcsc_take_fault(io, len ? body[0] : DRIVER_CARD_DUMB);
		break;
	default: /* what only this end says */
		pcsc_lose(io, REASON_GARBLED);
		break;
	}
}

/* --- the driver --- */

static void pcsc_open(struct driver_io *io)
{
	struct pcsc_state *s = driver_state(io);

	s->answer_at = PCSC_NEVER;
	s->forget_at = PCSC_NEVER;
	s->settled = driver_now(io) + PCSC_SETTLE_MS;
	driver_proves(io, !pcsc_takes(io, "uid"));
	driver_ready(io, NULL);
}

/* There is nothing that a reader can be asked to do. */
static void pcsc_start(struct driver_io *io, const struct op *op)
{
	(void)op;
	driver_done(io, OUTCOME_FAILED, REASON_NOT_SUPPORTED, NULL);
}

/* What comes late may get here before the deadline does. */
static void pcsc_expire(struct driver_io *io)
{
	struct pcsc_state *s = driver_state(io);
	int64_t now = driver_now(io);

	if (s->forget_at <= now)
		pcsc_forget_last(s);
	if (s->answer_at <= now)
		pcsc_lose(io, REASON_NO_ANSWER);
}

static void pcsc_input(struct driver_io *io, const uint8_t *data, size_t len)
{
	struct pcsc_state *s = driver_state(io);

	pcsc_expire(io);
	for (size_t i = 0; i < len && !s->lost; i++) {
		enum card_event event = card_read(&s->record, data[i]);

		if (event == CARD_NOISE)
			pcsc_lose(io, REASON_GARBLED);
		if (event != CARD_RECORD)
			continue;
		pcsc_take_record(io);
		secret_wipe(&s->record, sizeof(s->record));
	}
	if (!s->lost)
		pcsc_set_deadline(io);
}

static void pcsc_timeout(struct driver_io *io)
{
	const struct pcsc_state *s = driver_state(io);

	pcsc_expire(io);
	if (!s->lost)
		pcsc_set_deadline(io);
}

static void pcsc_close(struct driver_io *io)
{
	pcsc_wipe_card(driver_state(io));
}

const struct driver reader_pcsc = {
	.name = "pcsc-reader",
	.summary = "badge reader, chip cards by PC/SC: PIV, MIFARE and others",
	.class = DEVICE_READER,
	.state_size = sizeof(struct pcsc_state),
	.plugs = DRIVER_CAN(DRIVER_PLUG_CARD),
	.options = pcsc_options,
	.open = pcsc_open,
	.start = pcsc_start,
	.input = pcsc_input,
	.timeout = pcsc_timeout,
	.close = pcsc_close,
	.trace = card_trace,
};
