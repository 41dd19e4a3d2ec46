/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/verbs.h"

#include <string.h>

#define AS_TILL OPTION(TILL)
#define AS_ACTION                                                  \
	(OPTION(TILL) | OPTION(WAIT) | OPTION(KEY) | OPTION(PIN) | \
	 OPTION(PIN_STDIN) | OPTION(TOKEN_STDIN))

#define AS_LOOK (OPTION(TILL) | OPTION(WAIT) | OPTION(PIN) | OPTION(PIN_STDIN))

#define ABOUT_AMOUNTS \
	"Amounts are written like 12.34, in the till's currency.\n"

#define ABOUT_DRAWER "Afterwards the drawer opens, if the till is set so.\n"

#define ABOUT_FORCE \
	"Another operator's is only changed with --force, and on record."

#define ABOUT_CONSENT                                                          \
	"If you may not do it yourself, it is said what is asked and who can " \
	"authorize it; the badge reader waits, and so does tillctl, as long "  \
	"as --wait says (60 s; 0 gives up at once). With --token-stdin a "     \
	"token that was given in advance stands for the consent."

/* clang-format off */
static const struct verb verbs_rows[] = {
	{ "setup", "--login L --name N | --policy FILE | "
		"--recover --login L | --confirm-rollback --reason TEXT",
		"set the box up: the first manager, or a policy file",
		"Only for root or the daemon's own user, and only once. The "
		"manager's password is asked for twice, or read from standard "
		"input.\n"
		"With --recover, at any time: makes somebody, there already or "
		"not, a manager with a new password, who has everything.\n"
		"With --confirm-rollback: lets the box work on although its "
		"records are older than they should be, as after a backup was "
		"put back.",
		OPTION(LOGIN) | OPTION(NAME) | OPTION(PASSWORD_STDIN) |
		OPTION(POLICY) | OPTION(RECOVER) | OPTION(CONFIRM_ROLLBACK) |
		OPTION(REASON),
		0, 0, verb_set_up },
	{ "sign-on", "[--till T] --login L | --badge",
		"sign on at a till",
		"The password is asked for; with --pin the PIN, where the till "
		"takes one. With --badge the reader waits for a badge, as long "
		"as --wait says (30 s; at most 60); with --pin, too, that goes "
		"with it, for what a badge alone is not enough. The sign-on is "
		"kept for the commands that follow.",
		AS_TILL | OPTION(LOGIN) | OPTION(PASSWORD_STDIN) |
		OPTION(PIN) | OPTION(PIN_STDIN) | OPTION(BADGE) | OPTION(WAIT),
		0, 0, verb_sign_on },
	{ "sign-off", "", "sign off", NULL, AS_TILL, 0, 0, verb_sign_off },
	{ "whoami", "", "who is signed on, where and until when", NULL,
		AS_TILL, 0, 0, verb_show_sign_on },
	{ "sign-ons", "", "who is signed on, where and since when",
		"All of them for root and for who has config.access at the "
		"box; for others their own.",
		AS_TILL, 0, 0, verb_list_sign_ons },
	{ "sign-ons end", "ID", "end a sign-on", NULL,
		AS_TILL, 1, 1, verb_end_sign_on },
	{ "guesses", "", "wrong passwords, PINs and tokens of late",
		"For managers and root. What was guessed at too often is "
		"slowed down for WAIT seconds.",
		AS_TILL, 0, 0, verb_list_guesses },
	{ "guesses clear", "SUBJECT", "forget about wrong tries", NULL,
		AS_TILL, 1, 1, verb_clear_guesses },
	{ "tills", "", "the tills and how their devices are", NULL,
		0, 0, 0, verb_list_tills },
	{ "till", "[T]", "one till in full", NULL,
		AS_TILL, 0, 1, verb_show_till },
	{ "devices", "[NAME]", "the devices, or one of them in full", NULL,
		0, 0, 1, verb_show_devices },
	{ "drawer", "", "whether the drawer is open", NULL,
		AS_TILL, 0, 0, verb_show_drawer },
	{ "drawer open", "--reason TEXT | --event OPERATION",
		"open the drawer by hand, or for what has just been done",
		"With --event nobody's permission is needed: the till opens "
		"its drawer for such an operation, and has not yet.\n"
		ABOUT_CONSENT,
		AS_ACTION | OPTION(REASON) | OPTION(EVENT),
		0, 0, verb_open_drawer },
	{ "session", "", "the session that is open at the till", NULL,
		AS_TILL, 0, 0, verb_show_session },
	{ "session open", "COUNTED [--reason TEXT]",
		"open a session with the cash that was counted",
		ABOUT_AMOUNTS ABOUT_DRAWER ABOUT_CONSENT,
		AS_ACTION | OPTION(REASON), 1, 1, verb_open_session },
	{ "session end", "[--force --reason TEXT]",
		"end the session step by step: it asks for what it needs",
		"Nothing more is sold, the drawer opens if the till is set "
		"so, the cash is counted, what is taken out of it is said, "
		"and the session is closed. It can be broken off, and goes on "
		"where it was. A program answers on standard input, a line "
		"each; with --json it gets one for each step.\n"
		ABOUT_CONSENT,
		AS_LOOK | OPTION(FORCE) | OPTION(REASON), 0, 0, verb_end_session },
	{ "session closing", "[--force --reason TEXT]",
		"begin to close the session: nothing more is sold in it",
		ABOUT_DRAWER ABOUT_FORCE,
		AS_ACTION | OPTION(FORCE) | OPTION(REASON),
		0, 0, verb_begin_closing },
	{ "session count", "COUNTED [--force --reason TEXT]",
		"count the cash in the drawer; three times at most",
		ABOUT_AMOUNTS ABOUT_FORCE,
		AS_ACTION | OPTION(FORCE) | OPTION(REASON),
		1, 1, verb_count_session },
	{ "session close", "WITHDRAWAL [--force --reason TEXT]",
		"close the session; WITHDRAWAL is what is taken out, may be 0",
		ABOUT_AMOUNTS ABOUT_FORCE "\n" ABOUT_CONSENT,
		AS_ACTION | OPTION(FORCE) | OPTION(REASON),
		1, 1, verb_close_session },
	{ "session lock", "[--force --reason TEXT]",
		"leave the till alone: nothing is done in the session",
		"Everybody who is signed on at the till is signed off.",
		AS_ACTION | OPTION(FORCE) | OPTION(REASON),
		0, 0, verb_lock_session },
	{ "session unlock", "[--force --reason TEXT]", "go on in it",
		ABOUT_FORCE, AS_ACTION | OPTION(FORCE) | OPTION(REASON),
		0, 0, verb_unlock_session },
	{ "session hand-over", "LOGIN [--force --reason TEXT]",
		"make the session another operator's",
		ABOUT_FORCE, AS_ACTION | OPTION(FORCE) | OPTION(REASON),
		1, 1, verb_hand_session_over },
	{ "session list", "", "the till's sessions, the newest first", NULL,
		AS_TILL | OPTION(BEFORE) | OPTION(LIMIT),
		0, 0, verb_list_sessions },
	{ "session report", "[NUMBER]",
		"what a session came to: the newest, or that of the list",
		"What should have been there is only told to those who may "
		"see the balance.\n" ABOUT_CONSENT,
		AS_LOOK, 0, 1, verb_report_session },
	{ "day", "", "the business day", NULL, AS_TILL, 0, 0, verb_show_day },
	{ "day end", "[--report] [--terminal] [--withdrawal AMOUNT] "
		"[--counted AMOUNT] [--force --reason TEXT]",
		"end the business day, and the session that was counted",
		"With --report the daily report is printed, too; it can be "
		"printed later by: tillctl report z --event OPERATION. With "
		"--terminal the card terminal's end of day is run, too. An "
		"open session has been counted before; --counted is for a "
		"drawer that has none open.\n"
		ABOUT_DRAWER ABOUT_CONSENT,
		AS_ACTION | OPTION(REPORT) | OPTION(TERMINAL) |
		OPTION(COUNTED) |
		OPTION(WITHDRAWAL) | OPTION(FORCE) | OPTION(REASON),
		0, 0, verb_end_day },
	{ "balance", "", "what should be in the drawer", ABOUT_CONSENT,
		AS_LOOK, 0, 0, verb_show_balance },
	{ "cash in", "AMOUNT --reason TEXT", "put cash into the drawer",
		ABOUT_AMOUNTS ABOUT_DRAWER ABOUT_CONSENT,
		AS_ACTION | OPTION(REASON) | OPTION(REFERENCE),
		1, 1, verb_put_cash_in },
	{ "cash out", "AMOUNT --reason TEXT", "take cash out of the drawer",
		ABOUT_AMOUNTS ABOUT_DRAWER ABOUT_CONSENT,
		AS_ACTION | OPTION(REASON) | OPTION(REFERENCE),
		1, 1, verb_take_cash_out },
	{ "declare", "sale|refund AMOUNT [--reference R]",
		"cash that came or went by a sale made elsewhere",
		"The balance follows, and the entry is marked: the daemon has "
		"not seen it, and opens no drawer for it.\n"
		ABOUT_AMOUNTS ABOUT_CONSENT,
		AS_ACTION | OPTION(REFERENCE), 2, 2, verb_declare },
	{ "report x", "", "the daily figures; they stay as they are",
		ABOUT_CONSENT, AS_ACTION, 0, 0, verb_report_x },
	{ "report z", "[--event OPERATION]",
		"the daily report; it ends the fiscal day",
		"With --event it is that of an end of the day, which may "
		"include it.\n" ABOUT_CONSENT,
		AS_ACTION | OPTION(EVENT), 0, 0, verb_report_z },
	{ "report periodic", "--from DATE --to DATE | "
		"--from-number N --to-number N",
		"a report of some days, or of some daily reports",
		ABOUT_CONSENT,
		AS_ACTION | OPTION(FROM) | OPTION(TO) | OPTION(FROM_NUMBER) |
		OPTION(TO_NUMBER) | OPTION(SUMMARY),
		0, 0, verb_report_periodic },
	{ "receipt", "FILE", "issue a fiscal receipt",
		"FILE is JSON, as openapi.yaml has it under receipts: what is "
		"sold, discounted and paid; - is standard input. "
		ABOUT_DRAWER ABOUT_CONSENT,
		AS_ACTION, 1, 1, verb_issue_receipt },
	{ "return", "receipt|invoice AMOUNT [CASH] --reason TEXT | FILE",
		"take goods back, and print the document",
		"CASH is how much of AMOUNT goes out of the drawer; without it "
		"nothing does. FILE is JSON, as openapi.yaml has it under "
		"returns, for printers that have to be told what comes back "
		"line by line; - is standard input.\n"
		ABOUT_AMOUNTS ABOUT_DRAWER ABOUT_CONSENT,
		AS_ACTION | OPTION(REASON) | OPTION(REFERENCE),
		1, 3, verb_return },
	{ "slip", "OPERATION", "print the slip of a deposit or withdrawal",
		"OPERATION is the id that the booking has.",
		AS_ACTION, 1, 1, verb_print_slip },
	{ "print", "LINE...", "print what is not fiscal", ABOUT_CONSENT,
		AS_ACTION, 1, 60, verb_print_text },
	{ "print job", "FILE [escpos|star]",
		"print on the receipt printer that the drawer hangs on",
		"FILE is JSON, as openapi.yaml has it under jobs: a document "
		"of text, barcodes, QR codes and images. With the printer's "
		"language it is what another program has made for it, which "
		"is refused if it holds what could open a drawer; - is "
		"standard input.\n" ABOUT_CONSENT,
		AS_ACTION | OPTION(REFERENCE), 1, 2, verb_print_job },
	{ "copies", "[N]", "print the last printouts once more",
		ABOUT_CONSENT, AS_ACTION, 0, 1, verb_print_copies },
	{ "fiscal", "", "counters, totals and clock of the fiscal printer",
		ABOUT_CONSENT, AS_ACTION, 0, 0, verb_read_fiscal },
	{ "fiscal clock", "TIME --reason TEXT",
		"set the clock of the fiscal printer",
		"TIME is written like 2026-11-22T10:30, as it is where the "
		"printer stands.\n" ABOUT_CONSENT,
		AS_ACTION | OPTION(REASON), 1, 1, verb_set_clock },
	{ "pay", "AMOUNT", "take a card payment",
		"AMOUNT is written like 12.34, in the till's currency. The "
		"payment's id, which is needed to cancel it, is the operation's.\n"
		ABOUT_CONSENT,
		AS_ACTION | OPTION(REFERENCE) | OPTION(AUTHORIZATION),
		1, 1, verb_pay },
	{ "cancel", "PAYMENT --reason TEXT", "cancel a card payment",
		ABOUT_CONSENT,
		AS_ACTION | OPTION(REASON), 1, 1, verb_cancel_payment },
	{ "refund", "AMOUNT [--payment ID] --reason TEXT",
		"give money back to a card",
		"For what can't be cancelled any more. With --payment no more "
		"than was paid is given back, and once only.\n"
		ABOUT_CONSENT,
		AS_ACTION | OPTION(PAYMENT) | OPTION(REASON) |
		OPTION(REFERENCE), 1, 1, verb_refund },
	{ "slips", "PAYMENT", "a copy of a card payment's slips",
		ABOUT_CONSENT, AS_LOOK, 1, 1, verb_show_slips },
	{ "slips print", "PAYMENT merchant|customer|administration",
		"print a card payment's slip on the till's printer",
		ABOUT_CONSENT, AS_ACTION, 2, 2, verb_print_payment_slip },
	{ "terminal day-end", "", "run the card terminal's end of day",
		"What was paid before can't be cancelled afterwards, only "
		"given back.\n" ABOUT_CONSENT,
		AS_ACTION, 0, 0, verb_end_terminal_day },
	{ "terminal receipt", "",
		"have the card terminal tell its last receipt again",
		ABOUT_CONSENT, AS_ACTION, 0, 0, verb_repeat_receipt },
	{ "terminal service", "DEVICE status|diagnosis|initialise|log-off",
		"have a card terminal serviced; for technicians",
		"Moves no money. log-off leaves it to people until it is "
		"needed again.",
		OPTION(WAIT), 2, 2, verb_service_terminal },
	{ "settle", "OPERATION ok|failed --reason TEXT",
		"say what became of an operation whose outcome is unknown",
		"Look first: at the slip, the drawer, the device's own journal.\n"
		ABOUT_CONSENT,
		AS_ACTION | OPTION(REASON), 2, 2, verb_settle_operation },
	{ "display", "LINE1 [LINE2] | --clear [--idle]",
		"write on the customer display",
		"With --idle what it shows while there is nothing else, for "
		"which nobody has to be signed on.",
		AS_TILL | OPTION(CLEAR) | OPTION(IDLE), 0, 2, verb_show_on_display },
	{ "check", "ACTION [--detail TEXT] [--amount A]",
		"whether that may be done now, which no device has a part in",
		"ACTION is a name like price.change, receipt.add or "
		"receipt.issue; tillctl can --all lists them. Ends with 0 if "
		"it is allowed, and that is put on record. A consent that it "
		"took is spent by it: the next time it has to be asked for "
		"again.\n"
		ABOUT_CONSENT,
		AS_ACTION | OPTION(DETAIL) | OPTION(AMOUNT) |
		OPTION(REFERENCE),
		1, 1, verb_check },
	{ "can", "[--all]", "what you may do at this till",
		"With --all also what you would have to be authorized for: "
		"\"ask\".",
		AS_TILL | OPTION(ALL), 0, 0, verb_show_can },
	{ "authorize", "ID --login L [--deny] | ID --elsewhere [--deny] | "
		"--list [--at T] | ID --arm | ID --withdraw",
		"answer a request for an authorization",
		"A supervisor's password is asked for; with --pin the PIN, "
		"where the till takes one. With --elsewhere they answer from "
		"their own sign-on, at whichever till that is, and --list "
		"tells what waits for their answer. --arm and --withdraw are "
		"for who asked: --arm makes the reader wait for a badge, and "
		"with --pin hands the PIN over that the badge needs.",
		AS_TILL | OPTION(LOGIN) | OPTION(PASSWORD_STDIN) |
		OPTION(PIN) | OPTION(PIN_STDIN) | OPTION(DENY) | OPTION(ARM) |
		OPTION(WITHDRAW) | OPTION(WAIT) | OPTION(ELSEWHERE) |
		OPTION(LIST) | OPTION(AT),
		0, 1, verb_authorize },
	{ "supervisors", "ID [PHRASE]",
		"who could authorize that, by name",
		"With PHRASE those in whose name or login it is.",
		0, 1, 2, verb_list_supervisors },
	{ "token give", "--for L --action A [--at T] [--amount X] "
		"[--minutes N]",
		"authorize something in advance, once",
		"Your password is asked for; with --pin the PIN, where your "
		"till takes one. The token is printed this once: hand it to "
		"who is to use it, with --token-stdin.",
		AS_TILL | OPTION(FOR) | OPTION(ACTION) | OPTION(AT) |
		OPTION(AMOUNT) | OPTION(MINUTES) | OPTION(REASON) |
		OPTION(PASSWORD_STDIN) | OPTION(PIN) | OPTION(PIN_STDIN),
		0, 0, verb_give_token },
	{ "token list", "", "what was authorized in advance and is unused",
		"Your own, those that are for you, and those that you could "
		"have given.",
		AS_TILL, 0, 0, verb_list_tokens },
	{ "token revoke", "ID", "take such an authorization back", NULL,
		AS_TILL, 1, 1, verb_revoke_token },
	{ "authorization", "ID", "how a request for an authorization stands",
		"Ends with 0 if it was given, with 3 if not. With --wait it "
		"waits for an answer first.",
		OPTION(WAIT), 1, 1, verb_show_authorization },
	{ "operation", "ID [--call-off]", "what became of an operation",
		"Ends like the action itself. With --wait it waits for the "
		"end first. With --call-off it tries to stop it, and ends "
		"with 0 if that went well.",
		OPTION(WAIT) | OPTION(CALL_OFF), 1, 1, verb_show_operation },
	{ "events", "", "what happens, as it happens",
		"With --after what the journal has since that entry comes "
		"first.",
		AS_TILL | OPTION(FOLLOW) | OPTION(AFTER) | OPTION(COUNT),
		0, 0, verb_follow_events },
	{ "journal list", "", "entries of the journal", NULL,
		AS_TILL | OPTION(KIND) | OPTION(OPERATION) | OPTION(LIMIT) |
		OPTION(NEWEST) | OPTION(AFTER),
		0, 0, verb_list_journal },
	{ "journal export", "[FILE]",
		"the whole journal, to a new file or to standard output",
		"It is verified on the way. FILE must not be there yet; - is "
		"standard output.",
		AS_TILL, 0, 1, verb_export_journal },
	{ "journal verify", "[FILE ... [--key KEY]]",
		"verify the daemon's journal, or files of it",
		"With FILE (- for standard input) no daemon is needed: an "
		"export, or archived segments. Several are verified as one "
		"journal: segments in their order, as their names sort, and "
		"last an export. An export alone may lack its archived "
		"segments; beside one of them it needs all. KEY is "
		"the fingerprint of the till's key as the till prints it, the "
		"public key itself (64 hexadecimal digits), or the path of "
		"its seal.pub. Without it the key that the file itself names "
		"is taken, so compare its fingerprint.",
		AS_TILL | OPTION(KEY), 0, ARGS_WORDS_MAX, verb_verify_journal },
	{ "journal segments", "", "what of the journal is archived, and where",
		NULL, AS_TILL | OPTION(LIMIT) | OPTION(AFTER),
		0, 0, verb_list_segments },
	{ "journal archive", "[--keep-days N]",
		"archive the older part of the journal now",
		"It is put into files in the folder archive-dir of the "
		"configuration, and then removed from the database. What is "
		"still asked for stays: see docs/backup.md.",
		AS_TILL | OPTION(KEEP_DAYS), 0, 0, verb_archive_journal },
	{ "backup", "FILE", "all of the box's records, to a new file",
		"The daemon goes on meanwhile. FILE must not be there yet; - "
		"is standard output. Keys are not in it. It is put back with "
		"tilld --restore: see docs/backup.md.",
		AS_TILL, 1, 1, verb_take_backup },
	{ "policy show", "[FILE]",
		"who may do what at which till: the whole, as JSON",
		"FILE must not be there yet. It has no secrets in it, and can "
		"be changed and applied.",
		AS_TILL, 0, 1, verb_show_policy },
	{ "policy apply", "FILE [--dry-run | --yes]",
		"make FILE the policy, after showing what differs",
		"With --dry-run it is shown and nothing done. - is standard "
		"input.\n" ABOUT_CONSENT,
		AS_ACTION | OPTION(DRY_RUN) | OPTION(YES),
		1, 1, verb_apply_policy },
	{ "policy explain", "--operator L [--till T] --action A",
		"whether somebody may do something, and why",
		"Through which groups; or what is missing, and who could "
		"authorize it at that till. @box as the till is what belongs "
		"to none. Ends with 0 if they may, else with 3.",
		AS_TILL | OPTION(OPERATOR) | OPTION(ACTION),
		0, 0, verb_explain_policy },
	{ "policy lint", "", "what is allowed in a policy, but hardly meant",
		"Ends with 1 if there is anything.",
		AS_TILL, 0, 0, verb_lint_policy },
	{ "policy bundle", "FILE", "apply a policy that a back office has "
		"signed",
		"For technicians and root. It has to be signed by the policy-"
		"key of tilld.conf, and newer than the last one.",
		0, 1, 1, verb_apply_bundle },
	{ "policy sign", "FILE --key KEYFILE --number N [--box NAME]",
		"make a bundle of a policy; no daemon is needed",
		"It goes to standard output.",
		OPTION(KEY) | OPTION(NUMBER) | OPTION(BOX),
		1, 1, verb_sign_policy },
	{ "policy key", "KEYFILE", "make a key for signing policies",
		"KEYFILE must not be there yet. The line for tilld.conf is "
		"printed.",
		0, 1, 1, verb_make_policy_key },
	{ "operator list", "[PHRASE]", "people, or those with PHRASE in the "
		"name", NULL, AS_TILL, 0, 1, verb_list_operators },
	{ "operator show", "L", "one of them in full", NULL,
		AS_TILL, 1, 1, verb_show_operator },
	{ "operator add", "L --name N [--groups G,G]", "somebody new",
		"Give them a password (tillctl password L) or a badge "
		"(tillctl badge enroll L) next.\n" ABOUT_CONSENT,
		AS_ACTION | OPTION(NAME) | OPTION(GROUPS) | OPTION(ROLE),
		1, 1, verb_add_operator },
	{ "operator set", "L [--name N] [--groups G,G] [--role R] "
		"[--active yes|no] [--login L]",
		"change somebody's name, groups, role or login",
		"Who is not active may do nothing; it ends at once what they "
		"were doing.\n" ABOUT_CONSENT,
		AS_ACTION | OPTION(NAME) | OPTION(GROUPS) | OPTION(ROLE) |
		OPTION(ACTIVE) | OPTION(LOGIN),
		1, 1, verb_set_operator },
	{ "operator remove", "L", "remove somebody, name and all",
		"The journal keeps the id.\n" ABOUT_CONSENT,
		AS_ACTION, 1, 1, verb_remove_operator },
	{ "operator erase", "L", "leave nothing of somebody but the id",
		"Name and login, groups, badges, password and PIN go; the id, "
		"which the journal has, then names a former operator.\n"
		ABOUT_CONSENT,
		AS_ACTION, 1, 1, verb_erase_operator },
	{ "password", "[L]", "change your password, or set somebody else's",
		"Yours takes the old one, and ends your other sign-ons. With "
		"--password-stdin the old one and the new one are lines of "
		"standard input.",
		AS_ACTION | OPTION(PASSWORD_STDIN), 0, 1, verb_password },
	{ "pin", "[L]", "change your PIN, or set somebody else's",
		"Yours takes your password.",
		AS_ACTION | OPTION(PASSWORD_STDIN), 0, 1, verb_pin },
	{ "group list", "", "the groups and what they allow", NULL,
		AS_TILL, 0, 0, verb_list_groups },
	{ "group show", "G", "one of them in full", NULL,
		AS_TILL, 1, 1, verb_show_group },
	{ "group set", "G [--name N] [--tills T,T] [--permissions P,P] "
		"[--rights R,R]",
		"change a group, or make a new one",
		"Lists take the place of what was there; with + and - before "
		"the names they add to it and take from it.\n" ABOUT_CONSENT,
		AS_ACTION | OPTION(NAME) | OPTION(TILLS) |
		OPTION(PERMISSIONS) | OPTION(RIGHTS),
		1, 1, verb_set_group },
	{ "group remove", "G", "remove a group; nobody is in it any more",
		ABOUT_CONSENT, AS_ACTION, 1, 1, verb_remove_group },
	{ "badge enroll", "L [--label TEXT] [--until TIME]",
		"give somebody the badge that is shown next",
		"The reader of the till at which you are signed on waits, as "
		"long as --wait says (30 s; at most 60).\n" ABOUT_CONSENT,
		AS_ACTION | OPTION(LABEL) | OPTION(UNTIL),
		1, 1, verb_enroll_badge },
	{ "badge list", "L", "somebody's badges", NULL,
		AS_TILL, 1, 1, verb_list_badges },
	{ "badge block", "BADGE", "from now on it works nowhere",
		ABOUT_CONSENT, AS_ACTION, 1, 1, verb_block_badge },
	{ "badge unblock", "BADGE", "it works again",
		ABOUT_CONSENT, AS_ACTION, 1, 1, verb_unblock_badge },
	{ "badge set", "BADGE [--label TEXT] [--until TIME]",
		"change a badge's label or end",
		ABOUT_CONSENT, AS_ACTION | OPTION(LABEL) | OPTION(UNTIL),
		1, 1, verb_set_badge },
	{ "badge remove", "BADGE", "it belongs to nobody any more",
		ABOUT_CONSENT, AS_ACTION, 1, 1, verb_remove_badge },
	{ "till show", "T", "how a till is set up", NULL,
		AS_TILL, 1, 1, verb_show_till_policy },
	{ "till add", "T [--name N] [--currency C] [--users U,U] "
		"[--client-groups G,G]",
		"a new till",
		"Without --users and --client-groups the same programs may "
		"use it as the till that you are signed on at. Its devices "
		"are in tilld.conf.\n" ABOUT_CONSENT,
		AS_ACTION | OPTION(NAME) | OPTION(CURRENCY) | OPTION(USERS) |
		OPTION(CLIENT_GROUPS) | OPTION(PIN_SIGN_ON),
		1, 1, verb_add_till },
	{ "till set", "T [--name N] [--currency C] [--users U,U] "
		"[--client-groups G,G] [--pin-sign-on yes|no]",
		"change how a till is set up",
		"The rest of it (limits, badges, drawer) by policy show and "
		"policy apply.\n" ABOUT_CONSENT,
		AS_ACTION | OPTION(NAME) | OPTION(CURRENCY) | OPTION(USERS) |
		OPTION(CLIENT_GROUPS) | OPTION(PIN_SIGN_ON),
		1, 1, verb_set_till },
	{ "till remove", "T", "remove a till",
		ABOUT_CONSENT, AS_ACTION | OPTION(YES), 1, 1,
		verb_remove_till },
	{ "help", "[VERB | exit-codes]", "what there is, and how it is used",
		NULL, 0, 0, 2, verb_help },
};
/* clang-format on */

