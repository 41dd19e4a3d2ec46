/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why an operation ended as it did, or why a device is not ready. One table,
 * reason.c, gives each its stable name, a sentence that a cashier understands,
 * and what to do next; API, log and tillctl say it in these words.
 */
#ifndef TILLD_DEVICE_REASON_H
#define TILLD_DEVICE_REASON_H

#include <stdbool.h>

enum reason {
	REASON_NONE,
	/* the way to the device */
	REASON_PORT_MISSING,	   /* no such port, nothing plugged in */
	REASON_PORT_BUSY,	   /* another program holds the port */
	REASON_PORT_DENIED,	   /* no right to open the port */
	REASON_PORT_AMBIGUOUS,	   /* the configured name fits two */
	REASON_CONNECTION_REFUSED, /* nobody listens at that address */
	REASON_UNPLUGGED,	   /* the line went away */
	REASON_NO_ANSWER,	   /* the device is silent */
	REASON_GARBLED,		   /* what came back makes no sense */
	REASON_WRONG_PROTOCOL,	   /* it speaks, but something else */
	REASON_PCSC_MISSING,	   /* nobody answers for card readers */
	REASON_CERTIFICATE_WRONG,  /* TLS: not the one that is pinned */
	REASON_BUSY,		   /* the device works on something else */
	REASON_RECOVERING,	   /* an earlier operation is being found out */
	REASON_STOPPING,	   /* the daemon is being stopped */
	REASON_RESTARTED,	   /* the daemon ended in between */
	REASON_ABORTED,		   /* called off */
	REASON_NOT_SUPPORTED,	   /* this protocol has no form for it */
	REASON_BAD_PARAMETER,	   /* the device would not take these values */
	REASON_CURRENCY_DIFFERS,   /* the device works in another currency */
	REASON_ARTICLE_LOCKED,	   /* the printer has another rate for it */
	/* drawer */
	REASON_PRINTER_OFFLINE,	   /* the printer that drives the drawer is */
	REASON_DRAWER_RESTING,	   /* the solenoid's duty limit */
	REASON_DRAWER_STAYED_SHUT, /* pulsed, but the sensor says closed */
	/* printer */
	REASON_PAPER_OUT,
	REASON_COVER_OPEN,
	REASON_PRINTER_ERROR,	   /* mechanism, supply, cutter */
	REASON_PRINTER_WAITS,	   /* for a key on its own keypad */
	REASON_NOTHING_TO_REPORT,  /* all totals zero, nothing to close */
	REASON_RECEIPT_OPEN,	   /* a document is open on the printer */
	REASON_FISCAL_BLOCKED,	   /* its memory failed, or is read-only */
	REASON_SALES_BLOCKED,	   /* its authorisation is over */
	REASON_MEMORY_FULL,	   /* no room in it for another document */
	REASON_REPORT_NEEDED,	   /* the day is over, or its totals too big */
	REASON_CASH_SHORT,	   /* less in its cash state than goes out */
	REASON_PRINTER_SETUP,	   /* a password, a mode, an operator */
	REASON_CLOCK_WRONG,	   /* the printer's clock disagrees */
	REASON_BAD_RANGE,	   /* no such period or numbers */
	REASON_DEVICE_REFUSED,	   /* another error of its own; see "code" */
	REASON_COUNTERS_AMBIGUOUS, /* they moved in a way we can't explain */
	/* terminal */
	REASON_DECLINED,	  /* by the host or the card's rules */
	REASON_CUSTOMER_ABORTED,  /* stop key, timeout, card trouble */
	REASON_NETWORK_DOWN,	  /* the terminal can't reach its host */
	REASON_END_OF_DAY_NEEDED, /* before the terminal goes on */
	REASON_TERMINAL_SERVICE,  /* wants diagnosis or initialisation */
	REASON_ALREADY_REVERSED,
	REASON_REVERSAL_IMPOSSIBLE,
	REASON_CANNOT_TELL,	   /* asked afterwards, the device can't say */
	REASON_WRONG_TRANSACTION,  /* another one than asked was reversed */
	REASON_SETTLED,		   /* a person said what became of it */
	REASON_AMOUNT_DIFFERS,	   /* approved, but for another amount */
	REASON_RELEASED,	   /* somebody else's program is at the port */
	REASON_TERMINAL_EXCHANGED, /* another one than it was taken at */
	REASONS,
};

/* "printer-offline" and the like: stable, as API and journal have it. */
const char *reason_name(enum reason reason);

/* "The printer that drives the drawer is offline." */
const char *reason_sentence(enum reason reason);

/* "Close its cover and put paper in, then try again."; never NULL. */
const char *reason_advice(enum reason reason);

/* The inverse of reason_name; false if there is no such name. */
bool reason_from_name(const char *name, enum reason *out_reason);

#endif
