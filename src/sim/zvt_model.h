/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of the ZVT model: the link to the till, one transaction as a
 * list of stages, and the terminal's book, which outlives a power cut.
 * Numbers in comments are sections of the protocol text that the model was
 * written from. All card data here are invented. Names begin with pt, for
 * payment terminal: one program may link this and the driver it is played to.
 */
#ifndef TILLD_SIM_ZVT_MODEL_H
#define TILLD_SIM_ZVT_MODEL_H

#include "sim/model_kit.h"
#include "sim/zvt_data.h"
#include "sim/zvt_wire.h"

#define PT_T1_MS	  200
#define PT_T2_MS	  5000
#define PT_T3_MS	  5000
#define PT_SENDS_MAX	  3
#define PT_QUEUE_MAX	  8
#define PT_AWAITED_MAX	  4
#define PT_BOOKINGS_MAX	  10000
#define PT_VIOLATIONS_MAX 100
#define PT_PRINTS_MAX	  100
#define PT_SLOTS	  7 /* of the totals (5.4) */
#define PT_EURO		  978
#define PT_ZLOTY	  985
#define PT_HOLD_MS	  2000 /* 84 9C: ask again (7.8) */
#define PT_REVERSE_MS	  1500

/* Result codes (6.1). */
enum pt_code {
	PT_CODE_OK = 0x00,
	PT_CODE_DECLINED = 0x05,
	PT_CODE_PIN_WRONG = 0x37,
	PT_CODE_CURRENCY = 0x6f,
	PT_CODE_STOPPED = 0x6c,
	PT_CODE_EOD_FAILED = 0x77,
	PT_CODE_IMPOSSIBLE = 0x83,
	PT_CODE_PROTOCOL = 0x9a,
	PT_CODE_NETWORK = 0x9b,
	PT_CODE_WAIT = 0x9c,
	PT_CODE_PART = 0x9d,
	PT_CODE_REVERSED = 0xb4,
	PT_CODE_NO_REVERSAL = 0xb5,
	PT_CODE_RESERVATION = 0xb8,
	PT_CODE_PRINTER = 0xcc,
	PT_CODE_CARD_INSERTED = 0xdc,
	PT_CODE_UPDATE = 0xe0,
	PT_CODE_EOD_NEEDED = 0xf0,
};

/* Messages to the till (6). */
enum pt_output {
	PT_SET_CLOCK = 0x0401,
	PT_STATUS = 0x040f,
	PT_PROGRESS = 0x04ff,
	PT_COMPLETION = 0x060f,
	PT_ABORTED = 0x061e,
	PT_PRINT_LINE = 0x06d1,
	PT_PRINT_BLOCK = 0x06d3,
	PT_POSITIVE = 0x8000,
	PT_NEGATIVE = 0x8400, /* and the code in the low byte */
};

enum pt_booking_rule { PT_AUTOREVERSE, PT_KEEP, PT_REFUSE };

enum pt_abort_rule {
	PT_UNTIL_HOST,
	PT_ALWAYS_8483,
	PT_IGNORE,
	PT_TOO_LATE_APPROVES,
};

enum pt_timer {
	PT_TIMER_T1,
	PT_TIMER_T2,
	PT_TIMER_T3,
	PT_TIMER_STAGE,
	PT_TIMER_LATE,	/* 80 00 held back */
	PT_TIMER_GAP,	/* the second half of a frame */
	PT_TIMER_POWER, /* off, hung up or deaf until then */
	PT_TIMER_HELD,	/* a message held back */
	PT_TIMER_CABLE, /* pulled until then */
	PT_TIMERS,
};

enum pt_stage_kind {
	PT_STAGE_CARD,
	PT_STAGE_PIN,
	PT_STAGE_HOST,
	PT_STAGE_REMOVE,
	PT_STAGE_WAIT, /* only time has to pass */
	PT_STAGE_CLOCK,
	PT_STAGE_RESULT,
	PT_STAGE_PRINT,
	PT_STAGE_END,
};

struct pt_stage {
	enum pt_stage_kind kind;
	uint8_t progress; /* code of the 04 FF */
	const char *display;
	int ms; /* until it goes on by itself */
};

struct pt;

/* What runs while the terminal is master. Any function may be NULL. */
struct pt_flow {
	const char *name;
	const struct pt_stage *stages;
	size_t count;
	bool payment; /* its receipts go by config bit 02, else by bit 04 */
	/* result of asking the host: a code */
	uint8_t (*decide)(struct pt *pt);
	void (*result)(struct pt *pt, struct pt_message *message);
	void (*book)(struct pt *pt);
	void (*receipt)(struct pt *pt);
	void (*end)(struct pt *pt, struct pt_message *message);
};

