/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of the driver "zvt-terminal", shared by its files:
 *
 *	zvt.c		options, and what the framework calls
 *	zvt_exchange.c	whose turn it is, timers, and the line
 *	zvt_message.c	what the terminal says
 *	zvt_step.c	one command after another
 *	zvt_order.c	what can be asked for, and what books nothing
 *	zvt_payment.c	what books something, from baseline to result
 *	zvt_result.c	what the terminal told, as the API has it
 *	zvt_identity.c	which terminal is there, and how it is
 *	zvt_recover.c	evidence, and finding out what became of them
 *	zvt_receipt.c	what the terminal has us print
 *
 * The till side is master until it sends a command; from then on the terminal
 * is, until its completion (06 0F) or abort (06 1E). While the terminal is
 * master every message of its is answered, exactly once, and nothing but the
 * wish to abort (06 B0) is sent otherwise.
 *
 * Everything the driver wants to know goes the same way: status enquiry, then
 * registration where that has not been done on this line, then the terminal's
 * last booking. What follows is the goal's business:
 *
 *	OPEN	ready
 *	IDLE	nothing
 *	START	evidence on disk, commit, the command that books something;
 *		of all others, their command alone
 *	FIND	comparing the last booking with the one before and with what
 *		was asked for
 */
#ifndef TILLD_TERMINAL_ZVT_PRIVATE_H
#define TILLD_TERMINAL_ZVT_PRIVATE_H

#include "device/driver.h"
#include "terminal/zvt_codec.h"
#include "terminal/zvt_command.h"
#include "terminal/zvt_link.h"
#include "terminal/zvt_text.h"

/* To 04 0F: not accepted; the terminal reverses what it has approved. */
#define ZVT_NOT_ACCEPTED 0x66

#define ZVT_UNKNOWN_CODE 0x83 /* no such function, or not now */

#define ZVT_SLOW_BAUD 9600 /* what a terminal begins with anew (2.1) */

#define ZVT_TRACE_UNIT 1000000 /* a trace number in BMP 37 has six digits */

/* On top of T4: a terminal was seen to be silent for all of what it said. */
#define ZVT_T4_MARGIN_MS 5000

enum zvt_goal {
	ZVT_GOAL_OPEN,
	ZVT_GOAL_IDLE,
	ZVT_GOAL_START,
	ZVT_GOAL_FIND,
};

enum zvt_turn {
	ZVT_TURN_OURS,	 /* nothing is under way */
	ZVT_TURN_ANSWER, /* a command was sent; T3 runs for its 80 00 */
	ZVT_TURN_THEIRS, /* it was taken; T4 runs for the next message */
};

enum zvt_step {
	ZVT_STEP_NONE,
	ZVT_STEP_STATUS,   /* 05 01 */
	ZVT_STEP_SPEED,	   /* 08 40: back to the speed that is configured */
	ZVT_STEP_REGISTER, /* 06 00 */
	ZVT_STEP_LAST,	   /* 06 20, the last booking, nothing printed */
	ZVT_STEP_ORDER,	   /* what was asked for: zvt_order.c */
};

enum zvt_saving {
	ZVT_SAVING_NONE,
	ZVT_SAVING_SENT,   /* the money command waits for it */
	ZVT_SAVING_RESULT, /* the terminal's 04 0F waits for its answer */
};

enum zvt_copy { /* tag 1F07 */
		ZVT_COPY_UNKNOWN,
		ZVT_COPY_MERCHANT,
		ZVT_COPY_CUSTOMER,
		ZVT_COPY_OTHER,
};

struct zvt_receipts {
	/* arrays of lines; NULL if none */
	json_t *merchant, *customer, *administration;
	json_t *current;     /* the one being printed */
	enum zvt_copy copy;  /* that it says it is */
	bool administrative; /* of what is no payment */
	bool signature;	     /* one of them has to be signed */
	size_t lines;
};

struct zvt_state;

/* What is asked for, by the kind of its operation. */
struct zvt_order {
	bool moves;    /* money, or totals: evidence and commit before it */
	bool heals;    /* no state of the terminal speaks against it */
	bool answered; /* ends with the answer to it */
	/* The command; NULL: an enquiry is all there is to it. */
	void (*add)(const struct zvt_state *state, struct buf *apdu);
};

struct zvt_settings {
	uint8_t password[ZVT_PASSWORD_SIZE];
	int currency;	   /* that it works in, ISO 4217 numeric */
	int sent_currency; /* the same, or ZVT_NO_CURRENCY */
	uint8_t config;
	uint8_t service;
	uint8_t last_service; /* of 06 20, when looking for a booking */
	int payment_type;
	enum zvt_language language;
	bool own_words; /* the terminal's, where it has some */
	bool displayed; /* to the customer, too */
	bool numbered;
	bool repeats_day_end;
	enum zvt_tlv_use tlv;
	const char *page;
	bool strip_tlv;
	bool abort_allowed;
	int64_t t3, t4, poll;
};

/* Six digits, packed. */
void zvt_settings_read_password(const char *digits,
				uint8_t out_password[ZVT_PASSWORD_SIZE]);

