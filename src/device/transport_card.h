/* SPDX-License-Identifier: Apache-2.0 */
/* A reader of chip cards, by PC/SC (transport_card.c). */
#ifndef TILLD_DEVICE_TRANSPORT_CARD_H
#define TILLD_DEVICE_TRANSPORT_CARD_H

#include "device/transport.h"
#include "util/worker.h"

#include <event2/event.h>
#include <sys/queue.h>

struct transport_card;

/* Those that were destroyed while pcscd still had a question of theirs: they
 * go when it answers, and nobody waits for that in the loop. */
LIST_HEAD(card_strays, transport_card);

struct transport *transport_card_new(struct event_base *base,
				     struct workers *workers,
				     struct card_strays *strays,
				     const struct transport_config *config);

/* The loop has ended: waits for them, for a second each; one that pcscd leaves
 * without an answer is left to the end of the process. */
void card_strays_end(struct card_strays *strays);

#endif
