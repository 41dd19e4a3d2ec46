#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Some of the unit tests, and the daemon itself for a short life, under valgrind.
set -u
build=$1
valgrind() {
	command valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
		--child-silent-after-fork=yes "$@"
}
bad=0
for name in test_util test_policy test_device test_device_queue test_op test_store test_people \
	test_keys test_server test_server_wait test_server_stream test_drawer_escpos \
	test_display test_reader_em4100 test_printer_posnet test_terminal_zvt \
	test_terminal_zvt_recover test_posnet_codec test_zvt_codec test_zvt_link; do
	if ! output=$(valgrind "$build/tests/unit/$name" 2>&1); then
		echo "$name"
		tail -n 40 <<<"$output"
		bad=1
	fi
done
exit "$bad"
