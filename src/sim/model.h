/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A model: the other end of a wire. It plays one device, written from the
 * protocol's description and never from the driver, so that the two can
 * disagree. Like a driver it is pure: bytes, commands and virtual time come
 * in; bytes and what a person would see come out. tillsim puts it on a pty or
 * a TCP port, a simulated world links it in and drives it itself.
 *
 * A model keeps an account of what it really did (drawer openings, printed
 * documents, bookings) that survives a power cut, as the real thing would:
 * tests compare the daemon's word against that.
 */
#ifndef TILLD_SIM_MODEL_H
#define TILLD_SIM_MODEL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct model;

/* What a model may call; given by whoever hosts it. */
struct model_host {
	/* bytes to the wire */
	void (*send)(void *arg, const uint8_t *data, size_t len);
	/* the model's one timer, ms from now; < 0 stops it */
	void (*timer)(void *arg, int64_t ms);
	/* milliseconds that never step back */
	int64_t (*now)(void *arg);
	/* one line of what a person in the shop sees or hears: paper coming
	 * out, the display's text, the drawer springing open */
	void (*show)(void *arg, const char *line);
	/* the model hangs up (a TCP close, a plug pulled); and comes back */
	void (*hang_up)(void *arg);
	void (*come_back)(void *arg);
	void *arg;
};

struct model_option {
	const char *name;
	const char *value;
};

struct model_class {
	const char *name; /* "escpos", "posnet", "zvt", "display", "em4100" */
	const char *summary; /* one line */
	const char *help;    /* its commands and options, a line each */
	/* NULL with a sentence in out_error (to be freed) for a bad option */
	struct model *(*create)(const struct model_host *host,
				const struct model_option *options,
				size_t options_count, bool serial,
				char **out_error);
	void (*destroy)(struct model *model);
	/* the line came up (a client connected) or went */
	void (*line)(struct model *model, bool up);
	void (*input)(struct model *model, const uint8_t *data, size_t len);
	void (*timeout)(struct model *model);
	/* a person or a test does something: "badge 0110185C5B", "close",
	 * "key", "paper out", "insert card", "decline", "power cut 2000",
	 * "lose reply". NULL if done, else a sentence (to be freed). */
	char *(*command)(struct model *model, const char *command);
	/* its account of what really happened, and its state; new */
	json_t *(*account)(const struct model *model);
};

/* Embedded, as the first member, in every model. */
struct model {
	const struct model_class *class;
	struct model_host host;
};

/* All of them, ended by NULL (sim/models.c). */
extern const struct model_class *const models[];

#endif
