/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the framework share: device.c (the line, from absent to
 * ready and lost), device_queue.c (operations and their recovery),
 * device_running.c, device_driver.c (what a driver may call) and
 * device_describe.c.
 *
 * Every entry from the loop is bracketed by device_enter() and
 * device_leave(). What must not happen while the driver is on the stack -
 * closing it above all - is only noted in between and done on leaving; what
 * must come from the loop (completions, beginning the next operation, passing
 * on that evidence is on disk) is left to device_work(), by device_wake().
 */
#ifndef TILLD_DEVICE_DEVICE_PRIVATE_H
#define TILLD_DEVICE_DEVICE_PRIVATE_H

#include "device/device.h"
#include "device/tap.h"

#include <sys/queue.h>

/* A driver that opens and waits for nothing, no deadline set, is stuck; one
 * that does may be patient (a fiscal printer at the end of a long report, a
 * terminal with a customer at it), but not for ever. */
#define DEVICE_OPEN_MS	    30000
#define DEVICE_OPEN_MAX_MS  (10 * 60 * 1000)
#define DEVICE_PAUSE_MIN_MS 250
#define DEVICE_PAUSE_MAX_MS 10000

/* A line that comes and goes faster than this is not reopened at once. */
#define DEVICE_STEADY_MS 1000

/* What one recovery that broke off costs of DEVICE_RECOVER_MS at least: a
 * device that hangs up at the question isn't asked for ever. */
#define DEVICE_RECOVER_STEP_MS (60 * 1000)

/* A test that waits for a badge does so for so long. */
#define DEVICE_TEST_MS 30000

/* Past its time by this, an operation isn't begun any more: the box slept. */
#define DEVICE_LATE_MS 1000

struct driver_io {
	struct device *device;
};

/* One operation, from device_start() or device_recover() to its done(). */
struct device_job {
	TAILQ_ENTRY(device_job) entry;
	struct op op;
	struct device_user user;
	bool recovery;	      /* to be asked about, never to be started */
	bool committed;	      /* past its point of no return */
	bool abort_asked;     /* by device_abort() */
	int64_t begin_by;     /* INT64_MAX: waits as long as it takes */
	int64_t begun_at;     /* start or recover was called */
	int64_t recover_left; /* of DEVICE_RECOVER_MS */
	json_t *status;	      /* the device's, when it was started */
	json_t *evidence;     /* what the driver saved last */

	unsigned int saves_open;  /* the user has still to answer */
	unsigned int saves_stale; /* of these, asked before the line went */
	unsigned int saved_due;	  /* answers to be passed to the driver */
	int saved_err;

	/* Why it has to be recovered; NONE: it has not. */
	enum reason broken;

	enum outcome outcome;
	enum reason reason;
	json_t *result;
};

TAILQ_HEAD(device_jobs, device_job);

struct device_statistics {
	int64_t operations;
	int64_t failures;
	int64_t unknown;
	int64_t reconnects;
	int64_t bytes_in;
	int64_t bytes_out;
	int64_t driver_bugs;
	int64_t timed; /* operations that were begun, by how long they took */
	int64_t took_last, took_most, took_all; /* ms */
};

/* What it did last; at 0: nothing yet. */
struct device_last {
	int64_t at; /* wall */
	enum op_kind kind;
	enum outcome outcome;
	enum reason reason;
};

struct device_scan;

struct device {
	struct driver_io io;
	char name[DEVICE_NAME_MAX + 1];
	const struct driver *driver;
	struct device_setting *settings;
	size_t settings_count;
	bool serial;
	enum driver_plug plug;
	struct driver_line line; /* as configured, of a serial one */
	char *port;		 /* as people know it: a path, or host:port */

	const struct env *env;
	struct device_listener listener;
	struct transport *transport;
	struct tap *tap;

	enum device_state state;
	enum reason reason;  /* why it is not ready */
	enum reason told;    /* what the log was told last */
	int64_t since;	     /* wall ms; see device_set_state() */
	bool seen;	     /* was ready once */
	bool open;	     /* the line is up and belongs to the driver */
	bool ready;	     /* the driver said so */
	bool opened;	     /* device_open() was called */
	bool released;	     /* not to be opened until it is taken back */
	int64_t open_since;  /* monotonic */
	int64_t ready_since; /* monotonic */
	int64_t pause;	     /* before the line is opened again */

