/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver contract. A driver is a protocol machine: it owns no descriptor,
 * no timer and no clock. It is handed bytes and deadlines, and answers with
 * bytes, a deadline and one completion; so it runs unchanged on a port, on a
 * recorded session, under a fuzzer and in a simulated world. It includes this
 * header and util/, nothing else of the daemon, and is named in one line of
 * devices/drivers.c.
 *
 * What the framework (device.c) calls, one call at a time, all from the loop:
 *
 *	open	  the line has just come up; state is all zero. The driver
 *		  finds out who is there and ends, sooner or later, in exactly
 *		  one of driver_ready() and driver_lost(). Where an operation
 *		  is in doubt, driver_doubt() tells its evidence already now.
 *	start	  begin an operation of a kind in ops. Only called when ready
 *		  and idle. Ends in exactly one driver_done() - or, past the
 *		  point of no return, in driver_lost(): then the framework
 *		  opens the line again and calls recover.
 *		  What op holds is there until that.
 *	recover	  find out what became of an operation that was started before
 *		  the line was lost or the daemon ended: never start it again,
 *		  ask. evidence is what the driver saved for it last, NULL if
 *		  nothing; the operation may or may not have passed its point
 *		  of no return. Called when ready and idle; ends like start.
 *		  NULL: the protocol can't tell, the outcome is unknown.
 *	input	  bytes came, at least one; any number, cut anywhere.
 *	timeout	  the deadline set last is due; it is no longer set.
 *	saved	  what driver_save() was given is on disk. err is 0, or an
 *		  errno if it could not be written: then the driver must not
 *		  go on past its point of no return, or must tell the device
 *		  that we do not accept (see docs/protocols.md 8.3).
 *	abort	  the running operation is no longer wanted. A wish: the
 *		  operation still ends in its one driver_done(). NULL: can't.
 *	close	  the daemon stops; last bytes may be written (a log-off).
 *
 * start, recover, open and input need not be NULL-checked by drivers; ops,
 * recover, timeout, saved, abort and close may be NULL where not needed.
 *
 * The rules, which tests/contract holds every driver in the table to:
 *
 * - One operation at a time. A completion may be given from within start or
 *   recover; the framework delivers it from the loop.
 * - driver_commit() is the point of no return: it comes before the first byte
 *   that can move paper, money or a drawer. Before it, only ok is impossible;
 *   after it, failed is: what was sent may have been received. refused stays
 *   possible, for a device that says so itself.
 * - After a lost reply nothing that can move something is sent again. Find
 *   out, or say unknown.
 * - Whatever comes in - silence, garbage, half a frame, the same reply twice,
 *   a reply to something else - ends in a completion or in driver_lost()
 *   within the driver's own deadlines. No callback blocks or loops on input.
 * - Never pass a badge number, a PIN, track data or a full card number to any
 *   of these but driver_swipe(); wipe what held them (util/secret.h, buf_free).
 */
#ifndef TILLD_DEVICE_DRIVER_H
#define TILLD_DEVICE_DRIVER_H

#include "device/job.h"
#include "device/op.h"
#include "device/reason.h"
#include "device/receipt_sums.h"
#include "device/trace.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum device_class {
	DEVICE_DRAWER,
	DEVICE_PRINTER,
	DEVICE_TERMINAL,
	DEVICE_DISPLAY,
	DEVICE_READER,
	DEVICE_CLASSES,
};

/* "drawer", "printer"...; stable, as configuration and API have it. */
const char *device_class_name(enum device_class class);

struct driver_io; /* the framework's end; handed to every callback */

enum driver_parity {
	DRIVER_PARITY_NONE,
	DRIVER_PARITY_ODD,
	DRIVER_PARITY_EVEN
};
enum driver_flow { DRIVER_FLOW_NONE, DRIVER_FLOW_RTSCTS, DRIVER_FLOW_XONXOFF };

/* How a serial line is set where the configuration says nothing. */
struct driver_line {
	int baud;      /* bits per second */
	int data_bits; /* 7 or 8 */
	int stop_bits; /* 1 or 2 */
	enum driver_parity parity;
	enum driver_flow flow;
};

