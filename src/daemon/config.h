/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration: where things are kept, who may connect, which devices
 * there are and which tills they serve. Read whole or not at all; man page
 * tilld.conf(5), commented sample conf/tilld.conf.
 */
#ifndef TILLD_DAEMON_CONFIG_H
#define TILLD_DAEMON_CONFIG_H

#include "device/device.h"
#include "device/transport_tls.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CONFIG_DEVICES_MAX 64
#define CONFIG_TILLS_MAX   64 /* that one device serves */
#define CONFIG_BASES	   20 /* settings that are no device's */

struct config_device {
	char *name;
	const struct driver *driver;
	char *serial; /* path, or NULL */
	char *host;   /* of TCP: numeric, in its one usual form; or NULL */
	int port;
	bool has_tls; /* by TCP, and with this certificate only: */
	uint8_t tls_pin[TLS_PIN_SIZE];
	enum driver_plug plug; /* by USB, and what it is called there: */
	char *plug_name;
	struct driver_line line;
	struct device_setting *settings; /* both parts owned */
	size_t settings_count;
	char **tills;
	size_t tills_count;
};

struct config {
	char *box;
	char *state_dir;
	char *keys_dir;
	char *head_file;   /* NULL: in state_dir */
	char *archive_dir; /* NULL: nothing is archived */
	int keep_days;	   /* 0: for ever */
	char *alarm;	   /* a program; NULL: none */
	char *socket;
	uid_t socket_uid; /* (uid_t)-1: as it comes */
	gid_t socket_gid;
	mode_t socket_mode;
	gid_t technicians; /* (gid_t)-1: none */
	char *policy_key;  /* 64 hexadecimal digits; NULL: none */
	int password_cost;
	int stop_wait_s;
	int seal_entries;
	int seal_s;
	int consent_s;
	int connections;
	int connections_uid;
	int lines[CONFIG_BASES]; /* of all these, as config_bases; 0: default */
	struct config_device *devices;
	size_t devices_count;
};

/* Who is told what there is to say of a file: "FILE:LINE: a sentence". */
struct config_listener {
	void (*fault)(void *arg, const char *text);
	void (*advice)(void *arg, const char *text); /* works, but is unwise */
	void *arg;
};

/*
 * Reads and checks a file. NULL if it can't be used: then all its faults were
 * told (of its grammar, only the first). Advice comes only without faults.
 */
struct config *config_load(const char *path,
			   const struct config_listener *listener);
struct config *config_free(struct config *config); /* returns NULL */

/* The same device, wired the same way. */
bool config_device_equal(const struct config_device *a,
			 const struct config_device *b);

/* Tells as faults all that differs between both, devices and the alarm aside:
 * what can't change while the daemon runs. path is where "is" came from. */
bool config_base_equal(const struct config *was, const struct config *is,
		       const char *path,
		       const struct config_listener *listener);

#endif
