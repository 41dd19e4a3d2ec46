/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 4xx: asking again in the same way will not help; 5xx, 408 and 429: it may.
 * 504 is kept for the one answer after which nobody knows what happened, 502
 * for a device that certainly did nothing, so that a client that looks at
 * nothing but the status still does the right thing.
 */
#include "core/problem.h"

#include "util/message.h"

struct problem_row {
	int status;
	const char *name;
	const char *sentence;
	const char *advice;
};

/* clang-format off */
static const struct problem_row problem_rows[PROBLEMS] = {
	/* what came in: the cashier's program is at fault */
	[PROBLEM_BAD_JSON] = { 400, "bad-json",
		N_("The till program sent something that cannot be read."),
		N_("Report this to whoever maintains the till program.") },
	[PROBLEM_BAD_BODY] = { 400, "bad-body",
		N_("The till program sent something that is not valid here."),
		N_("Correct the field that is named and try again.") },
	[PROBLEM_BAD_QUERY] = { 400, "bad-query",
		N_("The till program asked in a way that is not valid here."),
		N_("Correct the parameter that is named and try again.") },
	[PROBLEM_BAD_HEADER] = { 400, "bad-header",
		N_("The till program sent a header that is not valid here."),
		N_("Report this to whoever maintains the till program.") },
	[PROBLEM_BODY_TOO_LARGE] = { 413, "body-too-large",
		N_("The till program sent more than fits into one request."),
		N_("Send less at once.") },
	[PROBLEM_REQUEST_TIMEOUT] = { 408, "request-timeout",
		N_("The till program took too long to send its request; nothing "
		"was done."),
		N_("Send it again, whole.") },
	[PROBLEM_NOT_JSON] = { 415, "not-json",
		N_("The till program sent something other than JSON."),
		N_("Send Content-Type: application/json.") },
	[PROBLEM_NOT_FOUND] = { 404, "not-found",
		N_("There is no such thing here."),
		N_("Check the name or number and try again.") },
	[PROBLEM_METHOD_NOT_ALLOWED] = { 405, "method-not-allowed",
		N_("The till program asked for something that cannot be done "
		"with this."),
		N_("Use one of the methods that are allowed.") },
	[PROBLEM_TOO_MANY_REQUESTS] = { 429, "too-many-requests",
		N_("The till program asks too often."),
		N_("Wait a moment and try again.") },
	[PROBLEM_TOO_MANY_CONNECTIONS] = { 503, "too-many-connections",
		N_("Too many programs are connected at the same time."),
		N_("Close what is not needed and try again.") },
	[PROBLEM_KEY_MISSING] = { 428, "key-missing",
		N_("The till program did not give this action a key of its own."),
		N_("Send an Idempotency-Key that is new for every action.") },
	[PROBLEM_KEY_REUSED] = { 409, "key-reused",
		N_("This key was used before for a different action."),
		N_("Send a new Idempotency-Key for a new action.") },

	/* who */
	[PROBLEM_NOT_SET_UP] = { 503, "not-set-up",
		N_("This till has not been set up yet."),
		N_("Call a technician to set it up.") },
	[PROBLEM_ALREADY_SET_UP] = { 409, "already-set-up",
		N_("This till has been set up already."),
		N_("Sign on as somebody who may change the configuration.") },
	[PROBLEM_NOT_ALLOWED_UID] = { 403, "not-allowed-uid",
		N_("Only the system's administrator may do this."),
		N_("Try again as root.") },
	[PROBLEM_TECHNICIANS_ONLY] = { 403, "technicians-only",
		N_("Only a technician may do this."),
		N_("Have somebody do it who is in the technicians' system group, "
		"or root.") },
	[PROBLEM_SIGN_ON_REQUIRED] = { 401, "sign-on-required",
		N_("This sign-on has ended, or was never given here."),
		N_("Sign on and try again.") },
	[PROBLEM_WRONG_CREDENTIALS] = { 401, "wrong-credentials",
		N_("The name, the password or the PIN is wrong."),
		N_("Check them and try again.") },
	[PROBLEM_SLOW_DOWN] = { 429, "slow-down",
		N_("There were too many wrong tries."),
		N_("Wait as long as is said, then try again.") },
	[PROBLEM_TILL_NOT_ALLOWED] = { 403, "till-not-allowed",
		N_("You may not work at this till."),
		N_("Use a till that is assigned to you, or ask a manager.") },
	[PROBLEM_SESSION_NEEDED] = { 409, "session-needed",
		N_("No session is open at this till."),
		N_("Open one first: count the cash in the drawer.") },
	[PROBLEM_SESSION_EXISTS] = { 409, "session-exists",
		N_("A session is open at this till already."),
		N_("Go on in it, or close it first.") },
	[PROBLEM_SESSION_ELSEWHERE] = { 409, "session-elsewhere",
		N_("You already have an open session at another till."),
		N_("Close that one first, or hand it over.") },
	[PROBLEM_SESSION_FOREIGN] = { 403, "session-foreign",
		N_("This session is in use by another operator."),
		N_("Have them close it or hand it over, or ask a manager.") },
	[PROBLEM_SESSION_LOCKED] = { 409, "session-locked",
		N_("This session is locked."),
		N_("Whose it is signs on and unlocks it.") },
	[PROBLEM_SESSION_NOT_LOCKED] = { 409, "session-not-locked",
		N_("This session is not locked."),
		N_("Go on in it.") },
	[PROBLEM_SESSION_CLOSING] = { 409, "session-closing",
		N_("This session is being counted; nothing more is sold in it."),
		N_("Count, close it, and open the next one.") },
	[PROBLEM_SESSION_CLOSED] = { 409, "session-closed",
		N_("This is not the session that is open."),
		N_("Look at which one is, or open one.") },
	[PROBLEM_NOT_COUNTED] = { 409, "not-counted",
		N_("The cash has not been counted."),
		N_("Count it in the open session, then close.") },
	[PROBLEM_COUNT_LIMIT] = { 409, "count-limit",
		N_("It was counted three times; the last count stands."),
		N_("Close with that, and have a difference authorized.") },
	[PROBLEM_SALE_OPEN] = { 409, "sale-open",
		N_("A receipt or goods return of this till is still under way."),
		N_("Wait until it has ended, then count the cash.") },
	[PROBLEM_SESSIONS_OPEN] = { 409, "sessions-open",
		N_("Another till that uses the same printer has a session open."),
		N_("Have it closed there, then try again.") },
	[PROBLEM_PRINTER_CLOSING] = { 409, "printer-closing",
		N_("The printer, which this till shares, is closing its day or "
		"being set."),
		N_("Wait until it is done, then open the session.") },
	[PROBLEM_DAY_NOT_OPEN] = { 409, "day-not-open",
		N_("No business day is open at this till."),
		N_("It begins with the first session.") },
	[PROBLEM_EVENT_UNUSABLE] = { 409, "event-unusable",
		N_("That is no ground for this, or no longer."),
		N_("Do it by itself, without the event.") },
	[PROBLEM_MANAGERS_ONLY] = { 403, "managers-only",
		N_("This is for managers."),
		N_("Have a manager sign on and do it.") },
	[PROBLEM_JOURNAL_NOT_ALLOWED] = { 403, "journal-not-allowed",
		N_("The journal is for those who may open the configuration."),
		N_("Sign on as somebody with config.access at the box, or be root.") },

	[PROBLEM_POLICY_CHANGED] = { 412, "policy-changed",
		N_("Somebody else has changed the policy meanwhile."),
		N_("Look at how it stands now, then make your change in that.") },
	[PROBLEM_TILL_IN_USE] = { 409, "till-in-use",
		N_("A till that is in use can't be removed, nor get another "
		"currency."),
		N_("Close its session, take all cash out with the end of its day, "
		"and settle what is unknown there; then try again.") },
	[PROBLEM_LAST_ADMINISTRATOR] = { 409, "last-administrator",
		N_("After that nobody could change the policy any more."),
		N_("Give somebody else config.access at @box and a password "
		"first.") },
	[PROBLEM_BADGE_TAKEN] = { 409, "badge-taken",
		N_("This badge belongs to somebody already."),
		N_("Use another badge, or have it taken from its owner first.") },
	[PROBLEM_BUNDLE_NOT_TRUSTED] = { 403, "bundle-not-trusted",
		N_("This policy bundle is not one that this box trusts."),
		N_("Get it anew from where policies are made for this box.") },
	[PROBLEM_BUNDLE_OUTDATED] = { 409, "bundle-outdated",
		N_("This policy bundle, or a later one, was applied before."),
		N_("Apply only a bundle with a higher version.") },

	/* consent */
	[PROBLEM_AUTHORIZATION_REQUIRED] = { 403, "authorization-required",
		N_("A supervisor has to authorize this."),
		N_("Ask one of those who are named to show a badge or to sign.") },
	[PROBLEM_AUTHORIZATION_NOT_FOUND] = { 404, "authorization-not-found",
		N_("There is no such authorization."),
		N_("Start the action again to ask for a new one.") },
	[PROBLEM_AUTHORIZATION_SPENT] = { 409, "authorization-spent",
		N_("This authorization has been used already."),
		N_("Ask for a new one.") },
	[PROBLEM_AUTHORIZATION_EXPIRED] = { 410, "authorization-expired",
		N_("This authorization has expired."),
		N_("Ask for a new one.") },
	[PROBLEM_AUTHORIZATION_DENIED] = { 410, "authorization-denied",
		N_("The supervisor has refused."),
		"" },
	[PROBLEM_AUTHORIZATION_WITHDRAWN] = { 410, "authorization-withdrawn",
		N_("This authorization was withdrawn."),
		N_("Ask again if it is still needed.") },
	[PROBLEM_AUTHORIZATION_NOT_YOURS] = { 403, "authorization-not-yours",
		N_("This authorization is somebody else's."),
		N_("Only whose it is may use it, take it back, arm the reader or "
		"give the PIN.") },
	[PROBLEM_AUTHORIZATION_MISMATCH] = { 403, "authorization-mismatch",
		N_("This authorization was given for something else."),
		N_("Ask for one for this very action.") },
	[PROBLEM_AUTHORIZATION_OUTDATED] = { 403, "authorization-outdated",
		N_("The consent to this is no longer good: who gave it may not give it any "
		"more, or it takes more by now."),
		N_("Ask again: the same request makes a new question.") },
	[PROBLEM_MAY_NOT_AUTHORIZE] = { 403, "may-not-authorize",
		N_("This person may not authorize this."),
		N_("Ask one of those who are named.") },
	[PROBLEM_OWN_AUTHORIZATION] = { 403, "own-authorization",
		N_("You cannot authorize what you asked for yourself."),
		N_("Ask another supervisor.") },
	[PROBLEM_OWN_RIGHTS] = { 403, "own-rights",
		N_("Nobody changes their own groups, role or badges by somebody "
		"else's consent."),
		N_("Have somebody change them who may do so.") },
	[PROBLEM_OWN_SECRET] = { 403, "own-secret",
		N_("One's own password and PIN are not changed without the old "
		"one."),
		N_("Change it at your own sign-on with the old one, or have "
		"somebody else set it who may do so.") },
	[PROBLEM_CHANGE_TOO_LARGE] = { 403, "change-too-large",
		N_("This changes more at once than a supervisor could be shown "
		"before they consent."),
		N_("Change it in smaller parts, or have somebody do it who may.") },
	[PROBLEM_READER_BUSY] = { 503, "reader-busy",
		N_("The badge reader is waiting for somebody else."),
		N_("Wait as long as is said, then try again.") },
	[PROBLEM_NO_READER] = { 503, "no-reader",
		N_("No badge reader is ready at this till."),
		N_("Check its cable, or use a name and password.") },
	[PROBLEM_BADGE_TIMEOUT] = { 410, "badge-timeout",
		N_("Nobody showed a badge in time."),
		N_("Try again.") },
	[PROBLEM_PIN_NOT_ASKED] = { 409, "pin-not-asked",
		N_("No PIN is being waited for."),
		N_("Start again, then type the PIN.") },

	/* device */
	[PROBLEM_NO_SUCH_DEVICE] = { 404, "no-such-device",
		N_("This till has no such device."),
		N_("Call a technician if it should have one.") },
	[PROBLEM_DEVICE_NOT_READY] = { 503, "device-not-ready",
		N_("The device is not ready."),
		N_("Check that it is on, connected and has paper, "
		"then try again.") },
	[PROBLEM_DEVICE_BUSY] = { 503, "device-busy",
		N_("The device is busy with something else."),
		N_("Wait a moment and try again.") },
	[PROBLEM_DEVICE_RELEASED] = { 503, "device-released",
		N_("The device was handed over to another program for a while."),
		N_("Wait until its time is over, or have whoever did it, or a "
		"technician, take it back.") },
	[PROBLEM_DEVICE_NOT_RELEASED] = { 409, "device-not-released",
		N_("The device is not in another program's hands."),
		N_("Go on with it.") },
	[PROBLEM_NOT_SUPPORTED] = { 501, "not-supported",
		N_("This device cannot do that."),
		N_("Do it in another way; trying again will not help.") },
	[PROBLEM_RECEIPT_UNPRINTABLE] = { 422, "receipt-unprintable",
		N_("The printer would refuse this, so nothing was begun."),
		N_("Correct what is named, and send it under a new key.") },
	[PROBLEM_JOB_REFUSED] = { 422, "job-refused",
		N_("This print job holds what may not go to the printer."),
		N_("Leave out or change what is named, and send it under a new "
		"key.") },
	[PROBLEM_REFUSED_BY_DEVICE] = { 409, "refused-by-device",
		N_("The device has refused; it was not done."),
		N_("Look at what the device says, correct that, and try again.") },
	[PROBLEM_FAILED] = { 502, "failed",
		N_("It did not work; nothing happened."),
		N_("Check the device and try again.") },
	[PROBLEM_OUTCOME_UNKNOWN] = { 504, "outcome-unknown",
		N_("It is not known whether this happened."),
		N_("Do not repeat it. Look at the device, then settle it.") },
	[PROBLEM_OUTCOME_LOST] = { 504, "outcome-lost",
		N_("This was begun before older records were put back, and nobody "
		"knows whether it happened."),
		N_("Do not repeat it. Look at the device and at its own records.") },
	[PROBLEM_OUTCOME_OPEN] = { 409, "outcome-open",
		N_("It is still open what became of an earlier action at this "
		"device."),
		N_("Settle that one first.") },
	[PROBLEM_NOT_ABORTABLE] = { 409, "not-abortable",
		N_("This can no longer be called off."),
		N_("Wait for how it ends.") },
	[PROBLEM_OPERATION_ENDED] = { 409, "operation-ended",
		N_("This has ended already."),
		N_("Look at how it ended.") },
	[PROBLEM_OPERATION_OPEN] = { 409, "operation-open",
		N_("This is still going on."),
		N_("Wait until it is known what became of it.") },
	[PROBLEM_PAYMENT_NOT_REVERSIBLE] = { 409, "payment-not-reversible",
		N_("This payment cannot be cancelled or refunded."),
		N_("Look at what became of it; it may be reversed already.") },
	[PROBLEM_CHANGED_MEANWHILE] = { 409, "changed-meanwhile",
		N_("Something else changed it at the same moment; nothing was "
		"done."),
		N_("Look at how it stands now, then try again.") },

	/* the daemon */
	[PROBLEM_DISK_FULL] = { 503, "disk-full",
		N_("The disk is full, so nothing can be recorded and nothing "
		"may be done."),
		N_("Call a technician to make room.") },
	[PROBLEM_DISK_FAILED] = { 503, "disk-failed",
		N_("The disk does not work, so nothing can be recorded and "
		"nothing may be done."),
		N_("Call a technician.") },
	[PROBLEM_ROLLED_BACK] = { 503, "rolled-back",
		N_("It is not certain that the records are complete, so nothing "
		"that moves money may be done."),
		N_("Call a technician to look into it and to confirm: tillctl "
		"setup --confirm-rollback.") },
	[PROBLEM_NOT_ROLLED_BACK] = { 409, "not-rolled-back",
		N_("There is nothing to confirm: the records are up to date."),
		"" },
	[PROBLEM_JOURNAL_ARCHIVED] = { 410, "journal-archived",
		N_("What was asked for has been taken out of the journal into its "
		"archive."),
		N_("Go on without it, or read it in the files of the archive.") },
	[PROBLEM_NO_ARCHIVE] = { 409, "no-archive",
		N_("This till has no archive for its journal."),
		N_("Set archive-dir in the configuration and start the service "
		"again.") },
	[PROBLEM_ARCHIVE_FAILED] = { 503, "archive-failed",
		N_("The journal could not be archived; all of it is still there."),
		N_("Have a technician look at the folder of the archive.") },
	[PROBLEM_STOPPING] = { 503, "stopping",
		N_("The till's device service is being stopped."),
		N_("Wait a minute and try again.") },
};
/* clang-format on */

int problem_status(enum problem problem)
{
	return problem_rows[problem].status;
}

const char *problem_name(enum problem problem)
{
	return problem_rows[problem].name;
}

const char *problem_sentence(enum problem problem)
{
	return problem_rows[problem].sentence;
}

const char *problem_advice(enum problem problem)
{
	return problem_rows[problem].advice;
}
