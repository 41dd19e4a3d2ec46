/* SPDX-License-Identifier: Apache-2.0 */
/* What one policy has changed in another, for people. */
#ifndef TILLD_CLI_CHANGES_H
#define TILLD_CLI_CHANGES_H

#include <jansson.h>
#include <stdio.h>

/*
 * As the API tells it ("changes"), a line for each thing:
 *
 *	+ group leaders: +drawer.open, tills +1
 *	- operator zoe
 *	  operator anna: groups +leaders, PIN set
 *
 * Nothing differs: "Nothing changes."
 */
void changes_print(FILE *out, const json_t *changes);

#endif
