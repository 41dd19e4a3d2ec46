#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What "make install DESTDIR=..." put there: everything, and it runs.
set -eu
root=$1
find_one() { find "$root" -path "*$1" | grep -q . || { echo "missing: $1"; exit 1; }; }
for path in sbin/tilld bin/tillctl bin/tillsim man8/tilld.8 man5/tilld.conf.5 \
	man1/tillctl.1 man1/tillsim.1 man7/tilld-api.7 man7/tilld-devices.7 man7/tilld-policy.7 \
	tilld/tilld.conf tilld.service tilld.socket \
	sysusers.d/tilld.conf tmpfiles.d/tilld.conf \
	udev/rules.d/72-tilld.rules polkit-1/rules.d/tilld.rules doc/tilld/openapi.yaml \
	examples/policy.json; do
	find_one "/$path"
done
for language in pl de; do # where there was a msgfmt
	! command -v msgfmt >/dev/null || find_one "/locale/$language/LC_MESSAGES/tilld-$language.mo"
done
"$(find "$root" -path '*/sbin/tilld')" -n -c "$(find "$root" -path '*/tilld/tilld.conf' | grep -v -e sysusers -e tmpfiles)"
"$(find "$root" -path '*/bin/tillctl')" help >/dev/null
! grep -r '@sbindir@\|@sysconfdir@' "$root" --include='*.service'
