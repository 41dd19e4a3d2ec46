/* SPDX-License-Identifier: Apache-2.0 */
/* A fiscal printer (docs/protocols.md 3): idle, with one day's takings to
 * report. */
#include "peers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POSNET_REPLIES	  32 /* kept for rpt, 3.9 */
#define POSNET_REPLY_SIZE 512
#define POSNET_TODAY	  "2026-11-22"

struct posnet_reply {
	char token[8]; /* "@0001"; "" is none */
	char text[POSNET_REPLY_SIZE];
};

struct posnet {
	int reports;   /* rd */
	int headers;   /* hn */
	int receipts;  /* bn, bt */
	int documents; /* di */
	int cancelled; /* bc */
	int slips;     /* nf */
	int cash;      /* cs */
	bool open;     /* a receipt is */
	bool form;
	bool returned; /* goods: the cash for them comes next */
	int sums[7];
	int paid;
	int change;
	struct posnet_reply replies[POSNET_REPLIES];
	int replies_next;
};

/* One command, taken apart. */
struct posnet_command {
	char text[1024];
	const char *mnemonic; /* without '!' */
	char token[8];
	char *fields[32];
	size_t fields_count;
};

/* CRC-16 from 0, polynomial 1021h, no reflection (3.3). */
static unsigned int posnet_crc(const char *text, size_t len)
{
	unsigned int crc = 0;

	for (size_t i = 0; i < len; i++) {
		crc ^= (unsigned int)(uint8_t)text[i] << 8;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1;
		crc &= 0xffff;
	}
	return crc;
}

/* payload: all between the start and '#'. */
static void posnet_frame(struct peer *peer, const char *payload)
{
	char frame[POSNET_REPLY_SIZE + 16];
	int len = snprintf(frame, sizeof(frame), "\002%s#%04X\003", payload,
			   posnet_crc(payload, strlen(payload)));

	peer_send(peer, frame, (size_t)len);
}

static void posnet_remember(struct posnet *posnet, const char *token,
			    const char *payload)
{
	struct posnet_reply *reply =
		&posnet->replies[posnet->replies_next++ % POSNET_REPLIES];

	snprintf(reply->token, sizeof(reply->token), "%s", token);
	snprintf(reply->text, sizeof(reply->text), "%s", payload);
}

/* fields with a tab behind each; may be empty. */
static void posnet_answer(struct peer *peer,
			  const struct posnet_command *command,
			  const char *fields)
{
	char payload[POSNET_REPLY_SIZE];

	snprintf(payload, sizeof(payload), "%s\t%s%s%s", command->mnemonic,
		 command->token, command->token[0] ? "\t" : "", fields);
	if (command->token[0])
		posnet_remember(peer->state, command->token, payload);
	posnet_frame(peer, payload);
}

static void posnet_refuse_frame(struct peer *peer,
				const struct posnet_command *command, int error)
{
	char payload[POSNET_REPLY_SIZE];

	snprintf(payload, sizeof(payload), "ERR\t%s%s?%d\tcm%s\t",
		 command->token, command->token[0] ? "\t" : "", error,
		 command->mnemonic);
	posnet_frame(peer, payload);
}

static const char *posnet_field(const struct posnet_command *command,
				const char *name)
{
	for (size_t i = 0; i < command->fields_count; i++)
		if (!strncmp(command->fields[i], name, 2))
			return command->fields[i] + 2;
	return "";
}

/* --- commands --- */

static void posnet_scnt(struct peer *peer, const struct posnet_command *command)
{
	const struct posnet *posnet = peer->state;
	char fields[256];

	snprintf(fields, sizeof(fields),
		 "rd%d\thn%d\tbn%d\tfn0\tnuZBF 2101002392\tbc%d\tbt%d\tfc0\t",
		 posnet->reports, posnet->headers, posnet->receipts,
		 posnet->cancelled, posnet->receipts + posnet->cancelled);
	posnet_answer(peer, command, fields);
}

static void posnet_scomm(struct peer *peer,
			 const struct posnet_command *command)
{
	const struct posnet *posnet = peer->state;
	char fields[256];

	snprintf(fields, sizeof(fields),
		 "fsT\ttz%c\tts%d\thrT\tnuZBF 2101002392\ttdN\t",
		 posnet->receipts ? 'N' : 'T', posnet->open ? 16 : 0);
	posnet_answer(peer, command, fields);
}

