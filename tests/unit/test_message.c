/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences in the language that somebody wants. */
#include "cli/run.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COVER_PL "Zamknąć pokrywę."
#define COVER_DE "Schließen Sie den Deckel."

/* --- which language --- */

static void test_what_is_wanted(void **state)
{
	static const struct {
		const char *accept;
		enum message_language language;
	} cases[] = {
		{ "pl", MESSAGE_POLISH },
		{ "de", MESSAGE_GERMAN },
		{ "en", MESSAGE_ENGLISH },
		{ "PL", MESSAGE_POLISH },
		{ "pl-PL", MESSAGE_POLISH },
		{ "de-AT-1996", MESSAGE_GERMAN },
		{ "pl,en", MESSAGE_POLISH },
		{ "en,pl", MESSAGE_ENGLISH },
		{ "de, pl", MESSAGE_GERMAN },
		{ "pl, de", MESSAGE_POLISH },
		{ "en;q=0.5, de;q=0.6, pl;q=0.55", MESSAGE_GERMAN },
		{ "fr, pl ; q=0.3", MESSAGE_POLISH },
		{ "fr-FR,fr;q=0.9,en;q=0.8,pl;q=0.7", MESSAGE_ENGLISH },
		{ "fr", MESSAGE_ENGLISH },
		{ "*", MESSAGE_ENGLISH },
		{ "*, pl;q=0.5", MESSAGE_ENGLISH },
		{ "pl, *;q=0.5", MESSAGE_POLISH },
		{ "*;q=0.1, de;q=0.2", MESSAGE_GERMAN },
		{ "pl;q=0", MESSAGE_ENGLISH },
		{ "pl;q=0.000, de;q=0.001", MESSAGE_GERMAN },
		{ "en;q=0, de;q=0.001", MESSAGE_GERMAN },
		{ "\tde\t", MESSAGE_GERMAN },
		{ ",,pl,", MESSAGE_POLISH },
		{ "plx", MESSAGE_ENGLISH },
		{ "p", MESSAGE_ENGLISH },
		{ "", MESSAGE_ENGLISH },
		/* and what is none */
		{ "pl;q=1.1", MESSAGE_ENGLISH },
		{ "pl;q=2", MESSAGE_ENGLISH },
		{ "pl;q=0.0001", MESSAGE_ENGLISH },
		{ "pl;q=", MESSAGE_ENGLISH },
		{ "pl;q=-1", MESSAGE_ENGLISH },
		{ "pl;level=1", MESSAGE_ENGLISH },
		{ "pl;q=0.5;q=0.6", MESSAGE_ENGLISH },
		{ "pl de", MESSAGE_ENGLISH },
		{ "pl\001", MESSAGE_ENGLISH },
		{ "pl_PL", MESSAGE_ENGLISH },
		{ "\xff\xfe", MESSAGE_ENGLISH },
		{ "../../pl", MESSAGE_ENGLISH },
		{ "%s%n", MESSAGE_ENGLISH },
	};

	(void)state;
	assert_int_equal(message_wanted(NULL), MESSAGE_ENGLISH);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (message_wanted(cases[i].accept) != cases[i].language)
			fail_msg("\"%s\" is %s", cases[i].accept,
				 message_tag(message_wanted(cases[i].accept)));
}

/* A list of so many of them, and Polish at the end. */
static enum message_language wanted_behind(size_t count, const char *range)
{
	CLEANUP_FREE char *list = calloc(count + 1, strlen(range) + 3);

	for (size_t i = 0; i < count; i++)
		strcat(list, range);
	return message_wanted(strcat(list, "pl"));
}

