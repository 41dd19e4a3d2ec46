/* SPDX-License-Identifier: Apache-2.0 */
/* How many daily reports each fiscal printer had made when it was last seen. */
#include "store/store_private.h"

#include "store/schema.h"
#include "util/text.h"

#include <stdio.h>

/* In meta, under the printer's name or number behind this. */
#define MARK_PREFIX "reports:"

struct mark_step {
	struct txn_step step;
	char name[sizeof(MARK_PREFIX) + STORE_PRINTER_SIZE];
	int64_t count;
};

static int mark_set(struct txn_step *step, struct writer *writer,
		    struct txn *txn)
{
	const struct mark_step *mark = (struct mark_step *)step;

	(void)txn;
	return meta_set_int(&writer->db, mark->name, mark->count);
}

void txn_reports_seen(struct txn *txn, const char *printer, int64_t count)
{
	struct mark_step *mark = txn_add(txn, sizeof(*mark), mark_set, NULL);

	snprintf(mark->name, sizeof(mark->name), MARK_PREFIX "%s", printer);
	mark->count = count;
}

int store_reports_seen(struct store *store,
		       void (*fn)(void *arg, const char *printer,
				  int64_t count),
		       void *arg)
{
	QUERY query = query_make_once(&store->reader,
				      "SELECT substr(name, 9), value FROM meta "
				      "WHERE name GLOB '" MARK_PREFIX "*'");

	while (query_next(&query)) {
		char printer[STORE_PRINTER_SIZE];

		query_get_chars(&query, 0, printer, sizeof(printer));
		if (!query.error)
			fn(arg, printer, query_get_int(&query, 1));
	}
	return query.error;
}
