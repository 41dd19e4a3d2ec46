/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shorthands over Jansson. Functions that take a json_t to keep steal the
 * reference, as Jansson's own _new functions do, and take NULL for "nothing".
 */
#ifndef TILLD_UTIL_JSON_H
#define TILLD_UTIL_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* {} ; aborts where memory is out, as all of these do. */
json_t *json_make(void);

/* Sets a field and returns the object; a NULL text or value sets nothing. */
json_t *json_put(json_t *object, const char *key, json_t *value);
json_t *json_put_text(json_t *object, const char *key, const char *text);
json_t *json_put_int(json_t *object, const char *key, int64_t value);
json_t *json_put_bool(json_t *object, const char *key, bool value);

/* A field of that type, else NULL or otherwise. object may be NULL. */
const char *json_text(const json_t *object, const char *key);
int64_t json_int(const json_t *object, const char *key, int64_t otherwise);
bool json_flag(const json_t *object, const char *key);

/*
 * One line with sorted keys and no blanks: equal values give equal text, so
 * this is what is hashed and chained. Free with free().
 */
char *json_line(const json_t *value);

/* The same with fields in the order in which they were put, for people. */
char *json_write(const json_t *value);

/* Parsed strictly: one value, no duplicate keys; NULL if it is not JSON. */
json_t *json_parse(const void *text, size_t len);

/* Overwrites every text in a value that may hold secrets, and lets it go. */
void json_wipe(json_t *value);

#endif
