#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Everything that "./dev check" does. Builds several times over, each in a
# folder of its own below build/, runs every test there, and ends with one line
# that counts them all: "N passed, N failed".
set -u
cd "$(dirname "$(readlink -f "$0")")/.."
top=$PWD
jobs=$(nproc)
crowd=$((3 * jobs)) # tests mostly wait for each other: a box is several programs
passed=0
failed=0
skipped=0
started=$SECONDS

say() { printf '\033[1m== %s (%d s)\033[0m\n' "$*" $((SECONDS - started)); }

# One check of our own: check WHAT COMMAND...
check() {
	local what=$1 log; shift
	log=$(mktemp)
	if "$@" >"$log" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'FAILED: %s\n' "$what"
		tail -n 60 "$log" | sed 's/^/    /'
	fi
	rm -f "$log"
}

# Adds up what automake's harness wrote: one line per test in each .trs file.
count() {
	local trs result
	while IFS= read -r trs; do
		while read -r result; do
			case $result in
			PASS) passed=$((passed + 1)) ;;
			SKIP | XFAIL) skipped=$((skipped + 1)) ;;
			*) failed=$((failed + 1)) ;;
			esac
		done < <(sed -n 's/^:test-result: \([A-Z]*\).*/\1/p' "$trs")
		if grep -Eq '^:test-result: (FAIL|ERROR|XPASS)' "$trs"; then
			printf 'FAILED: %s\n' "${trs%.trs}"
			tail -n 60 "${trs%.trs}.log" | sed 's/^/    /'
		fi
	done < <(find "$1" -name '*.trs')
}

build() { # NAME ARGUMENTS-OF-CONFIGURE...
	local name=$1; shift
	mkdir -p "build/$name"
	(cd "build/$name" && "$top/configure" -q --enable-werror PYTHON=/usr/bin/python3 "$@") &&
		make -s -C "build/$name" -j"$jobs" all &&
		make -s -C "build/$name" -j"$jobs" check TESTS=
}

# A build and its tests: tests NAME "MAKE-ARGUMENTS" CONFIGURE-ARGUMENTS...
tests() {
	local name=$1 make=$2; shift 2
	say "$name: build"
	local before=$failed
	check "$name builds without a warning" build "$name" "$@"
	[ "$failed" -eq "$before" ] || return
	say "$name: tests"
	find "build/$name" -name '*.trs' -delete
	eval "make -s -k -C build/$name -j$crowd check $make" \
		>"build/$name/check.log" 2>&1
	count "build/$name"
}

say "autoreconf"
check "autoreconf" autoreconf -i

tests plain ""
check "make install" make -s -C build/plain install DESTDIR="$top/build/installed"
check "what is installed is all there" bash tests/installed.sh build/installed
check "the sources are in the project's format" bash tests/format.sh
check "the layers keep to themselves" /usr/bin/python3 tests/layers.py
check "Makefile.am's lists are whole" /usr/bin/python3 tests/lists.py
check "manuals and completions say what the tables say" /usr/bin/python3 man/generate.py build/plain --check
check "the unit is as tight as it was" bash tests/hardening.sh build/plain
check "every sentence is there in every language" /usr/bin/python3 tests/po.py build/plain
check "nothing outlives its daemon" /usr/bin/python3 tests/statics.py build/plain
check "the simulated world" build/plain/tests/world/test_world --seeds 2000 --jobs "$jobs" --matrix
check "the simulated world sees" build/plain/tests/world/test_world --plant all --jobs "$jobs"
check "the benches build" make -s -C build/plain -j"$jobs" benches
for bench in $(make -s -C build/plain print-benches); do
	check "what is measured is right: ${bench##*/}" \
		bash -c "cd build/plain && $bench --brief"
done
check "no more instructions than there were" \
	/usr/bin/python3 tests/bench/instructions.py build/plain --brief
check "the demo" /usr/bin/python3 demo/demo.py --build build/plain

export ASAN_OPTIONS=detect_leaks=1:abort_on_error=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
tests asan "" CC=clang \
	CFLAGS="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"

export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
tests tsan "TESTS='\$(THREADED_TESTS)'" CC=clang CFLAGS="-O1 -g -fsanitize=thread"

say "fuzz"
check "nothing is found by fuzzing each target for some seconds" \
	bash tests/fuzz/fuzz.sh --seconds 4

say "valgrind"
check "valgrind" bash tests/valgrind.sh build/plain

say "done"
if [ "$skipped" -gt 0 ]; then
	printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
else
	printf '%d passed, %d failed\n' "$passed" "$failed"
fi
[ "$failed" -eq 0 ]
