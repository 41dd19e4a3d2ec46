/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No two devices of a kind are alike: how each of them behaves where makers
 * differ, and whether it hangs on a serial port or on the network, is chosen
 * by the seed.
 */
#ifndef TILLD_WORLD_VARIETY_H
#define TILLD_WORLD_VARIETY_H

#include "chance.h"
#include "device/device.h"
#include "sim/model.h"

#define VARIETY_MAX 16

struct variety {
	const char *model; /* one of its family */
	bool serial;
	struct model_option options[VARIETY_MAX]; /* of the model */
	size_t options_count;
	struct device_setting settings[VARIETY_MAX]; /* of the driver */
	size_t settings_count;
};

/* later: chance for what was added to the table since. */
void variety_choose(const char *model, struct chance *chance,
		    struct chance *later, struct variety *out);

#endif
