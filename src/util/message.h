/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sentences for people, in their language. In the program they are English, and
 * so they are in the journal and in the log; what is told to somebody is turned
 * into their language at the very end. What has no translation stays English.
 *
 * libintl picks a catalogue by LANGUAGE and the locale, of which a process has
 * one, and a daemon answers people of three languages at once. So each language
 * is a text domain of its own ("tilld-pl" in localedir/pl/LC_MESSAGES), and
 * LANGUAGE names them all, once, before there are threads: a domain is found in
 * its own language's folder only. The locale is one that any system has.
 */
#ifndef TILLD_UTIL_MESSAGE_H
#define TILLD_UTIL_MESSAGE_H

#include <jansson.h>
#include <stdbool.h>

/* Marks a text in a table that is to be translated: po/update finds it. */
#define N_(text) text

enum message_language {
	MESSAGE_ENGLISH,
	MESSAGE_POLISH,
	MESSAGE_GERMAN,
	MESSAGE_LANGUAGES,
};

/*
 * Once, before there are threads. Where the catalogues are is compiled in, or
 * in TEXTDOMAINDIR, as for gettext(1). Without any all is English.
 */
void message_init(void);

/* "en", "pl", "de" */
const char *message_tag(enum message_language language);

/* What an Accept-Language (RFC 9110, 12.5.4) wants most of what there is. NULL,
 * or one that is malformed or longer than anybody needs: English. */
enum message_language message_wanted(const char *accept);

/* What the environment wants: LANGUAGE, LC_ALL, LC_MESSAGES, LANG. To be asked
 * before message_init(). */
enum message_language message_of_locale(void);

/* The translation, or the text itself. Good as long as the program runs. */
const char *message_in(enum message_language language, const char *english);

/* --- sentences with something in them --- */

/*
 * A template with "%1$s" to "%9$s" (which a translation may have in another
 * order) and what stands there, up to a NULL: names and the like, which are not
 * translated. New.
 */
json_t *message_new(const char *template, ...) __attribute__((sentinel));

/* One more of these, which may be a message itself and is then translated, too.
 * Steals part (NULL: nothing stands there); returns message. */
json_t *message_add(json_t *message, json_t *part);

/* In that language; a text is itself. New. */
char *message_text(enum message_language language, const json_t *message);

/*
 * Sets a field to the English text (if message is not NULL, which is stolen),
 * and remembers how it was made for message_settle().
 */
json_t *message_put(json_t *object, const char *key, json_t *message);

/*
 * The last thing that is done to what is answered: titles, details, advice and
 * sentences in it are put into the language, and what message_put() remembered
 * is gone. What comes from clients (parameters, reasons) is left alone.
 */
void message_settle(json_t *body, enum message_language language);

#endif
