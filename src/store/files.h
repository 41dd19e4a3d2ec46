/* SPDX-License-Identifier: Apache-2.0 */
/* The files of the state folder, beside what SQLite does with its own. */
#ifndef TILLD_STORE_FILES_H
#define TILLD_STORE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FILES_HEAD_MAX 512

struct files {
	char *folder;	/* without symbolic links */
	char *database; /* its path */
	char *head;	/* path of the head file */
	char *intents;	/* path of the ring of used keys (store/intents.h) */
	int folder_fd;
	int lock_fd;
	int ballast_fd;
};

/*
 * Opens (or makes, 0700) the folder, which nobody else may write to, and locks
 * it: STORE_E_LOCKED if another daemon has. Nobody else may write to the head
 * file's folder either; -EPERM, and the log says which.
 */
int files_open(const char *folder, const char *head, struct files *out_files);
void files_close(struct files *files);

/* Whoever can write to a folder can replace what is in it: -EPERM, with a line
 * in the log, if others than the daemon's user and root can. path is for that. */
int files_check_folder(int fd, const char *path);

enum files_database {
	FILES_DATABASE_MISSING, /* or of no length */
	FILES_DATABASE_THERE,
};

/*
 * Looks, without SQLite, and sees to it that nobody else can read it. A file
 * that is no database at all is STORE_E_CORRUPT, and so is a log (WAL) that is
 * left without its database: SQLite would delete it.
 */
int files_check_database(const struct files *files,
			 enum files_database *out_database);
int files_create_database(const struct files *files);

/* Bytes of database and log. */
int files_measure_database(const struct files *files, int64_t *out_database,
			   int64_t *out_log);

/* What others than root may still write to that disk; 0 if it can't be told. */
int64_t files_room(const struct files *files);

/* The ballast takes real room; giving it up is durable. */
bool files_has_ballast(const struct files *files);
int files_make_ballast(const struct files *files);
int files_give_up_ballast(const struct files *files);

/* Replaced whole, durable when done. */
int files_write_head(const struct files *files, const char *text);
/* Empty if there is none. */
int files_read_head(const struct files *files, char out_text[FILES_HEAD_MAX]);

#endif
