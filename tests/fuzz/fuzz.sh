#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the fuzz targets: fuzz.sh [--seconds N] [--jobs J] [--afl] [TARGET...]
# or only builds them:   fuzz.sh --build [--afl] [TARGET...]
#
# Builds in build/fuzz (libFuzzer, with address and undefined behaviour
# sanitizers and coverage) or build/afl. What is found on the way is kept there,
# below corpus/; inputs that break something go to found/, and one line each is
# printed, with the command that shows it again. Ends with 1 if there is any.
set -u
cd "$(dirname "$(readlink -f "$0")")/../.."
top=$PWD
seconds=600
jobs=$(nproc)
afl=
build_only=
targets=()
while [ $# -gt 0 ]; do
	case $1 in
	--seconds) seconds=$2; shift ;;
	--minutes) seconds=$((60 * $2)); shift ;;
	--jobs) jobs=$2; shift ;;
	--afl) afl=yes ;;
	--build) build_only=yes ;;
	-*) echo "fuzz.sh: $1 is no option" >&2; exit 64 ;;
	*) targets+=("$1") ;;
	esac
	shift
done
build=build/${afl:+afl}
build=${build%/}
[ "$afl" ] || build=build/fuzz
all=$(sed -n '/^FUZZ_TARGETS/,/^$/s,.*tests/fuzz/fuzz_\([a-z_]*\).*,\1,p' Makefile.am)
[ ${#targets[@]} -gt 0 ] || read -ra targets <<<"$(echo "$all" | tr '\n' ' ')"
for target in "${targets[@]}"; do
	grep -qx "$target" <<<"$all" || {
		echo "fuzz.sh: there is no target $target; there are:" $all >&2
		exit 64
	}
done

configure() { # COMPILER CFLAGS
	mkdir -p "$build"
	[ -f "$build/Makefile" ] && [ "$build/Makefile" -nt configure ] && return
	(cd "$build" && "$top/configure" -q --enable-fuzzer CC="$1" CFLAGS="$2")
}

common="-O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all"
if [ "$afl" ]; then
	configure afl-clang-fast "$common -fsanitize=address,undefined"
else
	configure clang "$common -fsanitize=address,undefined,fuzzer-no-link \
		-fprofile-instr-generate -fcoverage-mapping"
fi || exit 1
make -s -C "$build" -j"$(nproc)" "${targets[@]/#/tests/fuzz/fuzz_}" >"$build/make.log" 2>&1 || {
	tail -n 40 "$build/make.log"
	exit 1
}

[ ! "$build_only" ] || exit 0

# -timeout: of one input; -rss_limit_mb and -malloc_limit_mb: what no input may take.
run_libfuzzer() { # TARGET
	mkdir -p "$build/corpus/$1" "$build/found"
	LLVM_PROFILE_FILE="$build/profile/$1-%m.profraw" \
		"$build/tests/fuzz/fuzz_$1" -max_total_time="$seconds" -timeout=20 \
		-rss_limit_mb=2048 -malloc_limit_mb=512 -max_len=4096 -print_final_stats=1 \
		-use_value_profile=1 -artifact_prefix="$build/found/$1-" \
		"$build/corpus/$1" "tests/fuzz/corpus/$1" >"$build/$1.log" 2>&1
}

run_afl() { # TARGET
	AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
		AFL_NO_AFFINITY=1 AFL_AUTORESUME=1 \
		afl-fuzz -i "tests/fuzz/corpus/$1" -o "$build/out/$1" -m none -V "$seconds" \
		-t 5000+ -- "$build/tests/fuzz/fuzz_$1" >"$build/$1.log" 2>&1
	! compgen -G "$build/out/$1/default/crashes/id*" >/dev/null
}

one() {
	local target=$1 runs
	if [ "$afl" ]; then
		mkdir -p "$build/out"
		run_afl "$target"
	else
		run_libfuzzer "$target"
	fi
	local result=$?
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$target.log")
	[ ! "$afl" ] || runs=$(sed -n 's/^execs_done *: *//p' "$build/out/$target/default/fuzzer_stats")
	if [ $result -eq 0 ]; then
		printf 'ok %s: %s inputs in %d s\n' "$target" "${runs:-?}" "$seconds"
		return 0
	fi
	printf 'FOUND in %s, see %s:\n' "$target" "$build/$target.log"
	grep -E 'does not hold|^SUMMARY|runtime error' "$build/$target.log" | head -n 3 | sed 's/^/    /'
	ls -t "$build/found/$target"-* "$build/out/$target"/default/crashes/id* 2>/dev/null |
		head -n 1 | sed "s,^,    $build/tests/fuzz/fuzz_$target ,"
	return 1
}

status=0
for target in "${targets[@]}"; do
	while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do
		wait -n || status=1
	done
	one "$target" &
done
while [ "$(jobs -rp | wc -l)" -gt 0 ]; do
	wait -n || status=1
done
exit $status
