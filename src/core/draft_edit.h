/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is changed in the document that stands, one function a kind of change,
 * for draft->edit: each runs on the worker. Each takes the params that are
 * named beside it; those that put something take that, as it stands in the
 * document, as the text.
 */
#ifndef TILLD_CORE_DRAFT_EDIT_H
#define TILLD_CORE_DRAFT_EDIT_H

#include "core/draft.h"

/* A text as JSON (new); NULL, with the extra (new) of PROBLEM_BAD_JSON, if it
 * is none. For any worker. */
json_t *draft_parse_text(const char *text, size_t len, json_t **out_extra);

/* The whole document is the text. */
json_t *draft_parse(struct draft *draft);

/* {"login"}. One that is not there is added; of one that is, what is left out
 * of password, PIN and badges stays. */
json_t *draft_put_operator(struct draft *draft);
json_t *draft_remove_operator(struct draft *draft);
/* {"login"}: nothing of them is left but the id. */
json_t *draft_erase_operator(struct draft *draft);

/* {"login", "body": {"password"} or {"pin"}}; without it: none from now on. */
json_t *draft_set_password(struct draft *draft);
json_t *draft_set_pin(struct draft *draft);

/* {"group"}; who was in one that is removed no longer is. */
json_t *draft_put_group(struct draft *draft);
json_t *draft_remove_group(struct draft *draft);

/* {"till"}; what was attached to one that is removed no longer is. */
json_t *draft_put_till(struct draft *draft);
json_t *draft_remove_till(struct draft *draft);

/* {"handle"}; what is left out of label, active and until stays. */
json_t *draft_put_badge(struct draft *draft);
json_t *draft_remove_badge(struct draft *draft);

/* The document that stands, to be edited; and a place in one of its lists: a
 * field "login", "id" or "handle" of that value. NULL if it is not there; lent,
 * and remembered as the draft's place. */
json_t *draft_document(const struct draft *draft);
json_t *draft_find(struct draft *draft, json_t *document, const char *list,
		   const char *field, const char *value);

/* It is not there: refused by the name that it was asked for by. NULL; document
 * is stolen. */
json_t *draft_give_up(struct draft *draft, json_t *document);

/* value (stolen) at the end of a list of what was found, and its place. */
void draft_append(struct draft *draft, json_t *item, const char *list,
		  json_t *value);

#endif
