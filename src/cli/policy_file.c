/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/policy_file.h"
#include "cli/say.h"

#include "util/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static enum cli_exit policy_file_take(int fd, const char *path,
				      struct buf *text)
{
	char part[4096];
	ssize_t len;

	while ((len = read(fd, part, sizeof(part))) > 0)
		buf_add(text, part, (size_t)len);
	secret_wipe(part, sizeof(part));
	if (len < 0)
		return cli_misuse("%s: %s", path, strerror(errno));
	if (text->failed)
		return cli_misuse(_("%s is too long for a policy."), path);
	return CLI_EXIT_DONE;
}

enum cli_exit policy_file_read(const char *path, json_t **out_policy)
{
	CLEANUP(buf_cleanup) struct buf text = BUF_INIT(POLICY_FILE_MAX);
	bool is_input = !strcmp(path, "-");
	CLEANUP_FD int fd =
		is_input ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	json_error_t error;
	enum cli_exit exit;
	json_t *policy;

	if (fd < 0)
		return cli_misuse("%s: %s", path, strerror(errno));
	exit = policy_file_take(fd, path, &text);
	if (exit)
		return exit;
	policy = json_loadb(buf_text(&text), text.len, JSON_REJECT_DUPLICATES,
			    &error);
	/* Jansson's own words would quote the file, and passwords with it. */
	if (!policy)
		return cli_misuse(_("%s:%d: this is not valid JSON."), path,
				  error.line);
	*out_policy = policy;
	return CLI_EXIT_DONE;
}
