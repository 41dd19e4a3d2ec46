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
	bool kept;   /* it was accepted before: see people_parse_kept() */
	char *error; /* the first; nothing is looked at after it */
};

/* Where we are: "operators[2]", and what was found there. */
struct people_place {
	struct people_parser *parser;
	const struct people_place *parent; /* outlives this; NULL: the root */
	const char *name;		   /* NULL: an item, at index */
	size_t index;
	const json_t *value;
};

/* format: a whole sentence, told after the place. The first one counts. */
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

/* A whole number from min to MONEY_MAX; left out or null, it is not set. */
struct policy_amount people_amount(const struct people_place *place,
				   int64_t min);

/* Its place among these words, otherwise where it is left out; the sentence
 * names them all. */
size_t people_word(const struct people_place *place, const char *const *words,
		   size_t count, size_t otherwise);

/* Fields of an object: an id; and its name for people, which is the id where
 * that is left out. Neither is copied. */
const char *people_id(const struct people_place *object, const char *name);
const char *people_name(const struct people_place *object, const char *id);

/* "1 to 64 characters on one line", or none of them. */
void people_check_line(const struct people_place *place, const char *text,
		       bool may_be_empty);

/* The three lists: people_parse_till.c, _group.c, _operator.c. */
void people_parse_till(const struct people_place *item, void *arg);
void people_parse_group(const struct people_place *item, void *arg);
void people_parse_operator(const struct people_place *item, void *arg);

/* A list of tills' ids, as a set. box: "@box" may be among them; NULL: no. */
void people_parse_tills(const struct people_place *list,
			struct policy_till_set *out_set, bool *out_box);

/* Once all operators are there: who of them was there before. */
void people_match(const struct people_place *root);

#endif
