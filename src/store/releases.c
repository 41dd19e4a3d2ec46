/* SPDX-License-Identifier: Apache-2.0 */
/* Devices that are in somebody else's hands, or are just back from there. */
#include "store/store_private.h"

#include "store/schema.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>

/* In meta, under the device's name behind this. */
#define RELEASE_PREFIX	  "release:"
#define RELEASE_NAME_SIZE 64

struct release_step {
	struct txn_step step;
	char name[sizeof(RELEASE_PREFIX) + RELEASE_NAME_SIZE];
	char *text;
};

static int release_put(struct txn_step *step, struct writer *writer,
		       struct txn *txn)
{
	const struct release_step *release = (struct release_step *)step;
	QUERY query =
		query_make(&writer->db, "DELETE FROM meta WHERE name = ?");

	(void)txn;
	if (release->text)
		return meta_set_text(&writer->db, release->name, release->text);
	query_text(&query, release->name);
	return query_run(&query);
}

static void release_clear(struct txn_step *step)
{
	free(((struct release_step *)step)->text);
}

void txn_release(struct txn *txn, const char *device, const char *text)
{
	struct release_step *release =
		txn_add(txn, sizeof(*release), release_put, release_clear);

	snprintf(release->name, sizeof(release->name), RELEASE_PREFIX "%s",
		 device);
	release->text = text ? alloc_text(text) : NULL;
}

int store_releases(struct store *store,
		   void (*fn)(void *arg, const char *device, const char *text),
		   void *arg)
{
	CLEANUP_FREE char *text = alloc_zero(STORE_RELEASE_MAX + 1, 1);
	QUERY query = query_make_once(&store->reader,
				      "SELECT substr(name, 9), value FROM meta "
				      "WHERE name GLOB '" RELEASE_PREFIX "*'");

	while (query_next(&query)) {
		char device[RELEASE_NAME_SIZE];

		query_get_chars(&query, 0, device, sizeof(device));
		query_get_chars(&query, 1, text, STORE_RELEASE_MAX + 1);
		if (!query.error)
			fn(arg, device, text);
	}
	return query.error;
}