extern const struct pt_flow pt_flow_payment, pt_flow_reversal, pt_flow_refund,
	pt_flow_phoned, pt_flow_end_of_day, pt_flow_totals, pt_flow_repeat,
	pt_flow_register, pt_flow_diagnosis, pt_flow_initialise, pt_flow_status,
	pt_flow_plain;

enum pt_booking_kind { PT_PAID, PT_REVERSED, PT_REFUNDED };

struct pt_booking {
	enum pt_booking_kind kind;
	int64_t amount;
	int64_t receipt;
	int64_t trace;
	int64_t original; /* of a reversal: the payment's receipt */
	int card;
	bool reversed;
	bool closed; /* an end-of-day came after it */
};

/* A card of the model's: names and numbers as 6.4 and 5.4 have them. */
struct pt_card {
	const char *option;
	const char *name;
	uint8_t type;
	int slot; /* place in the totals */
};

extern const struct pt_card pt_cards[];

/* Of the turnover memory, by slots (5.4). */
struct pt_totals {
	int64_t first, last; /* receipt numbers */
	int64_t sum;
	int64_t counts[PT_SLOTS];
	int64_t sums[PT_SLOTS];
};

struct pt_transaction {
	const struct pt_flow *flow; /* NULL: the till is master */
	struct pt_message command;  /* to know a repeat by */
	size_t stage;
	bool told;     /* the stage's message was answered */
	bool jump;     /* to the result, once it is answered */
	bool approved; /* by the host */
	bool voted,
		booked; /* the till accepted the result; it is in the book */
	bool reversing;
	bool alone;   /* nobody listens any more */
	bool swapped; /* prints come before the result */
	uint8_t code;
	int64_t asked, amount, tip;
	int64_t wanted; /* receipt number that 06 30 names */
	int64_t receipt, trace, original_trace;
	int64_t at;	 /* civil ms of the decision */
	size_t original; /* index of the payment to reverse */
	int64_t service, wait, statuses;
	int64_t held_since;
	int64_t held, results, messages, answers;
	unsigned events; /* bits of pt_stage_kind that a person did ahead */
	bool deny_once;	 /* PIN wrong, then right */
	bool strange;	 /* what no table has, in the result too */
	bool converted;	 /* in PLN */
	bool signature;	 /* and not a PIN */
	uint8_t next;	 /* byte of the positional completion */
};

enum pt_fault_kind {
	PT_FAULT_LOSE_REPLY,
	PT_FAULT_CORRUPT,
	PT_FAULT_CLOSE,
	PT_FAULT_SILENT,
	PT_FAULT_POWER,
	PT_FAULT_GAP,
	PT_FAULT_LOSE_ACK,
	PT_FAULT_DROP_ACK,
	PT_FAULT_NAK,
	PT_FAULT_TWICE,
	PT_FAULT_LATE,
	PT_FAULT_CABLE,
	PT_FAULTS,
};

/* Strikes at the at-th message of the next transaction; 0: the next one. */
struct pt_fault {
	bool armed;
	int64_t at;
	int64_t ms; /* or how many times */
};

struct pt_sent {
	struct buf apdu;
	bool message; /* wants an answer */
};

/* A message of ours that the till has not answered yet. */
struct pt_awaited {
	uint16_t code;
	bool stage;	/* the transaction goes on with its answer */
	int64_t number; /* its sequence number */
	bool delivered;
};

struct pt {
	struct model model;

	/* options */
	bool serial;
	bool automatic;
	enum pt_booking_rule booking_rule;
	enum pt_abort_rule abort_rule;
	bool commit_on_answer;
	bool prints_first;
	bool sequence_allowed;
	bool pan_full;
	bool line_tail;
	bool repeat_end_of_day;
	int card;
	int64_t tid;
	int64_t password;
	int64_t split; /* bytes per send, 0: all at once */
	int64_t card_timeout;
	int64_t padding; /* more lines on a receipt */
	const char *page;

	/* survives a power cut */
	struct kit_clock clock;
	struct pt_booking *bookings;
	size_t bookings_count;
	int64_t receipt_next, trace_next, turnover;
	struct pt_message last; /* the last successful 04 0F */
	bool has_last;
	bool end_of_day_needed;

	/* lost in a power cut */
	bool registered;
	uint8_t config;
	bool tlv, blocks, sequence_on;
	int64_t sequence;
	struct pt_transaction tx;
	struct pt_message prints[PT_PRINTS_MAX];
	size_t prints_count, prints_at;
	bool card_in;

	/* the link */
	struct pt_ear ear;
	struct pt_sent queue[PT_QUEUE_MAX];
	size_t queue_count;
	int sends;
	bool ack_lost;		/* of the last frame we took */
	struct pt_message held; /* back, until its timer */
	bool holding, held_stage;
	bool again;	/* a message of before: it keeps its number */
	bool cable_out; /* both ways, and neither side knows */
	struct pt_awaited awaited[PT_AWAITED_MAX];
	size_t awaited_count;
	struct buf out;	  /* leaves at the end of every callback */
	struct buf later; /* after the gap */
	bool line_up;
	int64_t deadlines[PT_TIMERS]; /* -1: not running */
	bool off, deaf, quiet;

