#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The unit is as tight as it can be: its score by systemd-analyze, of 10 where
# nothing is held back. What is left of it is what a till needs: devices, LAN
# addresses, hot-plug, and the uids of its clients.
#
#	tests/hardening.sh BUILD	where tilld.service was made
set -u
most=1.5
command -v systemd-analyze >/dev/null || { echo "skipped: there is no systemd-analyze"; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
sed 's,^ExecStart=.*,ExecStart=/bin/true,' "$1/tilld.service" >"$folder/tilld.service"
told=$(cd "$folder" && systemd-analyze security --offline=true --no-pager ./tilld.service 2>&1)
score=$(printf '%s\n' "$told" | sed -n 's/.*exposure level for tilld.service: \([0-9.]*\).*/\1/p')
[ -n "$score" ] || { printf '%s\n' "$told"; exit 1; }
awk -v a="$score" -v b="$most" 'BEGIN { exit !(a <= b) }' && exit 0
printf '%s\n' "$told" | grep -v '^✓'
echo "the unit's score is $score, and was $most"
exit 1
