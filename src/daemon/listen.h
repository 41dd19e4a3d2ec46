/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Unix socket that clients connect to. Its owner, group and mode say who
 * may, so they are right before anybody can.
 */
#ifndef TILLD_DAEMON_LISTEN_H
#define TILLD_DAEMON_LISTEN_H

#include <stdbool.h>
#include <sys/types.h>

struct listen_config {
	const char *path; /* absolute; its folder belongs to us or to root */
	uid_t uid;	  /* (uid_t)-1: as it comes */
	gid_t gid;	  /* (gid_t)-1: as it comes */
	mode_t mode;	  /* 0660 */
};

struct listen_socket {
	int fd;
	bool inherited; /* systemd's: the path is systemd's too */
	dev_t device;	/* what the path was when we made it */
	ino_t inode;
};

/*
 * A listening socket: the one systemd hands over (socket activation), else a
 * new one at the path. The socket of a daemon that died is replaced. 0, or
 * -EADDRINUSE: another daemon lives there, or is just starting; -ELOOP: the
 * path is a symbolic link; -ENOTSOCK: it is something else; -EPERM: others may
 * write to its folder, or own it; -ENAMETOOLONG: over 107 bytes; -EINVAL:
 * systemd hands over something other than one listening Unix stream socket; or
 * another negative errno.
 */
int listen_open(const struct listen_config *config,
		struct listen_socket *out_socket);

/* Closes; removes the path too if it is still what listen_open() made. */
void listen_close(const struct listen_config *config,
		  struct listen_socket *socket);

#endif