	/* what a person or a test wants of the next transaction */
	struct pt_fault faults[PT_FAULTS];
	uint8_t next_code;
	int64_t next_tip, next_amount, next_storm, next_update, next_late;
	bool next_pin_wrong, next_twice, next_strange;
	bool next_conversion, next_signature;
	bool busy, reverse_last;
	int64_t naks;

	/* the account */
	json_t *violations;
	int64_t commands, link_repeats, auto_reversals, power_cuts, end_of_days;
	int64_t resets, registrations;
	int64_t last_messages; /* of the last transaction about money */
};

static inline struct pt *pt_of(struct model *model)
{
	return (struct pt *)model;
}

/* zvt_link.c: frames, acknowledgements, repeats */
void pt_link_input(struct pt *pt, const uint8_t *data, size_t len);
/* Sends an APDU, with the sequence number if that is on. */
void pt_link_send(struct pt *pt, const struct pt_message *message,
		  bool wants_answer);
void pt_link_flush(struct pt *pt);
void pt_link_reset(struct pt *pt);
/* What we said last is not answered, and never will be. */
void pt_link_fail(struct pt *pt);
void pt_link_free(struct pt *pt);
void pt_link_end_t1(struct pt *pt);
void pt_link_end_t2(struct pt *pt);
void pt_link_end_gap(struct pt *pt);

/* zvt_time.c: the one timer, shared; power and line */
void pt_time_set(struct pt *pt, enum pt_timer timer, int64_t ms);
void pt_time_clear(struct pt *pt, enum pt_timer timer);
void pt_time_run(struct pt *pt);
void pt_time_arm(struct pt *pt);
int64_t pt_time_now(const struct pt *pt);
void pt_power_cut(struct pt *pt, int64_t ms);
void pt_power_hang_up(struct pt *pt);
void pt_power_sleep(struct pt *pt, int64_t ms);
void pt_cable_pull(struct pt *pt, int64_t ms);
/* The fault strikes now: at this message of the transaction, or any. */
struct pt_fault *pt_fault_take(struct pt *pt, enum pt_fault_kind kind);

/* zvt_command.c: what the till wants */
void pt_command_take(struct pt *pt, const struct pt_apdu *apdu);
void pt_command_accept_late(struct pt *pt);
void pt_command_violate(struct pt *pt, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* zvt_flow.c: stages of a transaction */
void pt_flow_begin(struct pt *pt);
void pt_flow_answered(struct pt *pt, uint16_t code);
void pt_flow_unanswered(struct pt *pt);
void pt_flow_abandon(struct pt *pt);
void pt_flow_pass(struct pt *pt); /* the stage's time is over */
void pt_flow_fail(struct pt *pt, uint8_t code);
/* A person did what the stage waits for, or will. */
void pt_flow_event(struct pt *pt, enum pt_stage_kind kind);
bool pt_flow_past_host(const struct pt *pt);
void pt_flow_drop(struct pt *pt);
/* Only while a flow runs. */
enum pt_stage_kind pt_flow_stage(const struct pt *pt);

/* zvt_tell.c: the messages of the stages */
void pt_tell(struct pt *pt, const struct pt_message *message, bool stage);
void pt_tell_held(struct pt *pt);
bool pt_tell_strike(struct pt *pt);
void pt_tell_progress(struct pt *pt, uint8_t code, const char *text);
void pt_tell_clock(struct pt *pt);
void pt_tell_result(struct pt *pt);
void pt_tell_end(struct pt *pt);

/* zvt_book.c: what happened to the money */
uint8_t pt_book_decide(struct pt *pt);
uint8_t pt_book_decide_reversal(struct pt *pt);
uint8_t pt_book_decide_end_of_day(struct pt *pt);
void pt_book_payment(struct pt *pt);
void pt_book_reversal(struct pt *pt);
void pt_book_refund(struct pt *pt);
void pt_book_end_of_day(struct pt *pt);
bool pt_book_reverse_by_hand(struct pt *pt, int64_t receipt);
json_t *pt_book_account(const struct pt *pt);
struct pt_totals pt_book_total(const struct pt *pt);

/* zvt_result.c: the 04 0F of each flow */
void pt_result_payment(struct pt *pt, struct pt_message *message);
void pt_result_reversal(struct pt *pt, struct pt_message *message);
void pt_result_totals(struct pt *pt, struct pt_message *message);
void pt_result_repeat(struct pt *pt, struct pt_message *message);

/* zvt_paper.c: receipts, and where they are printed */
void pt_paper_payment(struct pt *pt);
void pt_paper_administration(struct pt *pt);
void pt_paper_repeat(struct pt *pt);
void pt_paper_clear(struct pt *pt);

#endif
