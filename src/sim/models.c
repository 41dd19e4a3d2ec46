/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/models.h"

#include <string.h>

const struct model_class *const models[] = {
	&model_escpos, &model_display,	&model_em4100,
	&model_posnet, &model_datecs_x, &model_datecs_classic,
	&model_zvt,    &model_star,	&model_posiflex,
	&model_apg,    &model_trigger,	&model_magtek,
	NULL,
};

const struct model_class *models_find(const char *name)
{
	for (size_t i = 0; models[i]; i++)
		if (!strcmp(models[i]->name, name))
			return models[i];
	return NULL;
}
