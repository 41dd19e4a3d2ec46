/* SPDX-License-Identifier: Apache-2.0 */
/* The short run that belongs to the tests: TAP. */
#ifndef TILLD_WORLD_TAP_H
#define TILLD_WORLD_TAP_H

int tap_run(void);

#endif