static void test_what_is_longer_than_anybody_needs(void **state)
{
	(void)state;
	assert_int_equal(wanted_behind(20, "fr;q=0.9,"), MESSAGE_POLISH);
	assert_int_equal(wanted_behind(100, "fr,"), MESSAGE_ENGLISH);
	assert_int_equal(wanted_behind(63, ","), MESSAGE_POLISH);
	assert_int_equal(wanted_behind(64, ","), MESSAGE_ENGLISH);
	assert_int_equal(wanted_behind(2000, "a-b,"), MESSAGE_ENGLISH);
	assert_int_equal(wanted_behind(600, " "), MESSAGE_ENGLISH);
}

static enum message_language of_locale(const char *language, const char *all,
				       const char *lang)
{
	setenv("LANGUAGE", language, true);
	setenv("LC_ALL", all, true);
	setenv("LC_MESSAGES", "", true);
	setenv("LANG", lang, true);
	return message_of_locale();
}

static void test_the_locale(void **state)
{
	(void)state;
	assert_int_equal(of_locale("", "", "pl_PL.UTF-8"), MESSAGE_POLISH);
	assert_int_equal(of_locale("", "de_AT@euro", "pl_PL"), MESSAGE_GERMAN);
	assert_int_equal(of_locale("", "C", "pl_PL"), MESSAGE_ENGLISH);
	assert_int_equal(of_locale("fr:de:pl", "", "pl_PL"), MESSAGE_GERMAN);
	assert_int_equal(of_locale("fr", "", "pl_PL.UTF-8"), MESSAGE_POLISH);
	assert_int_equal(of_locale("pl", "", "C"), MESSAGE_ENGLISH);
	assert_int_equal(of_locale("pl", "", ""), MESSAGE_ENGLISH);
	assert_int_equal(of_locale(":::", "", "C.UTF-8"), MESSAGE_ENGLISH);
	message_init(); /* LANGUAGE is libintl's again */
}

/* LANGUAGE names all of ours from then on, and is for nobody else. */
static void test_what_others_are_told_of_it(void **state)
{
	static const char *const words[] = { "env", NULL };
	CLEANUP_FILE FILE *file = run_read(words);
	char line[RUN_LINE_MAX];
	size_t lines = 0;

	(void)state;
	assert_non_null(getenv("LANGUAGE"));
	assert_non_null(file);
	for (; fgets(line, sizeof(line), file); lines++)
		assert_true(strncmp(line, "LANGUAGE=", 9));
	assert_true(lines > 0);
}

/* --- sentences --- */

static void test_a_sentence_in_each_language(void **state)
{
	const char *own = "Nobody has translated this.";

	(void)state;
	assert_string_equal(message_in(MESSAGE_ENGLISH, "Close the cover."),
			    "Close the cover.");
	assert_string_equal(message_in(MESSAGE_POLISH, "Close the cover."),
			    COVER_PL);
	assert_string_equal(message_in(MESSAGE_GERMAN, "Close the cover."),
			    COVER_DE);
	assert_ptr_equal(message_in(MESSAGE_POLISH, own), own);
	assert_string_equal(message_in(MESSAGE_POLISH, ""), "");
}

static json_t *question(const char *name, const char *reason)
{
	json_t *message = message_new("%1$s asks to %2$s%3$s at %4$s (%5$s).",
				      name, NULL);

	message_add(message, message_new("open the drawer", NULL));
	message_add(message, NULL);
	message_add(message, json_string("Front till"));
	return message_add(message, json_string(reason));
}

static void assert_text(enum message_language language, const json_t *message,
			const char *wanted)
{
	CLEANUP_FREE char *text = message_text(language, message);

	assert_string_equal(text, wanted);
}

static void test_a_sentence_with_something_in_it(void **state)
{
	CLEANUP_JSON json_t *message = question("Anna", "change");

	(void)state;
	assert_text(MESSAGE_ENGLISH, message,
		    "Anna asks to open the drawer at Front till (change).");
	assert_text(MESSAGE_POLISH, message,
		    "Anna prosi o zgodę: otwarcie szuflady, Front till "
		    "(change).");
	assert_text(MESSAGE_GERMAN, message,
		    "Anna bittet um Freigabe: Schublade öffnen, Front till "
		    "(change).");
}

