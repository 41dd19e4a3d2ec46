/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an action takes besides its rights, depending on how things stand: so
 * that nobody is told a plain "may" who then can't (docs/policy.md, sections 5
 * and 6).
 */
#ifndef TILLD_CORE_CONDITIONS_H
#define TILLD_CORE_CONDITIONS_H

#include "core/action.h"

/* Whole sentences, for people; NULL if it depends on nothing. */
const char *conditions_of(enum action action);

#endif
