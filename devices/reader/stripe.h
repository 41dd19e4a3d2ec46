/* SPDX-License-Identifier: Apache-2.0 */
/* What readers of magnetic stripes do with one, however it reached them. */
#ifndef TILLD_READER_STRIPE_H
#define TILLD_READER_STRIPE_H

#include "device/driver.h"
#include "reader/badge.h"

/* A row for their tables of options. */
/* clang-format off */
#define STRIPE_OPTION_TRACK                                                   \
	{                                                                     \
		.name = "track", .type = DRIVER_OPTION_CHOICE,                \
		.choices = "1 2 3", .otherwise = "2",                         \
		.help = "Track of the card that a badge is known by; the "    \
			"same at all readers of a site."                      \
	}
/* clang-format on */

/* Tells the badge that it is by the option's track, or why it counts for
 * nothing. The stripe is the caller's, to be wiped. */
void stripe_take(struct driver_io *io, const struct badge_stripe *stripe);

#endif
