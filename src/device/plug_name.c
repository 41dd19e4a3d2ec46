/* SPDX-License-Identifier: Apache-2.0 */
#include "device/plug_name.h"

#include "util/alloc.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PLUG_HEX     "0123456789abcdefABCDEF"
#define PLUG_DIGITS  4
#define PLUG_SOCKETS "0123456789.-"

/* Four digits; what follows them in out_rest. */
static bool plug_name_read_id(const char *text, uint16_t *out_id,
			      const char **out_rest)
{
	if (strspn(text, PLUG_HEX) != PLUG_DIGITS)
		return false;
	*out_id = (uint16_t)strtoul(text, NULL, 16);
	*out_rest = text + PLUG_DIGITS;
	return true;
}

static bool plug_name_read_more(const char *text, struct plug_name *name)
{
	const char *word = text + 1;
	size_t len = *text ? strlen(word) : 1;

	if (!*text)
		return true;
	if (!len || len > PLUG_NAME_MAX || !text_is_plain(word))
		return false;
	if (*text == ':')
		name->serial = alloc_text(word);
	else if (*text == '@' && strspn(word, PLUG_SOCKETS) == len)
		name->port = alloc_text(word);
	return name->serial || name->port;
}

bool plug_name_read(const char *text, struct plug_name *out_name)
{
	struct plug_name name = { 0 };
	const char *rest;

	if (*text == '/' && text_is_plain(text)) {
		name.path = alloc_text(text);
		*out_name = name;
		return true;
	}
	if (!plug_name_read_id(text, &name.vendor, &rest) || *rest != ':' ||
	    !plug_name_read_id(rest + 1, &name.product, &rest) ||
	    !plug_name_read_more(rest, &name))
		return false;
	*out_name = name;
	return true;
}

void plug_name_clear(struct plug_name *name)
{
	free(name->path);
	free(name->serial);
	free(name->port);
	*name = (struct plug_name){ 0 };
}

/* By whatever links. */
static bool plug_name_is_file(const char *a, const char *b)
{
	struct stat x, y;

	return !strcmp(a, b) || (!stat(a, &x) && !stat(b, &y) &&
				 x.st_dev == y.st_dev && x.st_ino == y.st_ino);
}

static bool plug_name_says(const char *wanted, const char *said)
{
	return !wanted || (said && !strcmp(wanted, said));
}

bool plug_name_fits(const struct plug_name *name, const struct plug_seen *seen)
{
	if (name->path)
		return seen->node && plug_name_is_file(name->path, seen->node);
	return name->vendor == seen->vendor && name->product == seen->product &&
	       (seen->vendor || seen->product) &&
	       plug_name_says(name->serial, seen->serial) &&
	       plug_name_says(name->port, seen->port);
}
