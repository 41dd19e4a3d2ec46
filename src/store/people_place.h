/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walking through the policy document, with the path to where we are for the
 * sentence that says what is wrong there. Only the first such is kept, and what
 * comes after it may be anything: whoever parses need not look back.
 */
#ifndef TILLD_STORE_PEOPLE_PLACE_H
#define TILLD_STORE_PEOPLE_PLACE_H

#include "store/people.h"

struct people_parser {
	struct people *people;
	char *error; /* the first; nothing is looked at after it */
};

/* Where we are: "operators[2]" and what was found there. */
struct people_place {
	struct people_parser *parser;
	char path[96];
	const json_t *value;
};

void people_refuse(const struct people_place *place, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
bool people_failed(const struct people_place *place);

/* A field of an object; its value is NULL if it is left out. */
struct people_place people_field(const struct people_place *place,
				 const char *name);

/* An object with no other fields than these. */
void people_expect_object(const struct people_place *place,
			  const char *const *fields, size_t count);

#define PEOPLE_EXPECT(place, ...)                                           \
	people_expect_object((place), (const char *const[]){ __VA_ARGS__ }, \
			     sizeof((const char *const[]){ __VA_ARGS__ }) / \
				     sizeof(char *))

/* Calls fn for each item of a list, which may be left out, and may not hold
 * more than max. */
void people_each(const struct people_place *list, size_t max,
		 void (*fn)(const struct people_place *item, void *arg),
		 void *arg);

/* Never NULL. */
const char *people_text(const struct people_place *place);
bool people_flag(const struct people_place *place, bool otherwise);

/* Its place among these words; wanted names them in the sentence. */
size_t people_word(const struct people_place *place, const char *const *words,
		   size_t count, const char *wanted);

/* An object's field with an id, and its name for people: the id where that is
 * left out. Both to be freed. */
char *people_id(const struct people_place *object, const char *name);
char *people_name(const struct people_place *object, const char *id);

#endif
