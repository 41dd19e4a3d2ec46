/* SPDX-License-Identifier: Apache-2.0 */
#include "reader/stripe.h"

#include "util/secret.h"

void stripe_take(struct driver_io *io, const struct badge_stripe *stripe)
{
	char id[BADGE_ID_SIZE];
	enum badge_card card = badge_name_stripe(
		stripe, (int)driver_option_int(io, "track"), id);

	if (card == BADGE_CARD_BADGE)
		driver_swipe(io, id);
	else
		driver_turn_away(io, badge_card_sentence(card));
	secret_wipe(id, sizeof(id));
}
