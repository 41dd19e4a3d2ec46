/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tillctl doctor: what pcscd says of the readers of chip cards. It is asked by
 * a process of its own, since one that hangs lets nobody go who has asked it.
 */
#include "cli/doctor.h"

#include "util/buf.h"
#include "util/json.h"
#include "util/reader_name.h"
#include "util/text.h"

#include <string.h>

#ifdef HAVE_LIBPCSCLITE
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <winscard.h>
#endif

#define CARD_WAIT_MS	3000
#define CARD_NAMES_SIZE 4096
#define CARD_DRIVER	"pcsc-reader"

enum card_word {
	CARD_THERE,   /* it has told its readers */
	CARD_MISSING, /* nobody listens */
	CARD_DENIED,
	CARD_SILENT, /* it listens, and does not answer */
};

/* Each ends with a NUL, and the last with another. */
struct card_list {
	uint8_t word; /* enum card_word */
	char names[CARD_NAMES_SIZE];
};

#ifdef HAVE_LIBPCSCLITE
static enum card_word card_ask(struct card_list *list)
{
	DWORD len = sizeof(list->names) - 1;
	SCARDCONTEXT context;
	LONG r =
		SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context);

	if (r == SCARD_S_SUCCESS)
		r = SCardListReaders(context, NULL, list->names, &len);
	if (r != SCARD_S_SUCCESS)
		memset(list->names, 0, sizeof(list->names));
	if (r == SCARD_W_SECURITY_VIOLATION)
		return CARD_DENIED;
	return r == SCARD_S_SUCCESS || r == SCARD_E_NO_READERS_AVAILABLE
		       ? CARD_THERE
		       : CARD_MISSING;
}

static void card_tell(int fd)
{
	struct card_list list = { 0 };

	list.word = (uint8_t)card_ask(&list);
	_exit(write(fd, &list, sizeof(list)) != sizeof(list));
}

/* What fits in a pipe comes as a whole. */
static void card_hear(int fd, struct card_list *out_list)
{
	struct pollfd pipe = { .fd = fd, .events = POLLIN };

	if (poll(&pipe, 1, CARD_WAIT_MS) != 1 ||
	    read(fd, out_list, sizeof(*out_list)) != sizeof(*out_list))
		*out_list = (struct card_list){ .word = CARD_SILENT };
	out_list->names[CARD_NAMES_SIZE - 1] = '\0';
	out_list->names[CARD_NAMES_SIZE - 2] = '\0';
}

static bool card_list_readers(struct card_list *out_list)
{
	int ends[2];
	pid_t child;

	if (pipe(ends))
		return false;
	child = fork();
	if (!child)
		card_tell(ends[1]);
	close(ends[1]);
	if (child > 0) {
		card_hear(ends[0], out_list);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	close(ends[0]);
	return child > 0;
}
#else
static bool card_list_readers(struct card_list *out_list)
{
	(void)out_list;
	return false;
}
#endif

/* --- what it means --- */

static void card_add_names(struct buf *advice, const char *names)
{
	size_t begin = advice->len;

	for (; *names; names += strlen(names) + 1)
		if (text_is_plain(names))
			buf_add_format(advice, "%s\"%s\"",
				       advice->len == begin ? "" : ", ", names);
}

static void card_judge_name(struct doctor *doctor, const json_t *device,
			    const char *names)
{
	CLEANUP(buf_cleanup) struct buf advice = BUF_INIT(2 * CARD_NAMES_SIZE);
	const char *name = json_text(device, "name");
	const char *wanted = json_text(device, "port"), *found;
	size_t count = reader_name_find(wanted, names, &found);

	buf_add_text(&advice, "Set pcsc in tilld.conf to the one that is "
			      "meant: ");
	card_add_names(&advice, names);
	buf_add_text(&advice, ". The first of the two numbers does not count, "
			      "and both can be left out where there is one.");
	if (!*names)
		doctor_find(doctor, FINDING_BAD, name,
			    "Does lsusb show it? Then its driver is missing "
			    "(libccid or the maker's), or the kernel has taken "
			    "it: blacklist pn533_usb.",
			    "pcscd has no reader at all.");
	else if (!count)
		doctor_find(doctor, FINDING_BAD, name, buf_text(&advice),
			    "No reader of pcscd is called \"%s\".", wanted);
	else if (count > 1)
		doctor_find(doctor, FINDING_BAD, name, buf_text(&advice),
			    "%zu readers of pcscd fit \"%s\".", count, wanted);
	else
		doctor_find(doctor, FINDING_GOOD, name, NULL,
			    "pcscd has the reader \"%s\".", found);
}

/* What the trace ends with, as reader/card_trace.c has it. */
static void card_judge_rest(struct doctor *doctor, const char *name)
{
	static const char *const rests[] = { "lets go of the card",
					     "a card was there already" };
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLI_ANSWER answer = { 0 };
	const char *text;

	client_add_path(&path, "/v1/devices/{}/trace", name);
	client_add_query_int(&path, "limit", 1);
	if (doctor_ask(doctor, "GET", buf_text(&path), &answer) != 200)
		return;
	text = json_text(json_array_get(json_object_get(answer.json, "records"),
					0),
			 "text");
	for (size_t i = 0; text && i < sizeof(rests) / sizeof(*rests); i++)
		if (!strcmp(text, rests[i]))
			doctor_find(doctor, FINDING_WARNING, name,
				    "Take it away; it counts when it is shown "
				    "again.",
				    "A card lies on the reader.");
}

void doctor_check_card(struct doctor *doctor, const json_t *device)
{
	const char *name = json_text(device, "name");
	const char *driver = json_text(device, "driver");
	const char *reason = json_text(device, "reason");
	struct card_list list = { 0 };

	if (!driver || strcmp(driver, CARD_DRIVER) != 0 ||
	    !card_list_readers(&list))
		return;
	if (reason && !strcmp(reason, "port-denied"))
		doctor_find(doctor, FINDING_BAD, name,
			    "polkit has to allow it: is tilld.rules there, in "
			    "/usr/share/polkit-1/rules.d? Then restart tilld.",
			    "pcscd does not let tilld use its readers.");
	if (list.word == CARD_MISSING)
		doctor_find(doctor, FINDING_BAD, name,
			    "systemctl enable --now pcscd.socket; it is in the "
			    "package pcscd.",
			    "pcscd does not run.");
	else if (list.word == CARD_SILENT)
		doctor_find(doctor, FINDING_BAD, name,
			    "systemctl restart pcscd; a reader that hangs has "
			    "to be unplugged first.",
			    "pcscd does not answer.");
	else if (list.word == CARD_DENIED)
		doctor_find(doctor, FINDING_SKIPPED, name,
			    "Say it as root: sudo tillctl doctor.",
			    "Which readers pcscd has this user can't ask.");
	else
		card_judge_name(doctor, device, list.names);
	if (!reason)
		card_judge_rest(doctor, name);
}