/* zvt_scan.c */
extern const struct driver_scan zvt_scan;

struct zvt_state {
	struct zvt_settings settings;
	struct zvt_link link;
	bool lost;
	bool spoke; /* ZVT, on this line */

	/* the conversation */
	enum zvt_goal goal;
	enum zvt_turn turn;
	enum zvt_step step; /* under way */
	enum zvt_step next; /* when it is our turn, the line quiet, and due */
	int64_t due;
	int64_t step_until; /* however often the terminal restarts T4 */
	int64_t busy_until; /* how long a busy terminal is waited for */
	int64_t told_busy;  /* when people were told, -1 if not yet */
	int silences;	    /* enquiries without answer while finding out */
	bool registered;
	bool identify;	 /* who is there has to be told anew: register */
	bool logged_off; /* for people; until something is asked for */
	bool plain;	 /* it did not take our longer registration */
	bool slow; /* we talk at 9600, though another speed is configured */
	uint8_t speed_code; /* of the configured one, in 08 40 */
	bool faster;	    /* it has agreed to that, from the next step on */
	bool again;	    /* registered once more, since it had forgotten */
	bool numbered;	    /* it agreed to message sequence numbers */
	int64_t sequence;   /* of the last message, whoever's */
	bool answered;	    /* it was the terminal's, and has its answer */
	uint16_t last_answer;
	bool owed; /* a message of the terminal waits for its answer */
	bool held; /* and nobody has claimed it yet */
	json_t *identity;
	int64_t terminal; /* its id, as told last on this line; 0: not yet */
	uint8_t status;	  /* as told last */
	bool status_told;

	/* its last booking, by 06 20 */
	bool last_told;
	bool last_refused; /* it would not tell, whatever there is */
	struct zvt_numbers last;
	json_t *last_result;
	bool known_told; /* what it told so since the line came up */
	struct zvt_numbers known;

	/* the operation */
	bool running, committed, live; /* live: begun on this line */
	struct op op;
	int64_t began_at;
	enum zvt_saving saving;
	bool baseline_told; /* the last booking before it */
	bool baseline_refused;
	struct zvt_numbers baseline;
	int64_t begun_at; /* the terminal that was there; 0: not known */
	bool result_told; /* by 04 0F, now or in the evidence */
	struct zvt_numbers numbers;
	json_t *result;
	bool refused;	    /* by us: it could not be saved */
	enum reason ending; /* why the terminal ended it, if it said so */
	bool denied;	    /* it refused, and that is looked into */
	int denied_code;
	bool abort_wanted;
	int abort_tries;
	int64_t abort_until; /* its answer may still come until then, or 0 */
	struct zvt_receipts receipts;
};

/* What outlasts a lost line, for telling whose a late 04 0F is. */
struct zvt_kept {
	int64_t amount; /* of what was told as not booked last */
	int64_t told_at;
	int64_t trace; /* what was told as booked last */
	int32_t receipt;
	int32_t terminal;
	int32_t not_at; /* the terminal that did not book it, or 0 */
	int32_t seen;	/* the one that was there last, or 0 */
	bool told_ok;	/* the three above are there */
	bool told_not;	/* amount, told_at, not_at and reversal are */
	bool reversal;
	bool met;	     /* we have talked since the daemon started */
	bool slow;	     /* 9600 is tried next, or is all it has */
	bool pending;	     /* the line went while the terminal was at it */
	bool register_first; /* an enquiry before that was not answered */
};

/* --- zvt_exchange.c --- */

/* Takes a step as soon as the line allows it, in delay ms at the earliest. */
void zvt_want(struct driver_io *io, enum zvt_step step, int64_t delay);

/* Answers the terminal's message: ZVT_POSITIVE, or ZVT_NEGATIVE and an error. */
void zvt_answer(struct driver_io *io, uint16_t control);

/* Gives the line up. An operation that was not sent yet has failed. */
void zvt_break(struct driver_io *io, enum reason reason);

/* Nothing to do until the next look at the terminal. */
void zvt_rest(struct driver_io *io);

/* Tells that the device is there. */
void zvt_be_ready(struct driver_io *io);

/* What every callback ends with: reads, sees what is due, speaks, writes, and
 * sets the deadline. */
void zvt_work(struct driver_io *io);

/* --- zvt_message.c --- */

void zvt_take_message(struct driver_io *io, const struct zvt_apdu *apdu);

/* Whether a booking is another operation's than the one that runs: one that was
 * there before, or of another terminal than it was begun at. */
bool zvt_booking_is_anothers(struct driver_io *io,
			     const struct zvt_numbers *numbers);

/* --- zvt_step.c --- */

/* The command of a step. */
void zvt_step_add_command(const struct zvt_state *state, enum zvt_step step,
			  struct buf *apdu);

/* 06 0F: the step under way is done. */
void zvt_step_end(struct driver_io *io, const struct zvt_apdu *apdu);

/* 84 xx to its command, or (aborted) 06 1E after it. */
void zvt_step_refused(struct driver_io *io, uint8_t error, bool aborted);

