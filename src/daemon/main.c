/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tilld: owns a shop till's hardware and opens it only to those who may.
 *
 * Where to read on: daemon/daemon.c wires everything together; core/action.c
 * is the one path from a request to a device; device/driver.h is what drivers
 * are; docs/architecture.md tells why.
 */
#include "daemon/daemon.h"

int main(int argc, char **argv)
{
	return daemon_main(argc, argv);
}
