/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the whole box is, for technicians and for whatever watches it: one answer
 * for one screen, with what is wrong and what to do about it, judged here so
 * that all say the same.
 */
#ifndef TILLD_CORE_STATUS_H
#define TILLD_CORE_STATUS_H

#include "core/core.h"

void status_show(struct core *core, struct caller *caller);

#endif
