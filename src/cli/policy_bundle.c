/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl policy bundle, sign, key: policies that come signed in a file. */
#include "cli/policy_file.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "store/keys.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/random.h"
#include "util/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BUNDLE_KEY_SIZE	  32
#define BUNDLE_LINE_SIZE  128
#define BUNDLE_PATIENCE_S 600

/* --- on the box --- */

enum cli_exit verb_apply_bundle(struct cli *cli, const char *const *words,
				size_t count)
{
	CLI_BODY *bundle = NULL;
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = policy_file_read(words[0], &bundle);

	(void)count;
	if (!exit)
		exit = cli_call(cli,
				&(struct client_request){
					.method = "POST",
					.path = "/v1/policy/bundle",
					.body = bundle,
					.patience = BUNDLE_PATIENCE_S,
				},
				&answer);
	if (!exit && cli_prints(cli))
		printf("Applied: bundle %" PRId64 " is policy version %" PRId64
		       ".\n",
		       json_int(answer.json, "bundle", 0),
		       json_int(answer.json, "version", 0));
	return exit;
}

/* --- in the back office: no daemon is needed --- */

static enum cli_exit bundle_write_key(const char *path,
				      const uint8_t private[BUNDLE_KEY_SIZE],
				      const char *id)
{
	char hex[2 * BUNDLE_KEY_SIZE + 1], line[BUNDLE_LINE_SIZE];
	CLEANUP_FD int fd =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	bool written;
	int len;

	if (fd < 0)
		return cli_misuse("%s: %s", path, strerror(errno));
	hash_to_hex(private, BUNDLE_KEY_SIZE, hex);
	len = snprintf(line, sizeof(line), "ed25519 %s %s\n", id, hex);
	written = write(fd, line, (size_t)len) == len && !fsync(fd);
	secret_wipe(hex, sizeof(hex));
	secret_wipe(line, sizeof(line));
	if (written)
		return CLI_EXIT_DONE;
	say_error(_("%s can't be written: %s"), path, strerror(errno));
	return CLI_EXIT_OUTPUT;
}

enum cli_exit verb_make_policy_key(struct cli *cli, const char *const *words,
				   size_t count)
{
	uint8_t private[BUNDLE_KEY_SIZE], public[BUNDLE_KEY_SIZE];
	char hex[2 * BUNDLE_KEY_SIZE + 1], id[KEYS_ID_SIZE];
	enum cli_exit exit;

	(void)cli;
	(void)count;
	random_fill(random_system(), private, sizeof(private));
	keys_public_of(private, public);
	keys_public_id(public, id);
	hash_to_hex(public, sizeof(public), hex);
	exit = bundle_write_key(words[0], private, id);
	secret_wipe(private, sizeof(private));
	if (exit)
		return exit;
	say_note(_("Keep %s to yourself. For tilld.conf of each box:"),
		 words[0]);
	printf("policy-key = \"%s\"\n", hex);
	return CLI_EXIT_DONE;
}

/* "ed25519 ID HEX" */
static bool bundle_parse_key(const char *line,
			     uint8_t out_private[BUNDLE_KEY_SIZE])
{
	char hex[2 * BUNDLE_KEY_SIZE + 1];
	bool good = sscanf(line, "ed25519 %*8[0-9a-f] %64[0-9a-f]", hex) == 1 &&
		    hash_from_hex(hex, BUNDLE_KEY_SIZE, out_private);

	secret_wipe(hex, sizeof(hex));
	return good;
}

static enum cli_exit bundle_read_key(const char *path,
				     uint8_t out_private[BUNDLE_KEY_SIZE])
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	char line[BUNDLE_LINE_SIZE] = "";
	bool good;

	if (fd < 0 || read(fd, line, sizeof(line) - 1) < 0)
		return cli_misuse("%s: %s", path, strerror(errno));
	good = bundle_parse_key(line, out_private);
	secret_wipe(line, sizeof(line));
	return good ? CLI_EXIT_DONE
		    : cli_misuse(_("%s is no key that tillctl policy key has "
				   "made."),
				 path);
}

/* As core/bundle.h says. */
static void bundle_sign(json_t *bundle, const uint8_t private[BUNDLE_KEY_SIZE])
{
	uint8_t signature[KEYS_SIGNATURE_SIZE], public[BUNDLE_KEY_SIZE];
	char hex[2 * KEYS_SIGNATURE_SIZE + 1], id[KEYS_ID_SIZE];
	uint8_t hash[HASH_SIZE];
	SECRET_TEXT char *line = NULL;

	keys_public_of(private, public);
	keys_public_id(public, id);
	json_put_text(bundle, "key", id);
	line = json_line(bundle);
	hash_sha256(line, strlen(line), hash);
	keys_sign_by(private, hash, signature);
	hash_to_hex(signature, sizeof(signature), hex);
	json_put_text(bundle, "signature", hex);
}

enum cli_exit verb_sign_policy(struct cli *cli, const char *const *words,
			       size_t count)
{
	const struct args *args = cli->args;
	uint8_t private[BUNDLE_KEY_SIZE];
	CLI_BODY *bundle = json_make();
	json_t *policy;
	enum cli_exit exit;

	(void)count;
	if (!args->key || args->number < 1)
		return cli_misuse(_("Give --key and --number."));
	exit = policy_file_read(words[0], &policy);
	if (exit)
		return exit;
	json_put(bundle, "policy", policy);
	exit = bundle_read_key(args->key, private);
	if (exit)
		return exit;
	json_put_int(bundle, "tilld-policy", 1);
	json_put_int(bundle, "version", args->number);
	json_put_text(bundle, "box", args->box);
	bundle_sign(bundle, private);
	secret_wipe(private, sizeof(private));
	json_dumpf(bundle, stdout, JSON_COMPACT);
	putchar('\n');
	return CLI_EXIT_DONE;
}
