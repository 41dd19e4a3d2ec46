/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What came out of a printer, kept as it came so that somebody can have a
 * picture of it: the last lines, as many as a few metres of paper take.
 */
#ifndef TILLD_SIM_ROLL_H
#define TILLD_SIM_ROLL_H

struct roll;

struct roll *roll_new(void);
struct roll *roll_free(struct roll *roll);

/* One more line, in UTF-8; the oldest goes where there are too many. */
void roll_add(struct roll *roll, const char *line);

/*
 * Tears it off, into a PNG. NULL if that is done, or a sentence (to be freed):
 * nothing was printed, the file can't be written, or tillsim was built without
 * the library that draws (cairo).
 */
char *roll_draw(struct roll *roll, const char *path);

#endif