static void posnet_stot(struct peer *peer, const struct posnet_command *command)
{
	const struct posnet *posnet = peer->state;
	char fields[POSNET_REPLY_SIZE - 32];

	snprintf(fields, sizeof(fields),
		 "no%d\tfa0\tfb0\tfc0\tfd0\tfe0\tff0\tfg0\tfn0\tpa0\tpb%d\tpc0"
		 "\tpd0\tpe0\tpf0\tpg0\tpn%d\tct0\tcn0\tcc0\tva23,00\tvb8,00"
		 "\tvc5,00\tvd0,00\tve101,00\tvf101,00\tvg101,00"
		 "\tds2026-11-22;09:00\tde2026-11-22;10:00\tft0\tfl0\tnf%d\tbc0"
		 "\tle0\toe0\ttf0\t",
		 posnet->reports + 1, posnet->receipts * 999, posnet->receipts,
		 posnet->slips);
	posnet_answer(peer, command, fields);
}

static void posnet_document(struct peer *peer,
			    const struct posnet_command *command)
{
	const struct posnet *posnet = peer->state;
	char fields[32];

	snprintf(fields, sizeof(fields), "di%d\t", posnet->documents);
	posnet_answer(peer, command, fields);
}

static void posnet_sfsk(struct peer *peer, const struct posnet_command *command)
{
	const struct posnet *posnet = peer->state;
	char fields[256];

	snprintf(fields, sizeof(fields),
		 "fsT\tcl0\trd%d\tvt0\tva23,00\tvb8,00\tvc5,00\tvd0,00"
		 "\tve101,00\tvf101,00\tvg101,00\trw2026-11-21;20:00"
		 "\tnuZBF 2101002392\t",
		 posnet->reports);
	posnet_answer(peer, command, fields);
}

static void posnet_dailyrep(struct peer *peer,
			    const struct posnet_command *command)
{
	struct posnet *posnet = peer->state;

	if (strcmp(posnet_field(command, "da"), POSNET_TODAY)) {
		posnet_answer(peer, command, "?2022\t");
		return;
	}
	if (!posnet->receipts) {
		posnet_answer(peer, command, "?382\t");
		return;
	}
	posnet->reports++;
	posnet->headers++;
	posnet->documents++;
	posnet->receipts = posnet->cancelled = posnet->slips = 0;
	peer->moved++;
	posnet_answer(peer, command, "");
}

static void posnet_periodic(struct peer *peer,
			    const struct posnet_command *command)
{
	peer->moved++;
	posnet_answer(peer, command, "");
}

/* --- a receipt: just its sums (3.7, strns) --- */

static void posnet_trinit(struct peer *peer,
			  const struct posnet_command *command)
{
	struct posnet *posnet = peer->state;

	if (posnet->open) {
		posnet_answer(peer, command, "?2038\t");
		return;
	}
	posnet->open = true;
	posnet->paid = posnet->change = 0;
	memset(posnet->sums, 0, sizeof(posnet->sums));
	posnet_answer(peer, command, "");
}

/* A quantity other than 1 is not needed here. */
static void posnet_trline(struct peer *peer,
			  const struct posnet_command *command)
{
	struct posnet *posnet = peer->state;

	if (posnet->open)
		posnet->sums[atoi(posnet_field(command, "vt")) % 7] +=
			atoi(posnet_field(command, "pr"));
	posnet_answer(peer, command, posnet->open ? "" : "?2005\t");
}

static void posnet_trpayment(struct peer *peer,
			     const struct posnet_command *command)
{
	struct posnet *posnet = peer->state;
	int amount = atoi(posnet_field(command, "wa"));

	if (posnet->open && *posnet_field(command, "re") == '1')
		posnet->change += amount;
	else if (posnet->open)
		posnet->paid += amount;
	posnet_answer(peer, command, posnet->open ? "" : "?2005\t");
}

static void posnet_trend(struct peer *peer,
			 const struct posnet_command *command)
{
	struct posnet *posnet = peer->state;
	int total = 0;

	for (int i = 0; i < 7; i++)
		total += posnet->sums[i];
	if (!posnet->open || atoi(posnet_field(command, "to")) != total) {
		posnet_answer(peer, command,
			      posnet->open ? "?2805\t" : "?2005\t");
		return;
	}
	posnet->open = false;
	posnet->receipts++;
	posnet->headers++;
	posnet->documents++;
	posnet->cash += posnet->paid - posnet->change;
	peer->moved++;
	posnet_answer(peer, command, "");
}

