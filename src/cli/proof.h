/* SPDX-License-Identifier: Apache-2.0 */
/* An exported journal, verified as it streams by, without a daemon. */
#ifndef TILLD_CLI_PROOF_H
#define TILLD_CLI_PROOF_H

#include "store/journal.h"

#include <stdio.h>

#define PROOF_KEY_SIZE 32

struct proof;

/* public: the key it has to be sealed by, or NULL. */
struct proof *proof_new(const uint8_t *public);
struct proof *proof_free(struct proof *proof); /* returns NULL */

/* Bytes as they come; lines are put together here. */
void proof_feed(struct proof *proof, const void *bytes, size_t len);
/* All of a descriptor. 0, or a negative errno. */
int proof_read(struct proof *proof, int fd);
/* The next file begins. */
void proof_next(struct proof *proof);
struct journal_verdict proof_end(struct proof *proof);

/* 64 hexadecimal digits (of the key or of its SHA-256, also in groups), or the
 * path of a seal.pub; false if it is neither. */
bool proof_read_key(const char *text, uint8_t out_public[PROOF_KEY_SIZE]);

/* As the daemon tells it: {"sound", "sentence", "entries"...}. New. */
json_t *proof_tell(const struct journal_verdict *verdict);

/* Lines of a journal for a terminal: control characters as JSON spells them. */
void proof_show(FILE *out, const void *bytes, size_t len);

#endif