/* Its command was not taken off the line; asks once more. */
void zvt_step_retry(struct driver_io *io);

/* --- zvt_order.c --- */

const struct zvt_order *zvt_order_of(const struct zvt_state *state);

/* The terminal works on what was asked for. */
bool zvt_order_is_under_way(const struct zvt_state *state);
void zvt_order_tell_status(struct driver_io *io, int code);

/* How one ends that books nothing. */
void zvt_order_end(struct driver_io *io);
void zvt_order_refused(struct driver_io *io, uint8_t error);

/* --- zvt_result.c --- */

/* In the words of docs/drivers.md, without receipts. */
json_t *zvt_result_make(const struct zvt_state *state,
			const struct zvt_info *info);

/* The terminal's own code and, unless it told it in its own words, what it
 * means; nothing if it told none (-1). */
void zvt_result_put_code(json_t *result, int64_t code);

/* --- zvt_identity.c --- */

/* What an enquiry tells of it, for driver_ready(). */
void zvt_identity_take(struct zvt_state *state,
		       const struct zvt_enquiry *enquiry);

/* All of that, and its id; the caller's. NULL if there is nothing. */
json_t *zvt_identity_give(struct zvt_state *state);

/* The status byte of an enquiry, for whoever is interested. */
void zvt_status_tell(struct driver_io *io, int code);

/* It told its id (29, 1F44); -1 and 0 are none. */
void zvt_terminal_take(struct driver_io *io, int64_t terminal);

/* Adds the id to result (which is given back) if it has none yet. */
json_t *zvt_terminal_complete(const struct zvt_state *state, json_t *result);

/* Both are known, and they are two. */
bool zvt_terminal_differs(int64_t a, int64_t b);

/* The one that the running operation was begun at; 0 if that is not known. */
int64_t zvt_terminal_of_op(const struct zvt_state *state);

/* Another one is there now. */
bool zvt_terminal_is_another(const struct zvt_state *state);

/* What is to be reversed was paid at another one than is there. */
bool zvt_reversal_is_elsewhere(const struct zvt_state *state);

/* --- zvt_payment.c --- */

/* The terminal's last booking is known, or it can't tell it: go ahead. */
void zvt_payment_prepare(struct driver_io *io);

/* 04 0F of the running operation: saved, and answered when that is done.
 * result is stolen. */
void zvt_payment_keep_result(struct driver_io *io,
			     const struct zvt_numbers *numbers, json_t *result);

/* 84 xx to the command itself. */
void zvt_payment_take_refusal(struct driver_io *io, uint8_t error);

/* 06 0F, or 06 1E (aborted), with its code; -1 if it told none. */
void zvt_payment_take_end(struct driver_io *io, bool aborted, int code);
void zvt_payment_saved(struct driver_io *io, int err);

/* Ends the operation; result is stolen. */
void zvt_finish(struct driver_io *io, enum outcome outcome, enum reason reason,
		json_t *result);

/* Ends it as approved with these numbers, or as unknown if a reversal hit
 * another transaction than it should have. */
void zvt_finish_approved(struct driver_io *io,
			 const struct zvt_numbers *numbers, json_t *result);

/* --- zvt_recover.c --- */

/* Saves all that is known of the running operation. */
void zvt_evidence_save(struct driver_io *io, const char *state);

/* Reads it back; false if the command can't have been sent. */
bool zvt_evidence_read(struct zvt_state *state, const json_t *evidence);

/* Begins to find out; the operation is running and was committed. */
void zvt_find_begin(struct driver_io *io, int64_t delay);

/* The terminal is idle and told its last booking, or can't. */
void zvt_find_end(struct driver_io *io);

/* The terminal is still at something; asks again later. */
void zvt_find_wait(struct driver_io *io, int code);

/* The same booking, as far as both tell; false if one tells too little. */
bool zvt_booking_is_same(const struct zvt_numbers *a,
			 const struct zvt_numbers *b);

/* What the till had asked for; a customer's tip comes on top. */
int64_t zvt_amount_asked(const struct zvt_numbers *numbers);

/* What was told as booked last. */
bool zvt_booking_was_told(const struct zvt_kept *kept,
			  const struct zvt_numbers *numbers);

/* A 04 0F that belongs to no operation that we know of (yet). */
void zvt_stray_take(struct driver_io *io, const struct zvt_info *info);
void zvt_stray_settle(struct driver_io *io);

/* --- zvt_receipt.c --- */

void zvt_receipts_take_line(struct zvt_receipts *receipts,
			    const struct zvt_settings *settings,
			    const uint8_t *data, size_t len);
void zvt_receipts_take_block(struct zvt_receipts *receipts,
			     const struct zvt_settings *settings,
			     const uint8_t *data, size_t len);

/* {"merchant": [...], "customer": [...], "administration": [...]}, those that
 * there are, NULL if there are none; empties. */
json_t *zvt_receipts_take(struct zvt_receipts *receipts);
void zvt_receipts_clear(struct zvt_receipts *receipts);

#endif
