/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is changed in the document that stands, one function a kind of change,
 * for draft->edit: each runs on the worker. What they take as params; those
 * that put something take it, as it stands in the document, as the text:
 *
 *	parse			the whole document is the text
 *	put_operator		{"login"}; one that is not there is added, of
 *one that is what is left out of password, PIN and badges stays remove_operator
 *{"login"} erase_operator		{"login"}: nothing of them is left but
 *the id set_password, set_pin	{"login", "body": {"password"} or {"pin"}};
 *without: none from now on put_group, remove_group	{"group"}; who was in it
 *no longer is put_till, remove_till	{"till"}; what was attached no longer is
 *	put_badge, remove_badge	{"handle"}; what is left out of label, active
 *and until stays
 */
#ifndef TILLD_CORE_DRAFT_EDIT_H
#define TILLD_CORE_DRAFT_EDIT_H

#include "core/draft.h"

json_t *draft_parse(struct draft *draft);
json_t *draft_put_operator(struct draft *draft);
json_t *draft_remove_operator(struct draft *draft);
json_t *draft_erase_operator(struct draft *draft);
json_t *draft_set_password(struct draft *draft);
json_t *draft_set_pin(struct draft *draft);
json_t *draft_put_group(struct draft *draft);
json_t *draft_remove_group(struct draft *draft);
json_t *draft_put_till(struct draft *draft);
json_t *draft_remove_till(struct draft *draft);
json_t *draft_put_badge(struct draft *draft);
json_t *draft_remove_badge(struct draft *draft);

/* The document that stands, to be edited; and a place in one of its lists: a
 * field "login", "id" or "handle" of that value. NULL if it is not there; lent,
 * and remembered as the draft's place. */
json_t *draft_document(const struct draft *draft);
json_t *draft_find(struct draft *draft, json_t *document, const char *list,
		   const char *field, const char *value);

/* value (stolen) at the end of a list of what was found, and its place. */
void draft_append(struct draft *draft, json_t *item, const char *list,
		  json_t *value);

#endif
