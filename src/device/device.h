/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device: one driver on one line, and the queue of what is asked of it. This
 * is the framework that holds drivers to their contract (driver.h). It knows
 * nothing of tills, people or permissions: core/ asks, after it has decided
 * and written the intent, and it is the only one that asks.
 *
 *	absent ──► opening ──► ready ◄──► busy
 *	   ▲          │          │          │
 *	   └──────────┴── lost ◄─┴──────────┘
 *
 * A lost device is opened again after a while: at once where it had been
 * ready for a second, or when it is plugged in, else with a pause that doubles
 * from 250 ms to 10 s. What
 * waits to be begun ends as failed when an opening fails. An operation that
 * was past its point of no return when its line was lost stays the device's
 * (busy, recovering) until the driver found out what became of it, or
 * DEVICE_RECOVER_MS went by since the device came back; new operations are
 * only begun after that.
 *
 * From whichever state it is released, and taken back to opening.
 */
#ifndef TILLD_DEVICE_DEVICE_H
#define TILLD_DEVICE_DEVICE_H

#include "device/driver.h"
#include "device/transport.h"
#include "util/env.h"

enum device_state {
	DEVICE_ABSENT,	/* never seen since the start */
	DEVICE_OPENING, /* the line or the driver is coming up */
	DEVICE_READY,
	DEVICE_BUSY,	 /* with an operation, or recovering one */
	DEVICE_LOST,	 /* was there; being tried again */
	DEVICE_RELEASED, /* left alone: somebody else's program is at it */
};

const char *device_state_name(enum device_state state);

#define DEVICE_NAME_MAX	     32
#define DEVICE_QUEUE_MAX     16
/* The option of a printer that a drawer hangs on, and that it has none. */
#define DEVICE_DRAWER_OPTION "drawer"
#define DEVICE_DRAWER_NONE   "none"
#define DEVICE_RECOVER_MS    (15 * 60 * 1000)

struct device;

/* Called from the loop. Nothing passed here outlives the call. */
struct device_listener {
	/* state, reason, identity or status changed; see device_describe */
	void (*changed)(void *arg, struct device *device);
	/* driver_status() brought something new; before may be NULL */
	void (*status)(void *arg, struct device *device, const json_t *before,
		       const json_t *now);
	/* a badge; proven: it has shown that it is no copy */
	void (*swipe)(void *arg, struct device *device, const char *badge_id,
		      bool proven);
	/* driver_turn_away(): a card that is no badge */
	void (*turned_away)(void *arg, struct device *device, const char *why);
	/* its trace has something new; may only take note. May be NULL. */
	void (*traced)(void *arg, struct device *device);
	void *arg;
};

struct device_setting {
	const char *name;
	const char *value;
};

struct device_config {
	const char *name;
	const struct driver *driver;
	struct transport_config transport;
	const struct device_setting *settings; /* options of the driver */
	size_t settings_count;
};

struct device *device_new(const struct device_config *config,
			  const struct env *env, struct transports *transports,
			  const struct device_listener *listener);
void device_open(struct device *device); /* begins, and goes on for ever */

/*
 * Leaves the line to somebody else's program: closed at once, and not opened
 * until it is taken back; also before device_open(). What is queued ends as
 * failed. Its user sees to it that it is at nothing.
 */
void device_release(struct device *device);
void device_take(struct device *device);

/* Closes the line at once and frees. Operations that had not ended get no
 * completion: what became of them is for the next start to find out. */
struct device *device_free(struct device *device);

const char *device_name(const struct device *device);

/* The value of a driver's duration or number, as driver_option_int(); otherwise
 * where it has no such option. */
int64_t device_option_int(const struct device *device, const char *name,
			  int64_t otherwise);
const struct driver *device_driver(const struct device *device);

/* What it is on: "serial", "tcp", "usb", "hid", "keyboard" or "pcsc". */
const char *device_line(const struct device *device);
enum device_state device_state(const struct device *device);

/* Why it is not ready; REASON_NONE if it is. */
enum reason device_reason(const struct device *device);

/* Whether its driver can do that kind of operation; of a printer's drawer,
 * whether there is one. Every reader waits for a badge to be tried; a device is
 * looked for where it is on a serial line and has a harmless question. */
bool device_can(const struct device *device, enum op_kind kind);

/* What driver_status() told last, and when (monotonic ms); NULL before that
 * and while the device is not there. Borrowed. */