/* What a device can be plugged in as, beside a serial port. */
enum driver_plug {
	DRIVER_PLUG_NONE,
	DRIVER_PLUG_USB,  /* an interface with bulk endpoints, as a printer's:
			     bytes both ways, at full length */
	DRIVER_PLUG_HID,  /* reports, as the kernel's hidraw has them: what
			     comes begins with one and is of whole ones, each
			     driver_write() is one, led by its number or 0 */
	DRIVER_PLUG_KEYS, /* a keyboard, of which nobody else gets a key:
			     DRIVER_KEY_SIZE bytes for each that is pressed (1),
			     repeated (2) or released (0): its code (as in
			     linux/input-event-codes.h, low byte first), that
			     value, and a 0 */
	DRIVER_PLUG_CARD, /* a reader of chip cards, as PC/SC has it: records
			     both ways, see enum driver_card */
	DRIVER_PLUGS,
};

#define DRIVER_KEY_SIZE	 4
#define DRIVER_KEYS_LOST 0xffff /* in place of a code: some were missed */

/*
 * A record: one of these, the length of the rest in two bytes, the high one
 * first, and the rest. An answer comes to each command, in their order; what is
 * said to a card that has gone fails.
 */
enum driver_card {
	/* from the reader */
	DRIVER_CARD_IN = 1, /* a card was shown; its ATR, if it has told one */
	DRIVER_CARD_STAYS,  /* the same, of one that was there before the line
			       was: nobody shows it now */
	DRIVER_CARD_OUT,    /* it was taken away */
	DRIVER_CARD_ANSWER, /* data, and the status in two bytes */
	DRIVER_CARD_FAILED, /* no answer: an enum driver_card_fault */
	/* to it */
	DRIVER_CARD_COMMAND = 0x81, /* an APDU, short: at most 261 bytes. The
				       first takes the card for us alone */
	DRIVER_CARD_DONE,	    /* and this lets go of it */
};

enum driver_card_fault {
	DRIVER_CARD_GONE,
	DRIVER_CARD_TAKEN, /* another program has it for itself */
	DRIVER_CARD_DUMB,  /* it can't be talked to */
};

#define DRIVER_CARD_HEAD 3
#define DRIVER_CARD_MOST 261 /* bytes of a command, and of an answer */

/* A device that is known to be for a driver: what udev's rules are made of.
 * Others may be named in the configuration all the same. */
struct driver_match {
	enum driver_plug plug; /* DRIVER_PLUG_NONE ends the table */
	uint16_t vendor;
	uint16_t first, last; /* product numbers, both included */
};

enum driver_option_type {
	DRIVER_OPTION_BOOL,	/* yes or no */
	DRIVER_OPTION_INT,	/* min to max */
	DRIVER_OPTION_DURATION, /* milliseconds, min to max */
	DRIVER_OPTION_CHOICE,	/* one of the words in choices */
	DRIVER_OPTION_DIGITS,	/* min to max decimal digits */
	DRIVER_OPTION_HEX, /* min to max bytes, or one of the choices, if any */
};

/* One option of a driver: checked by the configuration, and listed by
 * "tilld --drivers". */
struct driver_option {
	const char *name; /* NULL ends the table */
	enum driver_option_type type;
	int64_t min, max;
	const char *choices;   /* "low-is-open high-is-open none" */
	const char *otherwise; /* the default, as it would be written */
	const char *help;      /* one sentence */
	const char *without;   /* bytes that DRIVER_OPTION_HEX can't hold */
	const char *advice;    /* to whoever stays with the default, or NULL */
	bool secret;	       /* its value is told nowhere */
};

#define DRIVER_OP(kind)	 (1U << (kind))
#define DRIVER_CAN(plug) (1U << (plug))

/*
 * How a serial device that does not answer is looked for, when somebody asks
 * for it: a question that prints, moves and changes nothing, and how an answer
 * is known among what came (all of it since the question; cut anywhere). What
 * the device waits for after its answer is written then. io is for the driver's
 * options only: the driver is not open.
 */
