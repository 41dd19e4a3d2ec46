/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The product: who may do what at which till, decided, recorded and done. One
 * path (action.h) leads from a request to a device. http/ calls what is below;
 * daemon/ wires it together. Everything is called from the loop.
 */
#ifndef TILLD_CORE_CORE_H
#define TILLD_CORE_CORE_H

#include "core/caller.h"
#include "device/device.h"
#include "store/store.h"
#include "util/env.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct core;

struct core_config {
	const char *box;      /* the box's name, for people */
	const char *keys_dir; /* where set-up puts keys (store/keys.h) */
	uid_t own_uid;	      /* the daemon's: may set up, as root may */
	gid_t clients;	      /* the socket's group */
	gid_t technicians;    /* members see devices and the journal's state */
	int password_cost;    /* log2 of scrypt's N, 14 to 20 */
	int64_t consent_ms;   /* how long a pending and a consent live */
	int64_t signon_idle_ms; /* a sign-on ends when unused so long */
	int64_t signon_max_ms;	/* and in any case after this */
	bool has_policy_key; /* policy bundles are trusted by it (bundle.h) */
	uint8_t policy_key[32]; /* Ed25519, public */
};

extern const struct core_config core_config_default;

/* Keeps copies of the texts: what they were read from may be read again. */
struct core *core_new(const struct core_config *config, const struct env *env,
		      struct store *store);

/*
 * Devices, before core_start or while running. tills: the tills it serves, by
 * id; copied. Core does not own the device: core_remove_device before
 * device_free.
 */
struct device_listener core_listener(struct core *core);
void core_add_device(struct core *core, struct device *device,
		     const char *const *tills, size_t tills_count);
void core_remove_device(struct core *core, struct device *device);

/* Loads policy, sign-ons and tries, and begins recovery of what was left open.
 * Blocking; once, before the loop runs. 0, a store_error or an errno. */
int core_start(struct core *core);

/*
 * No new actions from now on, what waits for its turn at a device is not begun
 * any more, nobody is asked for a badge any more, and who waits for a consent
 * is told; stopped() is called, from the loop, once no operation is past its
 * point of no return and unfinished, and the displays are the apps' again.
 */
void core_stop(struct core *core, void (*stopped)(void *arg), void *arg);

/* At the end: what is being checked is finished, and may still be written.
 * After that the store is closed, and then core freed. */
void core_settle(struct core *core);
struct core *core_free(struct core *core); /* returns NULL */

/* Whether there is anything for it to do here: root, the daemon's own uid,
 * technicians, and whoever may act for a till. */
bool core_knows(const struct core *core, const struct peer *peer);

/* --- what may be asked (see docs/openapi.yaml for the answers) --- */

void core_describe(struct core *core, struct caller *caller);
void core_list_tills(struct core *core, struct caller *caller);
void core_show_till(struct core *core, struct caller *caller, const char *till);
void core_show_drawer(struct core *core, struct caller *caller,
		      const char *till);
void core_list_devices(struct core *core, struct caller *caller);
void core_show_device(struct core *core, struct caller *caller,
		      const char *name);

/* setup.c; the text of a body, which is taken over and wiped. */
void core_set_up(struct core *core, struct caller *caller, char *text,
		 size_t len);
void core_confirm_rollback(struct core *core, struct caller *caller,
			   const char *reason);

#endif
