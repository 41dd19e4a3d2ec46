/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is at the other end of a connection: what the kernel says of it
 * (SO_PEERCRED, SO_PEERGROUPS), never what it says of itself.
 */
#ifndef TILLD_CORE_PEER_H
#define TILLD_CORE_PEER_H

#include <stddef.h>
#include <sys/types.h>

#define PEER_GROUPS_MAX 64

struct peer {
	uid_t uid;
	gid_t gids[PEER_GROUPS_MAX]; /* its own, then the others it is in */
	size_t gids_count;
};

#endif