struct driver_hail {
	const char *dialect; /* NULL where there is but one */
	void (*ask)(struct driver_io *io, struct buf *out); /* NULL ends them */
	bool (*is_answer)(const uint8_t *data, size_t len);
	void (*thank)(struct buf *out); /* may be NULL */
};

struct driver_scan {
	const int *speeds; /* that such devices have, usual ones first; 0 */
	bool parities;	   /* they can be set to even and odd, too */
	const struct driver_hail *hails;
};

struct driver {
	const char *name;    /* "escpos-drawer", as in the configuration */
	const char *summary; /* one line: what it is for */
	enum device_class class;
	unsigned int ops; /* DRIVER_OP(...) of all kinds that it can do */
	size_t state_size;
	struct driver_line line;
	const struct driver_scan *scan; /* NULL: nothing harmless is answered */
	int tcp_port;	    /* the usual one, 0 if it is not reached by TCP */
	unsigned int plugs; /* DRIVER_CAN(...) of all it takes */
	const struct driver_match *matches;  /* NULL if it has none */
	const struct driver_option *options; /* NULL if it has none */

	void (*open)(struct driver_io *io);
	void (*start)(struct driver_io *io, const struct op *op);
	void (*recover)(struct driver_io *io, const struct op *op,
			const json_t *evidence);
	void (*input)(struct driver_io *io, const uint8_t *data, size_t len);
	void (*timeout)(struct driver_io *io);
	void (*saved)(struct driver_io *io, int err);
	void (*abort)(struct driver_io *io);
	void (*close)(struct driver_io *io);

	/* Pure: a print job of what an app asks for (job.h), at the end of out;
	 * text in that code page, the option "code-page". False, and why, if
	 * there is none. Not NULL where ops has OP_PRINT_JOB. */
	bool (*print)(const json_t *asked, const char *page, struct buf *out,
		      struct job_fault *out_fault);

	/* Pure: takes the first thing off what went over the line (trace.h) and
	 * returns of how many bytes it is; 0 if more are needed. NULL: it is
	 * only told how many went. */
	size_t (*trace)(struct trace *trace);
};

/* --- what a driver may call --- */

/*
 * state_size bytes, zeroed at each open and wiped afterwards. Anything in it
 * that owns memory is released in close, which is called whenever the line
 * goes, whoever ended it; driver_write then writes nothing if it is gone.
 */
void *driver_state(struct driver_io *io);

/*
 * As many bytes that outlast a lost line, for what must (a drawer's rest, a
 * counter of frames); zeroed when the daemon starts. 64 bytes.
 */
#define DRIVER_KEPT_SIZE 64
void *driver_kept(struct driver_io *io);

/*
 * The evidence that recover will be given once the driver is ready, for devices
 * that know what they did last only until something else is asked of them; NULL
 * if nothing is in doubt, or nothing was saved. Borrowed, until the callback
 * returns. Opening only looks: what is found is for recover to tell.
 */
const json_t *driver_doubt(struct driver_io *io);

/* Milliseconds that never step back; only differences mean something. */
int64_t driver_now(struct driver_io *io);

/* The configured value of one of the driver's own options, or its default. */
const char *driver_option(struct driver_io *io, const char *name);
int64_t driver_option_int(struct driver_io *io, const char *name);
bool driver_option_bool(struct driver_io *io, const char *name);

/* True on a serial line, false on TCP: some protocols frame differently. */
bool driver_is_serial(struct driver_io *io);

/*
 * What a device that is plugged in by USB says of itself; borrowed, good while
 * the line is up. NULL on a serial line or TCP.
 */
struct driver_facts {
	uint16_t vendor, product; /* 0: it is not on USB after all */
	const char *model;	  /* its own words; NULL: it told none */
	const char *serial;
	const uint8_t *reports; /* the report descriptor of a HID */
	size_t reports_len;
};
const struct driver_facts *driver_facts(struct driver_io *io);

/* Which of the modem's lines into this end are on now; false where that can't
 * be told (TCP, an adapter without them). */
#define DRIVER_MODEM_CTS 1U
#define DRIVER_MODEM_DSR 2U
#define DRIVER_MODEM_DCD 4U
#define DRIVER_MODEM_RI	 8U
bool driver_modem(struct driver_io *io, unsigned int *out_lines);

