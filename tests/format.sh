#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every C file as .clang-format says, every file with its licence.
set -u
cd "$(dirname "$0")/.."
files() { git ls-files "$@" 2>/dev/null || find src devices tests -name '*.[ch]'; }
files '*.c' '*.h' | xargs clang-format-14 --dry-run -Werror 2>&1 | head -n 20
bad=${PIPESTATUS[1]}
while IFS= read -r file; do
	head -n 3 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || {
		echo "$file: no SPDX line"
		bad=1
	}
done < <(files '*.c' '*.h' '*.sh' '*.py' dev .ci/run configure.ac Makefile.am)
exit "$bad"
