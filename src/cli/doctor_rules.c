/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tillctl doctor: whether udev has the rules of the tilld that is installed. By
 * them devices that are plugged in are tilld's, and nobody else's keyboard.
 */
#include "cli/doctor.h"
#include "cli/run.h"
#include "util/alloc.h"
#include "util/json.h"

#include <errno.h>
#include <string.h>

#define RULES_NAME "72-tilld.rules"
#define RULES_ADVICE                                                        \
	"tilld --udev-rules >/etc/udev/rules.d/" RULES_NAME "; udevadm "    \
	"control --reload; udevadm trigger -c add. What is your own there " \
	"belongs into a file beside it."

/* The first that has a file of a name has the one that counts: udev(7). */
static const char *const rules_folders[] = {
	"/etc/udev/rules.d",	       "/run/udev/rules.d",
	"/usr/local/lib/udev/rules.d", "/usr/lib/udev/rules.d",
	"/lib/udev/rules.d",	       NULL,
};

static bool rules_are_same(FILE *a, FILE *b)
{
	int c;

	do
		c = fgetc(a);
	while (c == fgetc(b) && c != EOF);
	return c == EOF && feof(b) && !ferror(a);
}

enum doctor_rules doctor_compare_rules(const char *const *folders,
				       const char *program, char **out_path)
{
	const char *const words[] = { program, "--udev-rules", NULL };
	CLEANUP_FREE char *path = NULL;
	CLEANUP_FILE FILE *there = NULL, *wanted = NULL;

	for (; *folders && !there; folders++) {
		free(path);
		path = alloc_format("%s/%s", *folders, RULES_NAME);
		there = fopen(path, "re");
		if (!there && errno != ENOENT && errno != ENOTDIR)
			return DOCTOR_RULES_UNKNOWN;
	}
	if (!there)
		return DOCTOR_RULES_MISSING;
	wanted = run_read(words);
	if (!wanted)
		return DOCTOR_RULES_UNKNOWN;
	*out_path = path;
	path = NULL;
	return rules_are_same(there, wanted) ? DOCTOR_RULES_SAME
					     : DOCTOR_RULES_OTHER;
}

static void rules_tell(struct doctor *doctor)
{
	CLEANUP_FREE char *path = NULL;

	switch (doctor_compare_rules(rules_folders, TILLD_SBINDIR "/tilld",
				     &path)) {
	case DOCTOR_RULES_SAME:
		doctor_find(doctor, FINDING_GOOD, "udev", NULL,
			    "udev has tilld's rules: %s.", path);
		break;
	case DOCTOR_RULES_OTHER:
		doctor_find(doctor, FINDING_WARNING, "udev", RULES_ADVICE,
			    "%s is not what this tilld has for udev.", path);
		break;
	case DOCTOR_RULES_MISSING:
		doctor_find(doctor, FINDING_WARNING, "udev", RULES_ADVICE,
			    "udev has no rules of tilld's: what is plugged in "
			    "may belong to others.");
		break;
	case DOCTOR_RULES_UNKNOWN:
		doctor_find(doctor, FINDING_SKIPPED, "udev", NULL,
			    "Whether udev has the rules of this tilld can't "
			    "be seen: " TILLD_SBINDIR "/tilld does not tell "
			    "them.");
		break;
	}
}

void doctor_check_rules(struct doctor *doctor)
{
	const json_t *device;
	bool plugged = false;
	size_t i;

	json_array_foreach (json_object_get(doctor->status, "devices"), i,
			    device)
		plugged = plugged || doctor_is_plugged(doctor, device);
	if (plugged)
		rules_tell(doctor);
}
