/* SPDX-License-Identifier: Apache-2.0 */
/* The models by name, for the table in models.c and for their tests. */
#ifndef TILLD_SIM_MODELS_H
#define TILLD_SIM_MODELS_H

#include "sim/model.h"

extern const struct model_class model_escpos;
extern const struct model_class model_apg;
extern const struct model_class model_display;
extern const struct model_class model_em4100;
extern const struct model_class model_datecs_classic;
extern const struct model_class model_datecs_x;
extern const struct model_class model_posnet;
extern const struct model_class model_magtek;
extern const struct model_class model_posiflex;
extern const struct model_class model_star;
extern const struct model_class model_trigger;
extern const struct model_class model_zvt;

/* The one with that name, NULL if there is none. */
const struct model_class *models_find(const char *name);

#endif
