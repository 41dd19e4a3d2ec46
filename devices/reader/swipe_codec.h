/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports of HID readers for magnetic stripes: one for each swipe, told apart
 * by their length (docs/protocols.md C.3, C.4: MagTek, ID TECH).
 */
#ifndef TILLD_READER_SWIPE_CODEC_H
#define TILLD_READER_SWIPE_CODEC_H

#include "device/driver.h"
#include "reader/badge.h"

#define SWIPE_MAGTEK_SIZE 337 /* ID TECH in its "other reader" mode, too */
#define SWIPE_IDTECH_SIZE 509 /* its own format */
#define SWIPE_MAGNESAFE_SIZE \
	887 /* encrypted; what is no payment card in clear */
#define SWIPE_SIZE_MAX SWIPE_MAGNESAFE_SIZE

enum swipe {
	SWIPE_STRIPE,	  /* tracks, good or bad */
	SWIPE_PAYMENT,	  /* the reader itself says so */
	SWIPE_UNREADABLE, /* nothing of use */
};

/* Whether reports of that length can be read at all. */
bool swipe_is_size(size_t size);

/* report has size bytes; out_stripe is set for SWIPE_STRIPE only. */
enum swipe swipe_read(const uint8_t *report, size_t size,
		      struct badge_stripe *out_stripe);

/* For people (device/trace.h), without anything of a card. */
size_t swipe_trace(struct trace *trace);

#endif