static void posnet_prncancel(struct peer *peer,
			     const struct posnet_command *command)
{
	struct posnet *posnet = peer->state;

	posnet->cancelled += posnet->open && posnet->sums[1];
	posnet->open = posnet->form = false;
	posnet_answer(peer, command, "");
}

static void posnet_strns(struct peer *peer,
			 const struct posnet_command *command)
{
	const struct posnet *posnet = peer->state;
	char fields[256];
	int len =
		snprintf(fields, sizeof(fields), "to%d\tts16\t", posnet->open);

	for (int i = 0; i < 7; i++)
		len += snprintf(fields + len, sizeof(fields) - (size_t)len,
				"v%c%d\t", 'a' + i, posnet->sums[i]);
	snprintf(fields + len, sizeof(fields) - (size_t)len,
		 "pp0\tpm0\tre%d\tfp%d\tfeN\t", posnet->change, posnet->paid);
	posnet_answer(peer, command, fields);
}

/* --- slips --- */

static void posnet_slip(struct peer *peer, const struct posnet_command *command)
{
	struct posnet *posnet = peer->state;

	posnet->slips++;
	posnet->headers++;
	posnet->documents++;
	posnet_answer(peer, command, "");
}

static void posnet_stocash(struct peer *peer,
			   const struct posnet_command *command)
{
	((struct posnet *)peer->state)->returned = true;
	peer->moved++;
	posnet_slip(peer, command);
}

static void posnet_cash(struct peer *peer, const struct posnet_command *command)
{
	struct posnet *posnet = peer->state;
	int amount = atoi(posnet_field(command, "kw"));
	bool out = *posnet_field(command, "wp") == 'N';

	posnet->cash += out ? -amount : amount;
	peer->moved += !posnet->returned;
	posnet->returned = false;
	posnet_slip(peer, command);
}

static void posnet_scashstate(struct peer *peer,
			      const struct posnet_command *command)
{
	char fields[32];

	snprintf(fields, sizeof(fields), "cs%d\t",
		 ((struct posnet *)peer->state)->cash);
	posnet_answer(peer, command, fields);
}

static void posnet_formstart(struct peer *peer,
			     const struct posnet_command *command)
{
	((struct posnet *)peer->state)->form = true;
	posnet_answer(peer, command, "");
}

static void posnet_formend(struct peer *peer,
			   const struct posnet_command *command)
{
	struct posnet *posnet = peer->state;

	if (!posnet->form) {
		posnet_answer(peer, command, "?2505\t");
		return;
	}
	posnet->form = false;
	peer->moved++;
	posnet_slip(peer, command);
}

static void posnet_formisstarted(struct peer *peer,
				 const struct posnet_command *command)
{
	const struct posnet *posnet = peer->state;

	posnet_answer(peer, command, posnet->form ? "isT\t" : "isN\t");
}

/* The stored reply of the command that carried this token (3.9). */
static void posnet_rpt(struct peer *peer, const struct posnet_command *command)
{
	const struct posnet *posnet = peer->state;

	for (int i = 0; i < POSNET_REPLIES; i++) {
		const struct posnet_reply *reply = &posnet->replies[i];

		if (!reply->token[0] || strcmp(reply->token, command->token))
			continue;
		posnet_frame(peer, reply->text);
		return;
	}
	posnet_refuse_frame(peer, command, 13);
}

/* Commands with an answer that depends on something, and plain ones. */
static const struct {
	const char *mnemonic;
	void (*run)(struct peer *peer, const struct posnet_command *command);
	const char *fields;
} posnet_commands[] = {
	{ "sdev", NULL, "ds0\tcpN\tqeT\tpeN\ttl0\t" },
	{ "sprn", NULL, "pr0\t" },
	{ "sid", NULL, "nmTHERMAL HD\tvr1.01\t" },
	{ "getrealid", NULL, "nmTHERMAL HD\tvr1.01\tnuZBF 2101002392\t" },
	{ "rtcget", NULL,
	  "da" POSNET_TODAY ";11:48\ttm" POSNET_TODAY "T11:48:15+01:00\t" },
	{ "vatget", NULL,
	  "va23,00\tvb8,00\tvc5,00\tvd0,00\tve101,00\tvf101,00\tvg101,00\t" },
	{ "billcountercfgget", NULL, "dlT\t" },
	{ "discounttypeget", NULL, "dtN\t" },
	{ "formisstarted", posnet_formisstarted, NULL },
	{ "scashstate", posnet_scashstate, NULL },
	{ "strns", posnet_strns, NULL },
	{ "trinit", posnet_trinit, NULL },
	{ "trline", posnet_trline, NULL },
	{ "trpayment", posnet_trpayment, NULL },
	{ "trend", posnet_trend, NULL },
	{ "prncancel", posnet_prncancel, NULL },
	{ "stocash", posnet_stocash, NULL },
	{ "cash", posnet_cash, NULL },
	{ "formstart", posnet_formstart, NULL },
	{ "formline", NULL, "" },
	{ "formend", posnet_formend, NULL },
	{ "eclastprintouts", posnet_periodic, NULL },
	{ "rtcset", posnet_periodic, NULL },
	{ "scnt", posnet_scnt, NULL },
	{ "scomm", posnet_scomm, NULL },
	{ "stot", posnet_stot, NULL },
	{ "sfsk", posnet_sfsk, NULL },
	{ "eclastdocnoget", posnet_document, NULL },
	{ "dailyrep", posnet_dailyrep, NULL },
	{ "periodicrepbydates", posnet_periodic, NULL },
	{ "periodicrepbynumbers", posnet_periodic, NULL },
	{ "rpt", posnet_rpt, NULL },
};

