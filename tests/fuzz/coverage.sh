#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Lines and branches of each codec that corpus and fuzzing reach: replays the
# tree's corpus and what build/fuzz/corpus has gathered (./dev fuzz), with
# clang's source-based coverage, and counts by llvm-cov. Ends with 1 if one of
# the codecs is at 90 % of its lines or below.
set -u
cd "$(dirname "$(readlink -f "$0")")/../.."
build=build/fuzz
least=90
# codec, the files that it is, the targets that read with it
codecs="
posnet devices/printer/posnet_codec.c posnet,driver_printer
datecs-frame devices/printer/datecs_frame.c datecs
datecs-fields devices/printer/datecs_fields.c,devices/printer/datecs_status.c,devices/printer/datecs_error.c datecs
datecs-answers devices/printer/datecs_read.c datecs
zvt-codec devices/terminal/zvt_codec.c,devices/terminal/zvt_message.c zvt,driver_terminal
zvt-link devices/terminal/zvt_link.c zvt_link,driver_terminal
zvt-text devices/terminal/zvt_text.c zvt,driver_terminal
zvt-receipt devices/terminal/zvt_receipt.c zvt,driver_terminal
escpos devices/drawer/escpos_codec.c,devices/drawer/escpos_ask.c small,driver_drawer
star devices/drawer/star_codec.c small,driver_drawer
hid src/util/hid.c small
em4100 devices/reader/em4100_codec.c small,driver_reader
wedge devices/reader/wedge_codec.c small,driver_reader
card devices/reader/card_codec.c,devices/reader/piv_codec.c,src/util/public_key.c,src/util/reader_name.c card,driver_reader
swipe devices/reader/swipe_codec.c small,driver_reader
job-filter devices/receipt/filter.c,devices/receipt/escpos_rows.c,devices/receipt/star_rows.c job
display-lines devices/display/lines.c small,driver_display
journal-lines src/store/journal_lines.c,src/store/journal_check.c journal,store
policy-file src/store/people_parse.c,src/store/people_parse_till.c,src/store/people_parse_group.c,src/store/people_parse_operator.c policy,bundle
config-text src/daemon/config_text.c config
http-fields src/http/field.c http
sim-script src/sim/script.c script
events src/cli/sse.c events
traces devices/printer/posnet_trace.c,devices/printer/datecs_trace.c,devices/terminal/zvt_trace.c,devices/terminal/zvt_words.c,devices/drawer/escpos_trace.c,devices/drawer/star_trace.c,devices/display/display_trace.c,devices/reader/em4100_trace.c,devices/reader/swipe_trace.c,devices/reader/wedge_trace.c,devices/reader/card_trace.c trace,driver_printer,driver_terminal,driver_drawer,driver_display,driver_reader
"
bash tests/fuzz/fuzz.sh --build || exit 1
mkdir -p "$build/profile"
llvm_cov=$(command -v llvm-cov-14 || command -v llvm-cov)
llvm_profdata=$(command -v llvm-profdata-14 || command -v llvm-profdata)

replay() { # TARGET: a profile of its own
	local folders=("tests/fuzz/corpus/$1")
	[ -d "$build/corpus/$1" ] && folders+=("$build/corpus/$1")
	LLVM_PROFILE_FILE="$build/profile/$1.profraw" \
		"$build/tests/fuzz/fuzz_$1" -runs=0 "${folders[@]}" >/dev/null 2>&1
	"$llvm_profdata" merge -sparse -o "$build/profile/$1.profdata" "$build/profile/$1.profraw"
}

status=0
declare -A done=()
printf '%-16s %7s %9s  %s\n' codec lines branches targets
while read -r codec files targets; do
	[ "$codec" ] || continue
	objects=()
	profiles=()
	for target in ${targets//,/ }; do
		[ "${done[$target]:-}" ] || replay "$target"
		done[$target]=yes
		objects+=(-object "$build/tests/fuzz/fuzz_$target")
		profiles+=("$build/profile/$target.profdata")
	done
	"$llvm_profdata" merge -sparse -o "$build/profile/merged.profdata" "${profiles[@]}"
	"$llvm_cov" report "${objects[@]}" -instr-profile="$build/profile/merged.profdata" \
		2>/dev/null | awk -v codec="$codec" -v targets="$targets" -v least="$least" \
		-v files="$files" '
		function ends(text, end) {
			return length(text) >= length(end) && \
				substr(text, length(text) - length(end) + 1) == end
		}
		BEGIN { count = split(files, file, ",") }
		{ # llvm-cov leaves out what all paths begin with
			is = 0
			for (i = 1; i <= count; i++)
				is = is || ends($1, file[i]) || (NF > 10 && ends(file[i], "/" $1))
		}
		is { lines += $8; missed += $9; branches += $11; untaken += $12 }
		END {
			covered = lines ? 100 * (lines - missed) / lines : 0
			taken = branches ? 100 * (branches - untaken) / branches : 100
			printf "%-16s %6.1f%% %8.1f%%  %s\n", codec, covered, taken, targets
			exit covered <= least
		}' || status=1
done <<<"$codecs"
exit $status
