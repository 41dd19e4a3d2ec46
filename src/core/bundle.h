/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy that comes in a file, from a back office: signed, so that whoever
 * carries it need not be trusted.
 *
 *	{"tilld-policy": 1, "version": 12, "box": the box's name; or for any,
 *	 "policy": the document, "key": the id of the signing key,
 *	 "signature": 128 hexadecimal digits}
 *
 * The signature is Ed25519 over the SHA-256 of the bundle without it, as JSON
 * with sorted keys, no blanks and no needless escapes, in UTF-8. It is trusted
 * if it was made by the key of the configuration (policy-key). The version only
 * grows: one that is not above that of the last bundle applied is refused, so
 * that an old one can't be brought back.
 */
#ifndef TILLD_CORE_BUNDLE_H
#define TILLD_CORE_BUNDLE_H

#include "core/caller.h"

struct core;

/*
 * From technicians and the owner only: the signature is the permission. text is
 * taken over. Answered with 200: {"policy_version", "etag", "bundle"}.
 */
void core_apply_bundle(struct core *core, struct caller *caller, char *text,
		       size_t len);

#endif