/* How fast the serial line is configured, bits per second; 0 on TCP. */
int driver_speed(struct driver_io *io);

/* Another speed from now on, until the line is opened again; what was queued
 * should have left by then. Nothing on TCP. */
void driver_set_speed(struct driver_io *io, int baud);

/* Queues bytes for the device; they are copied. Never blocks, never fails:
 * a line that takes nothing for too long is lost. */
void driver_write(struct driver_io *io, const void *data, size_t len);

/* One deadline, ms from now; replaces the earlier. */
void driver_deadline(struct driver_io *io, int64_t ms);
void driver_deadline_stop(struct driver_io *io);

/* The device is there. identity (stolen, may be NULL) tells model, firmware,
 * serial number where they are known: {"model": ..., "firmware": ...,
 * "serial": ...}. What USB says of it is filled in. */
void driver_ready(struct driver_io *io, json_t *identity);

/* The device can't be worked with; the framework closes the line, waits, and
 * opens it again. */
void driver_lost(struct driver_io *io, enum reason reason);

/* The point of no return of the running operation. */
void driver_commit(struct driver_io *io);

/*
 * Evidence about the running operation (stolen; no secrets): the whole of it,
 * replacing what was saved before. Written durably, then saved is called, from
 * the loop. The driver waits for that before it relies on it.
 */
void driver_save(struct driver_io *io, json_t *evidence);

/*
 * The one completion. reason is REASON_NONE for ok and sent. result (stolen,
 * may be NULL) is what the device told, in the words of the API: see the
 * class's section in docs/drivers.md; "code" holds the device's own error.
 */
void driver_done(struct driver_io *io, enum outcome outcome, enum reason reason,
		 json_t *result);

/*
 * Something about the running operation that people want to see while it goes
 * on (stolen): {"text": "Please insert card", "code": "0A", ...}; with
 * "display": true the customer's display shows the text. Passing; not kept.
 */
void driver_progress(struct driver_io *io, json_t *progress);

/*
 * What is known of the device now (stolen), the whole of it:
 *	drawer	 {"drawer": "open" | "closed" | "unknown" | "no-sensor",
 *		  "online": bool, "paper": "ok" | "low" | "out"}
 *	printer	 {"paper": ..., "cover": "open" | "closed", "busy": bool,
 *		  "daily_reports": the fiscal printer's count of them, once it
 *		  told; 0 of a new one}
 * The framework compares, and tells who is interested when it changed.
 */
void driver_status(struct driver_io *io, json_t *status);

/*
 * How receipts are reckoned here, before driver_ready() says that they can be
 * printed, and whenever it changes. Copied; good until it is told again.
 */
void driver_rules(struct driver_io *io, const struct receipt_rules *rules);

/*
 * The one currency in which the device moves money, as its number in ISO 4217,
 * before driver_ready(). Another till's money is then no business of its.
 */
void driver_currency(struct driver_io *io, int number);

/*
 * A badge was shown. id is its canonical form ("em4100:04184edcba"), the same
 * whichever reader read it. It is keyed and wiped by the framework's owner;
 * the driver wipes its own copy.
 */
void driver_swipe(struct driver_io *io, const char *id);

/* The same of a card that has proved just now that it is no copy: by a key
 * that it does not give away. */
void driver_swipe_proven(struct driver_io *io, const char *id);

/* Before driver_ready(): whether cards can prove that here. */
void driver_proves(struct driver_io *io, bool proves);

/* Bytes that nobody can foresee. */
void driver_random(struct driver_io *io, void *out, size_t len);

/* A card was shown that is no badge, and will not be taken for one: why, to
 * follow on "A badge did not count: ". Nothing of the card itself. */
void driver_turn_away(struct driver_io *io, const char *why);

/* A line for the technician's log. No secrets, no control bytes. */
void driver_log(struct driver_io *io, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* --- the table --- */

/* All drivers, ended by NULL (devices/drivers.c). */
extern const struct driver *const drivers[];

/* By name; NULL if there is none. */
const struct driver *driver_find(const char *name);

#endif