/* A name is no template, and no sentence of ours either. */
static void test_what_people_are_called_is_left_alone(void **state)
{
	CLEANUP_JSON json_t *message = question("%2$s%n%s", "Close the cover.");

	(void)state;
	assert_text(MESSAGE_ENGLISH, message,
		    "%2$s%n%s asks to open the drawer at Front till (Close the "
		    "cover.).");
	assert_text(MESSAGE_GERMAN, message,
		    "%2$s%n%s bittet um Freigabe: Schublade öffnen, Front till "
		    "(Close the cover.).");
}

static void test_templates_of_no_sense(void **state)
{
	CLEANUP_JSON json_t *short_of =
		message_new("%1$s %2$s %9$s %0$s %", "a", NULL);
	CLEANUP_JSON json_t *empty = json_array();
	CLEANUP_JSON json_t *deep = message_new("%1$s", "x", NULL);

	(void)state;
	assert_text(MESSAGE_POLISH, short_of, "a %2$s %9$s %0$s %");
	assert_text(MESSAGE_POLISH, empty, "");
	for (int i = 0; i < 100; i++)
		deep = message_add(message_new("%1$s", NULL), deep);
	assert_text(MESSAGE_POLISH, deep, ""); /* it is cut off */
}

/* --- what is answered --- */

static void assert_settled(enum message_language language, json_t *body,
			   const char *wanted)
{
	CLEANUP_FREE char *line = NULL;

	message_settle(body, language);
	line = json_line(body);
	assert_string_equal(line, wanted);
	json_decref(body);
}

static void test_what_is_answered(void **state)
{
	(void)state;
	assert_settled(MESSAGE_GERMAN,
		       json_pack("{s:s, s:s, s:[{s:s}], s:{s:s}}", "advice",
				 "Close the cover.", "reason",
				 "Close the cover.", "devices", "sentence",
				 "Close the cover.", "parameters", "detail",
				 "Close the cover."),
		       "{\"advice\":\"" COVER_DE "\",\"devices\":[{"
		       "\"sentence\":\"" COVER_DE "\"}],\"parameters\":{"
		       "\"detail\":\"Close the cover.\"},\"reason\":"
		       "\"Close the cover.\"}");
}

static json_t *asked(void)
{
	return message_put(json_pack("{s:i, s:s}", "", 1, "title", "x"),
			   "detail", question("Anna", "change"));
}

static void test_how_it_was_made_is_gone(void **state)
{
	(void)state;
	assert_settled(MESSAGE_ENGLISH, json_pack("[{s:o}]", "a", asked()),
		       "[{\"a\":{\"\":1,\"detail\":\"Anna asks to open the "
		       "drawer at Front till (change).\",\"title\":\"x\"}}]");
	assert_settled(MESSAGE_POLISH, asked(),
		       "{\"\":1,\"detail\":\"Anna prosi o zgodę: otwarcie "
		       "szuflady, Front till (change).\",\"title\":\"x\"}");
	assert_settled(MESSAGE_POLISH, message_put(json_make(), "detail", NULL),
		       "{}");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_wanted),
		cmocka_unit_test(test_what_is_longer_than_anybody_needs),
		cmocka_unit_test(test_the_locale),
		cmocka_unit_test(test_what_others_are_told_of_it),
		cmocka_unit_test(test_a_sentence_in_each_language),
		cmocka_unit_test(test_a_sentence_with_something_in_it),
		cmocka_unit_test(test_what_people_are_called_is_left_alone),
		cmocka_unit_test(test_templates_of_no_sense),
		cmocka_unit_test(test_what_is_answered),
		cmocka_unit_test(test_how_it_was_made_is_gone),
	};

	setenv("TEXTDOMAINDIR", TEST_CATALOGUES, true);
	message_init();
	if (access(TEST_CATALOGUES "/pl", F_OK)) {
		puts("1..0 # SKIP built without msgfmt");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
