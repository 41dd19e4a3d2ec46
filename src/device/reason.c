/* SPDX-License-Identifier: Apache-2.0 */
#include "device/reason.h"

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
		"Everything is in order.",
		"Nothing needs to be done." },
	[REASON_PORT_MISSING] = { "port-missing",
		"The device is not plugged in.",
		"Plug its cable in, and check that the configured port is the right one." },
	[REASON_PORT_BUSY] = { "port-busy",
		"Another program is using the device.",
		"Close the other program; only tilld may use the port." },
	[REASON_PORT_DENIED] = { "port-denied",
		"tilld is not allowed to use the port of the device.",
		"Ask a technician: tillctl doctor tells who has to be given the port, and how." },
	[REASON_PORT_AMBIGUOUS] = { "port-ambiguous",
		"Two devices that are plugged in fit the configured name.",
		"Unplug one, or ask a technician to add its serial number or USB socket to the name." },
	[REASON_CONNECTION_REFUSED] = { "connection-refused",
		"The device turned the connection down.",
		"Check that it is in POS mode, and that its address and port are right." },
	[REASON_UNPLUGGED] = { "unplugged",
		"The connection to the device was lost.",
		"Check its cable and its power." },
	[REASON_NO_ANSWER] = { "no-answer",
		"The device does not answer.",
		"Check its power and cable, and that driver, speed and "
		"protocol fit." },
	[REASON_GARBLED] = { "garbled",
		"The device answers something that makes no sense.",
		"Check its cable; ask a technician to compare the speed set on both sides." },
	[REASON_WRONG_PROTOCOL] = { "wrong-protocol",
		"The device speaks another protocol than configured.",
		"Ask a technician to set the protocol on the device or in the configuration." },
	[REASON_PCSC_MISSING] = { "pcsc-missing",
		"The service for card readers (pcscd) does not run.",
		"Ask a technician to start it: systemctl enable --now pcscd.socket" },
	[REASON_CERTIFICATE_WRONG] = { "certificate-wrong",
		"The device has another certificate than the one configured.",
		"Ask a technician: it was exchanged or renewed, or somebody is in between." },
	[REASON_BUSY] = { "busy",
		"The device is busy with something else.",
		"Wait until it is done, then try again." },
	[REASON_RECOVERING] = { "recovering",
		"It is still being found out what became of an earlier operation.",
		"Wait until that is known; look at the device if it takes long." },
	[REASON_STOPPING] = { "stopping",
		"The till service is being stopped.",
		"Try again when it has been started." },
	[REASON_RESTARTED] = { "restarted",
		"The till service ended while the operation was going on.",
		"Start it again if it is still wanted; where it may have "
		"happened, look at the device first." },
	[REASON_ABORTED] = { "aborted",
		"The operation was called off.",
		"Start it again if it is still wanted." },
	[REASON_NOT_SUPPORTED] = { "not-supported",
		"This device can't do that.",
		"Do it on the device itself, or on another one." },
	[REASON_BAD_PARAMETER] = { "bad-parameter",
		"The device does not accept these values.",
		"Check what was entered, then try again." },
	[REASON_CURRENCY_DIFFERS] = { "currency-differs",
		"The device works in another currency than this till.",
		"Ask a technician to correct the currency of the device or of the till." },
	[REASON_ARTICLE_LOCKED] = { "article-locked",
		"The printer has sold this article at a lower VAT rate and will not sell it at a higher one again.",
		"Correct the VAT rate, or sell the article under another name." },
	[REASON_PRINTER_OFFLINE] = { "printer-offline",
		"The printer that drives the drawer is offline.",
		"Close its cover and put paper in, then try again." },
	[REASON_DRAWER_RESTING] = { "drawer-resting",
		"The drawer was opened too often in a short time and has to rest.",
		"Wait as long as is said, then try again." },
	[REASON_DRAWER_STAYED_SHUT] = { "drawer-stayed-shut",
		"The drawer did not report that it opened.",
		"Do not repeat it. Look whether the drawer is open, locked or "
		"blocked, then settle it." },
	[REASON_PAPER_OUT] = { "paper-out",
		"The printer is out of paper.",
		"Put a new roll in." },
	[REASON_COVER_OPEN] = { "cover-open",
		"The cover of the printer is open.",
		"Close the cover." },
	[REASON_PRINTER_ERROR] = { "printer-error",
		"The printer has a fault in its mechanism or its power supply.",
		"Switch it off and on; call a technician if that does not help." },
	[REASON_PRINTER_WAITS] = { "printer-waits",
		"The printer waits for a key on its own keypad.",
		"Read what its display asks, and press the key there." },
	[REASON_NOTHING_TO_REPORT] = { "nothing-to-report",
		"All totals are zero; there is nothing to report.",
		"No report is needed." },
	[REASON_RECEIPT_OPEN] = { "receipt-open",
		"A document is still open on the printer.",
		"Finish or cancel that document first." },
	[REASON_FISCAL_BLOCKED] = { "fiscal-blocked",
		"The printer is blocked: its memory failed, or it may only be read.",
		"Call the service of the printer." },
	[REASON_SALES_BLOCKED] = { "sales-blocked",
		"The printer does not allow sales any more.",
		"Have it authorised again by its service; reports still work." },
	[REASON_MEMORY_FULL] = { "memory-full",
		"The printer has no room left in its memory.",
		"Print the reports that it asks for, and call its service." },
	[REASON_REPORT_NEEDED] = { "report-needed",
		"The printer wants its daily report before it goes on.",
		"Print the daily report (Z), then try again." },
	[REASON_CASH_SHORT] = { "cash-short",
		"By the printer's own count there is not enough cash to be paid out.",
		"Book a deposit and print its slip first, or pay out less." },
	[REASON_PRINTER_SETUP] = { "printer-setup",
		"The printer is not set up for this.",
		"Ask a technician to compare operator, password and mode with the configuration." },
	[REASON_CLOCK_WRONG] = { "clock-wrong",
		"The clock of the printer disagrees.",
		"Have the clock of the printer checked and set." },
	[REASON_BAD_RANGE] = { "bad-range",
		"There are no such days or numbers to report on.",
		"Check the range, then try again." },
	[REASON_DEVICE_REFUSED] = { "device-refused",
		"The device refused.",
		"Read what its display says; its own error code is in the details." },
	[REASON_COUNTERS_AMBIGUOUS] = { "counters-ambiguous",
		"The counters of the printer moved in a way that can't be explained.",
		"Compare its last printouts with the journal, and settle the operation by hand." },
	[REASON_DECLINED] = { "declined",
		"The card was declined.",
		"Ask for another card or another way to pay." },
	[REASON_CUSTOMER_ABORTED] = { "customer-aborted",
		"The payment was stopped at the terminal.",
		"Start it again if the customer wants to pay by card." },
	[REASON_NETWORK_DOWN] = { "network-down",
		"The terminal can't reach its payment network.",
		"Check its network connection, then try again." },
	[REASON_END_OF_DAY_NEEDED] = { "end-of-day-needed",
		"The terminal wants its end of day before it goes on.",
		"Run the end of day of the terminal, then try again." },
	[REASON_TERMINAL_SERVICE] = { "terminal-service",
		"The terminal needs a diagnosis or an initialisation.",
		"Run it at the terminal, or call its service." },
	[REASON_ALREADY_REVERSED] = { "already-reversed",
		"This payment was cancelled before.",
		"Nothing needs to be done; look at the earlier slip." },
	[REASON_REVERSAL_IMPOSSIBLE] = { "reversal-impossible",
		"This payment can't be cancelled any more.",
		"Give the money back in another way." },
	[REASON_CANNOT_TELL] = { "cannot-tell",
		"The device was asked what became of it, and cannot tell.",
		"Look at the slip and in the device's own journal, then have "
		"it settled." },
	[REASON_WRONG_TRANSACTION] = { "wrong-transaction",
		"The terminal cancelled another payment than the one asked for.",
		"Call a supervisor and compare the slips at once." },
	[REASON_SETTLED] = { "settled",
		"The device could not tell; a person said what became of it.",
		"Nothing more to do; who it was stands in the journal." },
	[REASON_AMOUNT_DIFFERS] = { "amount-differs",
		"The terminal approved another amount than the one asked for.",
		"Call a supervisor and compare the slip at once." },
	[REASON_RELEASED] = { "released",
		"The device was handed over to another program for a while.",
		"Wait until its time is over, or take it back: tillctl device take." },
	[REASON_TERMINAL_EXCHANGED] = { "terminal-exchanged",
		"Another card terminal is there now than the one that this is about.",
		"Look at the slips and the journal of that one; what it took, no other terminal can cancel." },
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