static void posnet_run(struct peer *peer, const struct posnet_command *command)
{
	size_t count = sizeof(posnet_commands) / sizeof(*posnet_commands);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(posnet_commands[i].mnemonic, command->mnemonic))
			continue;
		if (posnet_commands[i].run)
			posnet_commands[i].run(peer, command);
		else
			posnet_answer(peer, command, posnet_commands[i].fields);
		return;
	}
	posnet_refuse_frame(peer, command, 1);
}

/* --- frames --- */

static void posnet_split(struct posnet_command *command)
{
	char *rest = command->text, *part;

	command->mnemonic = strsep(&rest, "\t");
	if (command->mnemonic[0] == '!')
		command->mnemonic++;
	while ((part = strsep(&rest, "\t")) && *part) {
		if (part[0] == '@')
			snprintf(command->token, sizeof(command->token), "%s",
				 part);
		else if (command->fields_count < 32)
			command->fields[command->fields_count++] = part;
	}
}

/* frame: from behind the start to before the end. */
static void posnet_take(struct peer *peer, const uint8_t *frame, size_t len)
{
	struct posnet_command command = { .mnemonic = "" };
	char *check;

	if (len >= sizeof(command.text))
		return;
	memcpy(command.text, frame, len);
	check = strrchr(command.text, '#');
	if (!check) {
		posnet_frame(peer, "ERR\t?15\t");
		return;
	}
	*check = 0;
	if (strtoul(check + 1, NULL, 16) !=
	    posnet_crc(command.text, (size_t)(check - command.text))) {
		posnet_frame(peer, "ERR\t?5\t");
		return;
	}
	posnet_split(&command);
	posnet_run(peer, &command);
}

static void posnet_input(struct peer *peer)
{
	for (;;) {
		uint8_t *start =
			peer->in.len ? memchr(peer->in.data, 2, peer->in.len)
				     : NULL;
		uint8_t *end;

		buf_drop(&peer->in, start ? (size_t)(start - peer->in.data)
					  : peer->in.len);
		end = peer->in.len ? memchr(peer->in.data, 3, peer->in.len)
				   : NULL;
		if (!end)
			return;
		posnet_take(peer, peer->in.data + 1,
			    (size_t)(end - peer->in.data) - 1);
		buf_drop(&peer->in, (size_t)(end - peer->in.data) + 1);
	}
}

static void posnet_init(struct peer *peer)
{
	struct posnet *posnet = peer->state;

	posnet->reports = 4;
	posnet->headers = 55;
	posnet->receipts = 18;
	posnet->documents = 61;
	posnet->cash = 5000;
}

/* Whether stored replies survive is not stated (3.9): assume not. */
static void posnet_power_cycle(struct peer *peer)
{
	struct posnet *posnet = peer->state;

	memset(posnet->replies, 0, sizeof(posnet->replies));
}

/*
 * Two daily reports on the keypad. (After only one, nothing in the printer
 * tells whose it was; and the day is closed as was asked.)
 */
static void posnet_stranger(struct peer *peer)
{
	struct posnet *posnet = peer->state;

	posnet->reports += 2;
	posnet->headers += 4;
	posnet->documents += 2;
	posnet->receipts = 1;
}

const struct peer_class peer_posnet = { .class = DEVICE_PRINTER,
					.state_size = sizeof(struct posnet),
					.init = posnet_init,
					.input = posnet_input,
					.power_cycle = posnet_power_cycle,
					.stranger = posnet_stranger };
