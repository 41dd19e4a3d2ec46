/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a body or a query may hold: a table a route, checked before its handler
 * runs, printed by "tilld --api", and held against docs/openapi.yaml. What is
 * not in the table is refused.
 */
#ifndef TILLD_HTTP_FIELD_H
#define TILLD_HTTP_FIELD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum field_type {
	FIELD_TEXT,   /* plain UTF-8 (text_is_plain), min to max characters,
		       * no card number (util/card.h) */
	FIELD_SECRET, /* any plain UTF-8; its value is in no error and no log */
	FIELD_NAME,   /* text_is_name, at most max, no card number */
	FIELD_INT,    /* min to max; true integers only */
	FIELD_BOOL,
	FIELD_DATE,   /* "2026-11-22", a day that exists */
	FIELD_CHOICE, /* one of the words in choices */
	FIELD_LIST,   /* min to max of what fields[0] describes */
	FIELD_OBJECT, /* of fields; no fields: any object (checked later) */
	FIELD_RAW,    /* alone in the table of a body, without a name: that is
		       * handed over as it came (request_take_text), up to max
		       * bytes, to be parsed and checked on a worker */
};

struct field {
	const char *name; /* NULL ends a table */
	enum field_type type;
	bool required;
	bool passing; /* a text that is kept nowhere may hold any number */
	int64_t min, max;
	const char *choices; /* "a b c" */
	const struct field *fields;
};

/*
 * Checks an object against a table. NULL if it is good; else a new sentence
 * behind the field's path ("lines[1]: It may have at most 256 characters."),
 * with that path put into out_field (new too).
 */
char *field_check(const struct field *fields, const json_t *object,
		  char **out_field);

/* The table as JSON, for "tilld --api". New. */
json_t *field_describe(const struct field *fields);

#endif
