/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy as a document (docs/policy-file.md), with every default of tills
 * and groups spelt out: what is kept must not change its meaning with a later
 * version. Of operators what is at its default is left out.
 */
#ifndef TILLD_POLICY_DESCRIBE_H
#define TILLD_POLICY_DESCRIBE_H

#include "policy/policy.h"

#include <jansson.h>

/*
 * As it is kept: secrets and badges are elsewhere. As it is shown: with
 * has_password, has_pin and the badges by their handles. Neither has a secret.
 */
enum policy_form { POLICY_AS_KEPT, POLICY_AS_SHOWN };

/* All of these are new. */
json_t *policy_describe(const struct policy *policy, enum policy_form form);
json_t *policy_describe_till(const struct policy_till *till);
json_t *policy_describe_group(const struct policy *policy,
			      const struct policy_group *group);
json_t *policy_describe_operator(const struct policy *policy,
				 const struct policy_operator *who,
				 enum policy_form form);
json_t *policy_describe_badge(const struct policy_badge *badge);

#endif