const json_t *device_status(const struct device *device, int64_t *out_as_of);

/* Its serial number, as driver_ready() told it; NULL if it is not there, or
 * has none. Borrowed. */
const char *device_serial(const struct device *device);

/* The id of the card terminal that is there, as it was told last; 0 if it told
 * none, or is not there. */
int64_t device_terminal(const struct device *device);

/* How it reckons receipts; NULL before it told, or if it prints none. */
const struct receipt_rules *device_rules(const struct device *device);

/* Whether cards can prove there that they are no copies; false before it was
 * ready for the first time. */
bool device_proves(const struct device *device);

/* A print job for it, of what an app asks for (job.h); NULL and why, if there
 * is none. Only of one that can do OP_PRINT_JOB. To be dropped. */
struct job *device_make_job(const struct device *device, const json_t *asked,
			    struct job_fault *out_fault);

/* The currency it moves money in, as its number in ISO 4217; MONEY_NO_CURRENCY
 * (util/money.h) if it told none. */
int device_currency(const struct device *device);

/*
 * What the status told last keeps it from working: no paper, an open cover, an
 * offline printer; REASON_NONE if it tells nothing of the kind. It may be over
 * by now, or not be known yet: only the device itself can say. kind: what it is
 * to do; OP_KINDS: anything.
 */
enum reason device_trouble(const struct device *device, enum op_kind kind);

/* What it did last, before the daemon knew it: only where it has done nothing
 * later. at is wall time. */
void device_remember(struct device *device, enum op_kind kind,
		     enum outcome outcome, enum reason reason, int64_t at);

/*
 * {"name", "class", "driver", "port", "state", "since", "reason"?, "sentence"?,
 * "advice"?, "identity"?, "status"?, "operation"?, "last"?, "statistics":
 * {...}} for people and API; since is RFC 3339. New.
 */
json_t *device_describe(const struct device *device);

/* What went over its line of late: see device/tap.h for both. */
json_t *device_trace(const struct device *device, int64_t after, size_t limit);
int64_t device_traced(const struct device *device);

/* What is configured for its driver, {"option": "value"}, but no secret. New. */
json_t *device_settings(const struct device *device);

/* --- operations --- */

/* The user of one operation; all calls come from the loop, done exactly once
 * and last. evidence, progress and result are borrowed; copy or incref. All but
 * done may be NULL, save too for operations that save nothing (a display's). */
struct device_user {
	/* The driver wants evidence on disk: write it, then device_saved(). */
	void (*save)(void *arg, const json_t *evidence);
	/* The point of no return was passed. */
	void (*committed)(void *arg);
	void (*progress)(void *arg, const json_t *progress);
	/* The line was lost past the point of no return; recovery goes on. */
	void (*doubtful)(void *arg, enum reason reason);
	void (*done)(void *arg, enum outcome outcome, enum reason reason,
		     const json_t *result);
	void *arg;
};

/*
 * Queues an operation, to be begun within wait_ms or to end as failed with
 * the reason why the device did not come to it (it may be gone by then). Gives
 * it at once, still by done() from the loop, where the device is not there.
 * op is copied. The caller has journalled the intent.
 */
void device_start(struct device *device, const struct op *op, int64_t wait_ms,
		  const struct device_user *user);

/*
 * Queues the finding-out of an operation that an earlier daemon began; goes
 * before all that device_start() queued, and waits for the device as long as
 * it takes. evidence (borrowed, may be NULL) is what was saved last.
 */
void device_recover(struct device *device, const struct op *op,
		    const json_t *evidence, const struct device_user *user);

/* The answer to save(): err is 0 or an errno. */
void device_saved(struct device *device, const char *op_id, int err);

/*
 * Calls an operation off: one that was not begun ends as failed with
 * REASON_ABORTED; for one that was, the driver's abort is asked, if it has one.
 * False if there is no such operation or nothing can be done about it.
 */
bool device_abort(struct device *device, const char *op_id);

/* Nobody is to find out about that operation any more: of a recovery that waits
 * for the device to come back; its user hears no more of it. False, with
 * nothing done, if it is being found out right now. */
bool device_forget(struct device *device, const char *op_id);

/* Ends as failed, still by done() from the loop, all that is queued and was not
 * begun, and a test that waits for a person; recoveries and what else is
 * running go on. */
void device_fail_queued(struct device *device, enum reason reason);

/* How many operations are queued or running (recoveries included). */
size_t device_load(const struct device *device);

#endif
