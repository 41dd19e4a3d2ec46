/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chip cards for people: what they are asked, and whether they did it. What one
 * told of itself (its number, its certificate, what it signed) is not kept, nor
 * what it was to sign; zeros stand for it. The answer to reset is one of a
 * kind, too, but for memory cards.
 */
#include "reader/card_codec.h"

#include <string.h>

#define CARD_COMMAND_HEAD  5 /* CLA INS P1 P2 Lc */
#define CARD_PAY_DIRECTORY "PAY.SYS.DDF01"

static const char *card_trace_select(const uint8_t *name, size_t len)
{
	static const uint8_t piv[] = { 0xa0, 0x00, 0x00, 0x03, 0x08 };
	size_t pay = strlen(CARD_PAY_DIRECTORY);

	if (len >= sizeof(piv) && !memcmp(name, piv, sizeof(piv)))
		return "asks whether the card can prove itself (PIV)";
	if (len > pay && !memcmp(name + 1, CARD_PAY_DIRECTORY, pay))
		return "asks whether it is a payment card";
	return "asks for an application of payment cards";
}

static const char *card_trace_words(const uint8_t *apdu, size_t len)
{
	switch (apdu[1]) {
	case CARD_INS_SELECT:
		return len > CARD_COMMAND_HEAD
			       ? card_trace_select(apdu + CARD_COMMAND_HEAD,
						   len - CARD_COMMAND_HEAD)
			       : "selects something";
	case CARD_INS_GET_DATA_ODD:
		return "asks for the certificate of its card authentication "
		       "key";
	case CARD_INS_GENERAL_AUTHENTICATE:
		return apdu[0] == CARD_CLA_CHAINED
			       ? "asks for a signature (more follows)"
			       : "asks for a signature";
	case CARD_INS_GET_RESPONSE:
		return "asks for the rest of the answer";
	case CARD_INS_GET_DATA:
		return "asks for the card's number";
	default:
		return NULL;
	}
}

/* Commands that the driver does not have are none of its own. */
static size_t card_trace_command(struct trace *trace, const uint8_t *apdu,
				 size_t len)
{
	const char *words =
		len >= CARD_COMMAND_HEAD ? card_trace_words(apdu, len) : NULL;
	size_t whole = DRIVER_CARD_HEAD + len;

	if (!words)
		return trace_strange(trace, whole);
	trace_say(trace, "%s", words);
	trace_show(trace, whole);
	if (apdu[1] == CARD_INS_GENERAL_AUTHENTICATE)
		trace_hide(trace, DRIVER_CARD_HEAD + CARD_COMMAND_HEAD,
			   len - CARD_COMMAND_HEAD, 0);
	return whole;
}

static void card_trace_status(struct trace *trace, uint16_t status)
{
	if (status == CARD_DONE)
		trace_say(trace, "done");
	else if (status >> 8 == CARD_MORE)
		trace_say(trace, "done, and more is to be told");
	else
		trace_say(trace, "status %04X", (unsigned int)status);
}

static size_t card_trace_answer(struct trace *trace, const uint8_t *answer,
				size_t len)
{
	size_t whole = DRIVER_CARD_HEAD + len;
	size_t data = len - CARD_STATUS_LEN;

	if (len < CARD_STATUS_LEN)
		return trace_strange(trace, whole);
	card_trace_status(trace,
			  (uint16_t)(answer[data] << 8 | answer[data + 1]));
	if (data)
		trace_say(trace, "; what it told is not kept");
	trace_show(trace, whole);
	if (data)
		trace_hide(trace, DRIVER_CARD_HEAD, data, 0);
	return whole;
}

static size_t card_trace_card(struct trace *trace, const uint8_t *atr,
			      size_t len)
{
	bool memory = card_is_memory(atr, len);

	trace_say(trace, "%s",
		  trace->bytes[0] == DRIVER_CARD_STAYS
			  ? "a card was there already"
		  : memory ? "a memory card is shown"
			   : "a card is shown");
	trace_show(trace, DRIVER_CARD_HEAD + len);
	if (len && !memory)
		trace_hide(trace, DRIVER_CARD_HEAD, len, 0);
	return DRIVER_CARD_HEAD + len;
}

static size_t card_trace_plain(struct trace *trace, size_t len,
			       const char *words)
{
	trace_say(trace, "%s", words);
	trace_show(trace, DRIVER_CARD_HEAD + len);
	return DRIVER_CARD_HEAD + len;
}

static const char *card_trace_fault(const uint8_t *body, size_t len)
{
	static const char *const words[] = {
		[DRIVER_CARD_GONE] = "no answer: the card is gone",
		[DRIVER_CARD_TAKEN] = "no answer: another program has the card",
		[DRIVER_CARD_DUMB] = "no answer: the card can't be talked to",
	};

	return len == 1 && body[0] <= DRIVER_CARD_DUMB ? words[body[0]]
						       : "no answer";
}

static size_t card_trace_in(struct trace *trace, const uint8_t *body,
			    size_t len)
{
	switch (trace->bytes[0]) {
	case DRIVER_CARD_IN:
	case DRIVER_CARD_STAYS:
		return card_trace_card(trace, body, len);
	case DRIVER_CARD_OUT:
		return len ? trace_strange(trace, DRIVER_CARD_HEAD + len)
			   : card_trace_plain(trace, 0,
					      "the card was taken away");
	case DRIVER_CARD_ANSWER:
		return card_trace_answer(trace, body, len);
	case DRIVER_CARD_FAILED:
		return len > 1 ? trace_strange(trace, DRIVER_CARD_HEAD + len)
			       : card_trace_plain(trace, len,
						  card_trace_fault(body, len));
	default:
		return trace_strange(trace, DRIVER_CARD_HEAD + len);
	}
}

static size_t card_trace_out(struct trace *trace, const uint8_t *body,
			     size_t len)
{
	switch (trace->bytes[0]) {
	case DRIVER_CARD_COMMAND:
		return card_trace_command(trace, body, len);
	case DRIVER_CARD_DONE:
		return len ? trace_strange(trace, DRIVER_CARD_HEAD + len)
			   : card_trace_plain(trace, 0, "lets go of the card");
	default:
		return trace_strange(trace, DRIVER_CARD_HEAD + len);
	}
}

size_t card_trace(struct trace *trace)
{
	const uint8_t *at = trace->bytes;
	size_t len;

	if (trace->len < DRIVER_CARD_HEAD)
		return 0;
	len = (size_t)(at[1] << 8 | at[2]);
	if (len > DRIVER_CARD_MOST)
		return trace_strange(trace, trace->len);
	if (trace->len < DRIVER_CARD_HEAD + len)
		return 0;
	at += DRIVER_CARD_HEAD;
	return trace->way == TRACE_OUT ? card_trace_out(trace, at, len)
				       : card_trace_in(trace, at, len);
}
