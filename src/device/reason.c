/* SPDX-License-Identifier: Apache-2.0 */
#include "device/reason.h"

#include "util/message.h"

#include <stddef.h>
#include <string.h>

struct reason_text {
	const char *name;
	const char *sentence;
	const char *advice;
};

/* clang-format off */
static const struct reason_text reason_texts[REASONS] = {
	[REASON_NONE] = { "none",
		N_("Everything is in order."),
		N_("Nothing needs to be done.") },
	[REASON_PORT_MISSING] = { "port-missing",
		N_("The device is not plugged in."),
		N_("Plug its cable in, and check that the configured port is the right one.") },
	[REASON_PORT_BUSY] = { "port-busy",
		N_("Another program is using the device."),
		N_("Close the other program; only tilld may use the port.") },
	[REASON_PORT_DENIED] = { "port-denied",
		N_("tilld is not allowed to use the port of the device."),
		N_("Ask a technician: tillctl doctor tells who has to be given the port, and how.") },
	[REASON_PORT_AMBIGUOUS] = { "port-ambiguous",
		N_("Two devices that are plugged in fit the configured name."),
		N_("Unplug one, or ask a technician to add its serial number or USB socket to the name.") },
	[REASON_CONNECTION_REFUSED] = { "connection-refused",
		N_("The device turned the connection down."),
		N_("Check that it is in POS mode, and that its address and port are right.") },
	[REASON_UNPLUGGED] = { "unplugged",
		N_("The connection to the device was lost."),
		N_("Check its cable and its power.") },
	[REASON_NO_ANSWER] = { "no-answer",
		N_("The device does not answer."),
		N_("Check its power and cable, and that driver, speed and "
		"protocol fit.") },
	[REASON_GARBLED] = { "garbled",
		N_("The device answers something that makes no sense."),
		N_("Check its cable; ask a technician to compare the speed set on both sides.") },
	[REASON_WRONG_PROTOCOL] = { "wrong-protocol",
		N_("The device speaks another protocol than configured."),
		N_("Ask a technician to set the protocol on the device or in the configuration.") },
	[REASON_PCSC_MISSING] = { "pcsc-missing",
		N_("The service for card readers (pcscd) does not run."),
		N_("Ask a technician to start it (systemctl enable --now pcscd.socket).") },
	[REASON_CERTIFICATE_WRONG] = { "certificate-wrong",
		N_("The device has another certificate than the one configured."),
		N_("Ask a technician: it was exchanged or renewed, or somebody is in between.") },
	[REASON_BUSY] = { "busy",
		N_("The device is busy with something else."),
		N_("Wait until it is done, then try again.") },
	[REASON_RECOVERING] = { "recovering",
		N_("It is still being found out what became of an earlier operation."),
		N_("Wait until that is known; look at the device if it takes long.") },
	[REASON_STOPPING] = { "stopping",
		N_("The till service is being stopped."),
		N_("Try again when it has been started.") },
	[REASON_RESTARTED] = { "restarted",
		N_("The till service ended while the operation was going on."),
		N_("Start it again if it is still wanted; where it may have "
		"happened, look at the device first.") },
	[REASON_ABORTED] = { "aborted",
		N_("The operation was called off."),
		N_("Start it again if it is still wanted.") },
	[REASON_NOT_SUPPORTED] = { "not-supported",
		N_("This device can't do that."),
		N_("Do it on the device itself, or on another one.") },
	[REASON_BAD_PARAMETER] = { "bad-parameter",
		N_("The device does not accept these values."),
		N_("Check what was entered, then try again.") },
	[REASON_CURRENCY_DIFFERS] = { "currency-differs",
		N_("The device works in another currency than this till."),
		N_("Ask a technician to correct the currency of the device or of the till.") },
	[REASON_ARTICLE_LOCKED] = { "article-locked",
		N_("The printer has sold this article at a lower VAT rate and will not sell it at a higher one again."),
		N_("Correct the VAT rate, or sell the article under another name.") },
	[REASON_PRINTER_OFFLINE] = { "printer-offline",
		N_("The printer that drives the drawer is offline."),
		N_("Close its cover and put paper in, then try again.") },
	[REASON_DRAWER_RESTING] = { "drawer-resting",
		N_("The drawer was opened too often in a short time and has to rest."),
		N_("Wait as long as is said, then try again.") },
	[REASON_DRAWER_STAYED_SHUT] = { "drawer-stayed-shut",
		N_("The drawer did not report that it opened."),
		N_("Do not repeat it. Look whether the drawer is open, locked or "
		"blocked, then settle it.") },
	[REASON_PAPER_OUT] = { "paper-out",
		N_("The printer is out of paper."),
		N_("Put a new roll in.") },
	[REASON_COVER_OPEN] = { "cover-open",
		N_("The cover of the printer is open."),
		N_("Close the cover.") },
	[REASON_PRINTER_ERROR] = { "printer-error",
		N_("The printer has a fault in its mechanism or its power supply."),
		N_("Switch it off and on; call a technician if that does not help.") },
	[REASON_PRINTER_WAITS] = { "printer-waits",
		N_("The printer waits for a key on its own keypad."),
		N_("Read what its display asks, and press the key there.") },
	[REASON_NOTHING_TO_REPORT] = { "nothing-to-report",
		N_("All totals are zero; there is nothing to report."),
		N_("No report is needed.") },
	[REASON_RECEIPT_OPEN] = { "receipt-open",
		N_("A document is still open on the printer."),
		N_("Finish or cancel that document first.") },
	[REASON_FISCAL_BLOCKED] = { "fiscal-blocked",
		N_("The printer is blocked: its memory failed, or it may only be read."),
		N_("Call the service of the printer.") },
	[REASON_SALES_BLOCKED] = { "sales-blocked",
		N_("The printer does not allow sales any more."),
		N_("Have it authorised again by its service; reports still work.") },
	[REASON_MEMORY_FULL] = { "memory-full",
		N_("The printer has no room left in its memory."),
		N_("Print the reports that it asks for, and call its service.") },
	[REASON_REPORT_NEEDED] = { "report-needed",
		N_("The printer wants its daily report before it goes on."),
		N_("Print the daily report (Z), then try again.") },
	[REASON_CASH_SHORT] = { "cash-short",
		N_("By the printer's own count there is not enough cash to be paid out."),
		N_("Book a deposit and print its slip first, or pay out less.") },
	[REASON_PRINTER_SETUP] = { "printer-setup",
		N_("The printer is not set up for this."),
		N_("Ask a technician to compare operator, password and mode with the configuration.") },
	[REASON_CLOCK_WRONG] = { "clock-wrong",
		N_("The clock of the printer disagrees."),
		N_("Have the clock of the printer checked and set.") },
	[REASON_BAD_RANGE] = { "bad-range",
		N_("There are no such days or numbers to report on."),
		N_("Check the range, then try again.") },
	[REASON_DEVICE_REFUSED] = { "device-refused",
		N_("The device refused."),
		N_("Read what its display says; its own error code is in the details.") },
	[REASON_COUNTERS_AMBIGUOUS] = { "counters-ambiguous",
		N_("The counters of the printer moved in a way that can't be explained."),
		N_("Compare its last printouts with the journal, and settle the operation by hand.") },
	[REASON_DECLINED] = { "declined",
		N_("The card was declined."),
		N_("Ask for another card or another way to pay.") },
	[REASON_CUSTOMER_ABORTED] = { "customer-aborted",
		N_("The payment was stopped at the terminal."),
		N_("Start it again if the customer wants to pay by card.") },
	[REASON_NETWORK_DOWN] = { "network-down",
		N_("The terminal can't reach its payment network."),
		N_("Check its network connection, then try again.") },
	[REASON_END_OF_DAY_NEEDED] = { "end-of-day-needed",
		N_("The terminal wants its end of day before it goes on."),
		N_("Run the end of day of the terminal, then try again.") },
	[REASON_TERMINAL_SERVICE] = { "terminal-service",
		N_("The terminal needs a diagnosis or an initialisation."),
		N_("Run it at the terminal, or call its service.") },
	[REASON_ALREADY_REVERSED] = { "already-reversed",
		N_("This payment was cancelled before."),
		N_("Nothing needs to be done; look at the earlier slip.") },
	[REASON_REVERSAL_IMPOSSIBLE] = { "reversal-impossible",
		N_("This payment can't be cancelled any more."),
		N_("Give the money back in another way.") },
	[REASON_CANNOT_TELL] = { "cannot-tell",
		N_("The device was asked what became of it, and cannot tell."),
		N_("Look at the slip and in the device's own journal, then have "
		"it settled.") },
	[REASON_WRONG_TRANSACTION] = { "wrong-transaction",
		N_("The terminal cancelled another payment than the one asked for."),
		N_("Call a supervisor and compare the slips at once.") },
	[REASON_SETTLED] = { "settled",
		N_("The device could not tell; a person said what became of it."),
		N_("Nothing more to do; who it was stands in the journal.") },
	[REASON_AMOUNT_DIFFERS] = { "amount-differs",
		N_("The terminal approved another amount than the one asked for."),
		N_("Call a supervisor and compare the slip at once.") },
	[REASON_RELEASED] = { "released",
		N_("The device was handed over to another program for a while."),
		N_("Wait until its time is over, or take it back: tillctl device take.") },
	[REASON_TERMINAL_EXCHANGED] = { "terminal-exchanged",
		N_("Another card terminal is there now than the one that this is about."),
		N_("Look at the slips and the journal of that one; what it took, no other terminal can cancel.") },
};
/* clang-format on */

const char *reason_name(enum reason reason)
{
	return reason_texts[reason].name;
}

const char *reason_sentence(enum reason reason)
{
	return reason_texts[reason].sentence;
}

const char *reason_advice(enum reason reason)
{
	return reason_texts[reason].advice;
}

bool reason_from_name(const char *name, enum reason *out_reason)
{
	for (size_t i = 0; i < REASONS; i++) {
		if (strcmp(reason_texts[i].name, name))
			continue;
		*out_reason = (enum reason)i;
		return true;
	}
	return false;
}
