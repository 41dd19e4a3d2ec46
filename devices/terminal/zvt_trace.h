/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TILLD_TERMINAL_ZVT_TRACE_H
#define TILLD_TERMINAL_ZVT_TRACE_H

#include "device/driver.h"

/* For people (device/trace.h), without passwords and what is a card's. */
size_t zvt_trace(struct trace *trace);

#endif