	int depth;  /* brackets around the code on the stack */
	bool going; /* the line is to be closed on leaving */
	enum reason going_why;
	bool changed; /* the listener is to be told on leaving */

	struct timer *line_timer;     /* opening takes too long, or again */
	struct timer *deadline_timer; /* the driver's */
	bool deadline_set;
	struct timer *recover_timer; /* recovery takes too long */
	struct timer *work_timer;    /* device_work() */
	struct timer *test_timer;    /* nobody came to use it */
	struct timer *scan_timer;    /* nothing has answered there */
	struct device_scan *scan;    /* NULL unless it is looked for */

	struct device_jobs queue; /* recoveries first */
	struct device_job *running;
	struct device_jobs ended; /* to be told from the loop */
	size_t load;
	bool woken; /* the work timer is to go off at once */

	json_t *identity;
	json_t *status;
	int64_t status_as_of; /* monotonic */
	struct device_statistics statistics;
	struct device_last last;

	bool has_rules;
	int currency;		    /* ISO 4217, or MONEY_NO_CURRENCY */
	bool proves;		    /* what driver_proves() told */
	struct receipt_rules rules; /* outlast a lost line, as the printer */

	void *state_memory;
	uint8_t kept[DRIVER_KEPT_SIZE];
};

static inline int64_t device_now(const struct device *device)
{
	return clock_monotonic_ms(device->env->clock);
}

/* --- device.c --- */

void device_enter(struct device *device);

/* May tell the listener, who may do anything: the last thing to be done. */
void device_leave(struct device *device);

/* Tells of a change on leaving, if it is one. */
void device_set_state(struct device *device, enum device_state state,
		      enum reason reason);

/* As configured, or its default; NULL: it has no such option. */
const char *device_option(const struct device *device, const char *name);

/* The driver found its device. Steals identity. */
void device_get_ready(struct device *device, json_t *identity);

/* The line is gone or no good: closed on leaving, and tried again. */
void device_lose(struct device *device, enum reason reason);

/* The line is shut, if it was not, and its driver told, if it had it. */
void device_quit_line(struct device *device);

/* --- device_scan.c --- */

void device_begin_scan(struct device *device);
bool device_is_scanning(const struct device *device);
/* Ends the operation, too, as failed. */
void device_stop_scan(struct device *device, enum reason reason);
/* Forgets it, when the line goes; the operation ends as any other. */
void device_drop_scan(struct device *device);
void device_scan_up(struct device *device);
void device_scan_input(struct device *device, const uint8_t *data, size_t len);
void device_scan_due(void *arg); /* by the scan timer */

/* --- device_queue.c --- */

void device_queue_init(struct device *device);
void device_queue_free(struct device *device); /* without completions */

/* Ends, begins, expires and passes on what is due; by the work timer. */
void device_work(void *arg);

/* Has device_work() called from the loop. */
void device_wake(struct device *device);

/* By the recover timer: the outcome stays unknown. */
void device_give_up_recovery(void *arg);

/* The line went: what that means to the running operation. */
void device_queue_line_lost(struct device *device, enum reason reason);

/* The running one, for device_running.c. Steals result. */
void device_end_running(struct device *device, enum outcome outcome,
			enum reason reason, json_t *result);

/* Which kinds only look, or show something for a moment: what became of one
 * that broke off is nothing to find out. */
bool device_op_looks(enum op_kind kind);

/* device_test.c: a test that waits for a person to use it. The driver has no
 * part in it: what it tells meanwhile is what the test waits for. */
void device_begin_test(struct device *device);
bool device_test_took(struct device *device, const char *why);
void device_test_over(void *arg); /* by the test timer */
bool device_is_at_test(const struct device *device);

/* --- device_trace.c: what the trace tells besides bytes --- */

struct tap *device_make_tap(struct device *device);
void device_note_up(struct device *device);
void device_note_ready(struct device *device);
void device_note_lost(struct device *device, enum reason reason);
void device_note_begin(struct device *device, const struct device_job *job);
void device_note_end(struct device *device, const struct device_job *job);
void device_note_speed(struct device *device, int baud);

/* --- device_describe.c --- */

char *device_make_port(const struct transport_config *config);

/* A driver that breaks its contract: told to the technician, and counted. */
void device_log_bug(struct device *device, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