const struct verb *verbs_at(size_t index)
{
	const size_t first = sizeof(verbs_rows) / sizeof(verbs_rows[0]);

	if (index < first)
		return &verbs_rows[index];
	return index - first < verbs_service_count
		       ? &verbs_service[index - first]
		       : NULL;
}

const char *verbs_option_help(const struct verb *verb, enum args_option option)
{
	static const struct {
		const char *verb;
		enum args_option option;
		const char *help;
	} rows[] = {
		{ "journal verify", OPTION_KEY,
		  "the public key, or its fingerprint, that FILE has to be "
		  "sealed by" },
		{ "journal list", OPTION_TILL, "only entries of this till" },
		{ "journal list", OPTION_AFTER, "only those after this entry" },
		{ "journal segments", OPTION_AFTER,
		  "only those that end after this entry" },
		{ "events", OPTION_TILL, "only what happens at this till" },
		{ "report", OPTION_RECORD,
		  "write it to FILE, - for standard output "
		  "(tilld-report-TIME.json here)" },
		{ "device release", OPTION_FOR, "how long: 90s, 10m, 2h" },
		{ "trace", OPTION_FOLLOW,
		  "go on with what comes; -f is short for it" },
		{ "log", OPTION_FOLLOW,
		  "go on with what comes; -f is short for it" },
		{ "log", OPTION_LIMIT,
		  "how many lines to begin with (200; up to 1000)" },
		{ "trace", OPTION_LIMIT,
		  "how many records to begin with (200, to a file 1000; up to "
		  "1000)" },
		{ "session list", OPTION_LIMIT,
		  "how many at most (20; up to 100)" },
		{ "cash in", OPTION_REFERENCE, "what it belongs to" },
		{ "cash out", OPTION_REFERENCE, "what it belongs to" },
		{ "policy explain", OPTION_TILL,
		  "at which till; @box: what belongs to none" },
		{ "policy sign", OPTION_KEY, "the file of the signing key" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].option == option &&
		    !strcmp(rows[i].verb, verb->name))
			return rows[i].help;
	return args_option_help(option);
}
