/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reader of chip cards, shared by pcscd. Whatever is said to pcscd blocks, so
 * a worker of its own says it, one thing at a time (card_session.h): it looks
 * at the reader, half a second at a time, and in between it says to the card
 * what the driver wants. It goes on looking while the line is down, so that
 * what comes is noticed; and if pcscd should leave it without an answer, the
 * line goes down, and nobody waits for it.
 */
#include "device/transport_card.h"

#include "device/card_session.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/log.h"
#include "util/secret.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

#define CARD_QUEUE_MAX	4096 /* bytes that wait to be said */
#define CARD_RECORD_MAX (DRIVER_CARD_HEAD + DRIVER_CARD_MOST)
#define CARD_END_MS	1000 /* that the end of the process waits */

/* Then pcscd is taken to hang. */
#define CARD_LOOK_LIMIT_MS 3000
#define CARD_SAY_LIMIT_MS  10000

/* Before another look where the last had no need to wait. */
#define CARD_ABSENT_MS 250 /* there is no such reader */
#define CARD_BUSY_MS   50  /* others use it */

enum card_task {
	CARD_TASK_LOOK,
	CARD_TASK_SAY,
	CARD_TASK_LEAVE,
	CARD_TASK_END,
};

struct card_job {
	struct work work;
	struct transport_card *card;
};

struct transport_card {
	struct transport transport;
	LIST_ENTRY(transport_card) entry; /* of the strays */
	struct event_base *base;
	struct workers *workers;
	struct card_strays *strays;
	struct event *soon;  /* tells up or down */
	struct event *again; /* looks again */
	struct event *limit; /* of what the worker is at */
	struct buf queue;    /* records to be carried out */
	bool is_open;	     /* wanted, until it is shut */
	bool is_up;	     /* told so */
	bool is_told;	     /* what came of opening is, or is about to be */
	bool is_missed;	     /* it went down by itself, and may come */
	bool has_looked;
	bool leave_due; /* the card is still taken, for nobody */
	bool stray;
	bool joined; /* somebody else frees the worker */
	bool hangs;
	enum reason outcome; /* of opening, to be told by soon */
	enum reason there;   /* what was seen last: NONE if it is */
	bool present;
	uint16_t turn;
	char model[READER_NAME_MAX + 1];
	struct driver_facts facts;
	unsigned int opens, said_at; /* how often; at which of them */

	/* the worker's while it is busy */
	struct worker *worker; /* NULL until it is opened first */
	struct card_job job;
	bool busy;
	enum card_task task;
	struct card_session session;
	struct card_sight sight;
	uint8_t command[DRIVER_CARD_MOST];
	size_t command_len;
	uint8_t answer[DRIVER_CARD_MOST];
	size_t answer_len;
	enum driver_card_fault fault;
};

static void card_set(struct event *event, int ms)
{
	const struct timeval wait = { .tv_sec = ms / 1000,
				      .tv_usec = ms % 1000 * 1000 };

	event_add(event, &wait);
}

/* --- on the worker --- */

static void card_run(struct work *work)
{
	struct transport_card *card = ((struct card_job *)work)->card;

	switch (card->task) {
	case CARD_TASK_LOOK:
		card_session_look(&card->session, &card->sight);
		break;
	case CARD_TASK_SAY:
		card->answer_len =
			card_session_say(&card->session, card->command,
					 card->command_len, card->answer,
					 &card->fault);
		secret_wipe(card->command, sizeof(card->command));
		break;
	case CARD_TASK_LEAVE:
		card_session_leave(&card->session);
		break;
	case CARD_TASK_END:
		card_session_end(&card->session);
		break;
	}
}

static void card_submit(struct transport_card *card, enum card_task task)
{
	card->busy = true;
	card->task = task;
	if (!card->stray)
		card_set(card->limit, task == CARD_TASK_SAY
					      ? CARD_SAY_LIMIT_MS
					      : CARD_LOOK_LIMIT_MS);
	worker_submit(card->worker, &card->job.work);
}

/* --- up and down --- */

static void card_shut(struct transport *transport)
{
	struct transport_card *card = (struct transport_card *)transport;

	event_del(card->soon);
	buf_reset(&card->queue);
	card->leave_due = card->leave_due || card->is_up;
	card->is_open = false;
	card->is_up = false;
	card->is_told = false;
}

static void card_go_down(struct transport_card *card, enum reason reason)
{
	struct transport_events *events = &card->transport.events;

	card_shut(&card->transport);
	card->is_missed = true;
	events->down(events->arg, reason);
}

static void card_set_soon(struct transport_card *card, enum reason outcome)
{
	card->outcome = outcome;
	card->is_told = true;
	card_set(card->soon, 0);
}

static void card_tell(struct transport_card *card, enum driver_card what,
		      const uint8_t *data, size_t len)
{
	struct transport_events *events = &card->transport.events;
	uint8_t record[CARD_RECORD_MAX] = { (uint8_t)what, (uint8_t)(len >> 8),
					    (uint8_t)len };

	if (len)
		memcpy(record + DRIVER_CARD_HEAD, data, len);
	if (card->is_up)
		events->input(events->arg, record, DRIVER_CARD_HEAD + len);
	secret_wipe(record, sizeof(record));
}

static void card_on_soon(evutil_socket_t fd, short what, void *arg)
{
	struct transport_card *card = arg;
	struct transport_events *events = &card->transport.events;

	(void)fd;
	(void)what;
	if (card->outcome != REASON_NONE) {
		card_go_down(card, card->outcome);
		return;
	}
	card->is_up = true;
	events->up(events->arg);
	if (card->present)
		card_tell(card, DRIVER_CARD_STAYS, NULL, 0);
}

/* --- what a look has brought --- */

static void card_say_readers(const struct transport_card *card)
{
	CLEANUP(buf_cleanup)
	struct buf names = BUF_INIT(CARD_NAMES_MAX * 2);
	const char *name = card->sight.names;

	for (; *name; name += strlen(name) + 1)
		if (text_is_plain(name))
			buf_add_format(&names, "%s\"%s\"",
				       names.len ? ", " : "", name);
	log_warning("%s reader of pcscd fits \"%s\"; there %s%s",
		    card->there == REASON_PORT_MISSING ? "no" : "more than one",
		    card->session.wanted,
		    names.len ? "are: " : "are none at all", buf_text(&names));
}

/* Between two looks it may have been taken out and put in. */
static void card_take_presence(struct transport_card *card)
{
	const struct card_sight *sight = &card->sight;
	bool was = card->present, same = card->turn == sight->turn;

	card->present = sight->present;
	card->turn = sight->turn;
	if (was && !(sight->present && same))
		card_tell(card, DRIVER_CARD_OUT, NULL, 0);
	if (sight->present && !(was && same))
		card_tell(card, DRIVER_CARD_IN, sight->atr, sight->atr_len);
	else if (was == sight->present)
		card_set(card->again, CARD_BUSY_MS);
}

static void card_tell_plugged(struct transport_card *card)
{
	struct transport_events *events = &card->transport.events;

	card->is_missed = false;
	if (events->plugged)
		events->plugged(events->arg);
}

/* One that comes is worth opening; one that goes takes the line along. */
static void card_take_sight(struct transport_card *card)
{
	enum reason before = card->has_looked ? card->there : REASON_NONE;
	enum reason now = card->sight.reason;

	card->has_looked = true;
	card->there = now;
	text_copy(card->model, sizeof(card->model), card->session.name);
	if (now != before &&
	    (now == REASON_PORT_MISSING || now == REASON_PORT_AMBIGUOUS))
		card_say_readers(card);
	if (now != REASON_NONE)
		card_set(card->again, CARD_ABSENT_MS);
	if (card->is_up && now != REASON_NONE) {
		card_go_down(card, now == REASON_PORT_MISSING ? REASON_UNPLUGGED
							      : now);
	} else if (card->is_up) {
		card_take_presence(card);
	} else {
		card->present = card->sight.present;
		card->turn = card->sight.turn;
		if (card->is_open && !card->is_told)
			card_set_soon(card, now);
		else if (!card->is_open && card->is_missed &&
			 now == REASON_NONE)
			card_tell_plugged(card);
	}
}

/* --- what the worker does next --- */

/* The record at the front of the queue; false if there is none. */
static bool card_take_record(struct transport_card *card, uint8_t *out_what)
{
	const uint8_t *at = card->queue.data;
	size_t len = card->queue.len < DRIVER_CARD_HEAD
			     ? SIZE_MAX
			     : (size_t)(at[1] << 8 | at[2]);

	if (len > sizeof(card->command) ||
	    card->queue.len < DRIVER_CARD_HEAD + len)
		return false;
	*out_what = at[0];
	memcpy(card->command, at + DRIVER_CARD_HEAD, len);
	card->command_len = len;
	buf_drop(&card->queue, DRIVER_CARD_HEAD + len);
	return true;
}

static void card_go_on(struct transport_card *card)
{
	uint8_t what;

	if (card->busy)
		return;
	if (card->leave_due) {
		card->leave_due = false;
		card_submit(card, CARD_TASK_LEAVE);
	} else if (card_take_record(card, &what)) {
		card->said_at = card->opens;
		card_submit(card, what == DRIVER_CARD_COMMAND
					  ? CARD_TASK_SAY
					  : CARD_TASK_LEAVE);
	} else if (!event_pending(card->again, EV_TIMEOUT, NULL)) {
		card_submit(card, CARD_TASK_LOOK);
	}
}

static void card_on_again(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	card_go_on(arg);
}

static void card_tell_answer(struct transport_card *card)
{
	uint8_t fault = (uint8_t)card->fault;

	if (card->said_at != card->opens)
		return; /* to who asked before */
	if (card->answer_len)
		card_tell(card, DRIVER_CARD_ANSWER, card->answer,
			  card->answer_len);
	else
		card_tell(card, DRIVER_CARD_FAILED, &fault, 1);
}

static void card_tell_drained(struct transport_card *card)
{
	struct transport_events *events = &card->transport.events;

	if (card->is_up && !card->queue.len && events->drained)
		events->drained(events->arg);
}

static void card_free(struct transport_card *card);

/* The worker was done with a stray's, and has said good-bye to pcscd. */
static void card_bury(struct transport_card *card)
{
	if (card->task != CARD_TASK_END && !card->joined) {
		card_submit(card, CARD_TASK_END);
		return;
	}
	LIST_REMOVE(card, entry);
	card_free(card);
}

static void card_done(struct work *work)
{
	struct transport_card *card = ((struct card_job *)work)->card;

	card->hangs = false;
	if (card->stray) {
		card_bury(card);
		return;
	}
	event_del(card->limit);
	if (card->task == CARD_TASK_LOOK)
		card_take_sight(card);
	else if (card->task == CARD_TASK_SAY)
		card_tell_answer(card);
	secret_wipe(card->answer, sizeof(card->answer));
	if (card->task != CARD_TASK_LOOK)
		card_tell_drained(card);
	card->busy = false; /* not before: what it left has been looked at */
	card_go_on(card);
}

static void card_on_limit(evutil_socket_t fd, short what, void *arg)
{
	struct transport_card *card = arg;

	(void)fd;
	(void)what;
	card->hangs = true;
	card->has_looked = true;
	card->there = REASON_NO_ANSWER;
	if (card->is_up)
		card_go_down(card, REASON_NO_ANSWER);
	else if (card->is_open && !card->is_told)
		card_set_soon(card, REASON_NO_ANSWER);
}

/* --- the transport --- */

static void card_open(struct transport *transport)
{
	struct transport_card *card = (struct transport_card *)transport;

	card_shut(transport);
	card->is_open = true;
	card->opens++;
	if (!card->worker)
		card->worker = worker_new(card->workers, "pcsc", NULL);
	if (card->has_looked)
		card_set_soon(card, card->there);
	card_go_on(card);
}

static bool card_write(struct transport *transport, const uint8_t *data,
		       size_t len)
{
	struct transport_card *card = (struct transport_card *)transport;

	if (!card->is_up)
		return true;
	buf_add(&card->queue, data, len);
	if (card->queue.failed)
		return false;
	card_go_on(card);
	return true;
}

static void card_free(struct transport_card *card)
{
	if (!card->joined)
		worker_free(card->worker);
	buf_free(&card->queue);
	secret_wipe(card, sizeof(*card));
	free(card);
}

static void card_destroy(struct transport *transport)
{
	struct transport_card *card = (struct transport_card *)transport;

	card_shut(transport);
	event_free(card->soon);
	event_free(card->again);
	event_free(card->limit);
	if (!card->worker) {
		card_free(card);
		return;
	}
	card->stray = true;
	LIST_INSERT_HEAD(card->strays, card, entry);
	if (!card->busy)
		card_submit(card, CARD_TASK_END);
}

/* pcscd sees by itself that the process has gone. */
void card_strays_end(struct card_strays *strays)
{
	struct transport_card *card = LIST_FIRST(strays), *next;

	for (; card; card = next) {
		next = LIST_NEXT(card, entry);
		card->joined = true; /* card_bury() frees but the worker */
		if (card->hangs ||
		    !worker_free_within(card->worker, CARD_END_MS))
			log_warning("pcscd has left \"%s\" without an answer",
				    card->session.wanted);
	}
}

static const struct driver_facts *card_facts(struct transport *transport)
{
	struct transport_card *card = (struct transport_card *)transport;

	card->facts = (struct driver_facts){ .model = text_is_plain(card->model)
							      ? card->model
							      : NULL };
	return &card->facts;
}

static const struct transport_ops card_ops = {
	.facts = card_facts,
	.open = card_open,
	.shut = card_shut,
	.write = card_write,
	.destroy = card_destroy,
};

struct transport *transport_card_new(struct event_base *base,
				     struct workers *workers,
				     struct card_strays *strays,
				     const struct transport_config *config)
{
	struct transport_card *card = ALLOC_NEW(struct transport_card);

	card->transport.ops = &card_ops;
	card->base = base;
	card->workers = workers;
	card->strays = strays;
	card->job.work = (struct work){ .run = card_run, .done = card_done };
	card->job.card = card;
	text_copy(card->session.wanted, sizeof(card->session.wanted),
		  config->plug_name);
	buf_init(&card->queue, CARD_QUEUE_MAX);
	card->soon = evtimer_new(base, card_on_soon, card);
	card->again = evtimer_new(base, card_on_again, card);
	card->limit = evtimer_new(base, card_on_limit, card);
	if (!card->soon || !card->again || !card->limit)
		abort(); /* out of memory */
	return &card->transport;
}
