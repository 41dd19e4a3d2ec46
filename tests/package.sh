#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# "./dev package": builds the Debian packages twice, in other folders, time zones
# and languages, and wants the same bytes; wants lintian to have nothing to say;
# then installs them in a Debian of their own (a chroot), works with them,
# upgrades, removes and purges them. Needs root, and a Debian mirror.
#
#	tests/package.sh [FOLDER [again]]	where to put it all; packages end up
#						there; again: with those there
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
work=${1:-$top/build/package}
again=${2:-}
version=$(sed -n '1s/.*(\(.*\)).*/\1/p' "$top/debian/changelog")
fail() { echo "package: $*" >&2; exit 1; }
say() { printf '== %s\n' "$*"; }

build() { # FOLDER [SETTING=VALUE...]
	local folder=$1; shift
	rm -rf "$(dirname "$folder")"
	mkdir -p "$folder"
	tar -xf "$work/sources.tar" -C "$folder"
	(cd "$folder" && env DEB_BUILD_OPTIONS="nocheck parallel=$(nproc)" "$@" \
		dpkg-buildpackage -us -uc -b >../build.log 2>&1) ||
		{ tail -n 30 "$folder/../build.log" >&2; fail "it does not build"; }
}

# --- the same bytes --------------------------------------------------------------

if [ -z "$again" ]; then
	say "build"
	mkdir -p "$work"
	(cd "$top" && git ls-files -z | tar --null -cf "$work/sources.tar" -T -)
	build "$work/one/tilld" TZ=UTC LC_ALL=C.UTF-8
	build "$work/two/some-other-folder" TZ=Pacific/Auckland LC_ALL=C LANG=C
fi
for package in tilld tillsim; do
	cmp "$work"/{one,two}/"${package}_${version}_$(dpkg --print-architecture).deb" ||
		fail "$package is not the same when it is built again"
done

say "lintian"
told=$(lintian --fail-on none --info --display-info "$work/one/"*.changes 2>/dev/null)
[ -z "$told" ] || fail "lintian: $told"

# --- a Debian of its own ------------------------------------------------------------

root=$work/root
in_root() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
	DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"; }
package=$work/one/tilld_${version}_$(dpkg --print-architecture).deb
needs=$(for deb in "$work/one/"{tilld,tillsim}_*.deb; do dpkg-deb -f "$deb" Depends; done |
	tr ',' '\n' | sed 's/[|(].*//; s/ //g' | sort -u | paste -sd,)

if [ ! -e "$root/etc/debian_version" ]; then
	say "a Debian to install it in"
	mmdebstrap --quiet --variant=minbase --include="$needs" bookworm "$root"
fi
daemon=
stop() { [ -z "$daemon" ] || { kill "$daemon"; wait "$daemon" || true; daemon=; }; }
trap 'stop; umount "$root/proc" 2>/dev/null || true' EXIT
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
in_root dpkg --purge tilld tillsim >/dev/null 2>&1 || true
rm -rf "$root"/var/lib/tilld "$root"/etc/tilld "$root"/var/backups/*

start() { # as its unit would: its user, its folders
	mkdir -p "$root/run/tilld" && in_root chown tilld:tilld /run/tilld
	# no function: the process is the daemon's own
	chroot "$root" setpriv --reuid=tilld --regid=tilld --init-groups \
		tilld -c /etc/tilld/tilld.conf >>"$work/daemon.log" 2>&1 &
	daemon=$!
	for _ in $(seq 100); do
		in_root tillctl health >/dev/null 2>&1 || [ $? -lt 2 ] && return
		in_root tillctl status >/dev/null 2>&1 && return
		sleep 0.1
	done
	fail "it does not start: $(tail -n 5 "$work/daemon.log")"
}

say "install"
cp "$work/one/"*.deb "$root/tmp/"
in_root dpkg -i "/tmp/${package##*/}" "/tmp/tillsim_${version}_$(dpkg --print-architecture).deb" \
	>"$work/install.log" 2>&1 || { cat "$work/install.log" >&2; fail "it does not install"; }
[ "$(in_root stat -c '%U %G %a' /var/lib/tilld)" = "tilld tilld 700" ] || fail "whose is /var/lib/tilld?"
[ "$(in_root stat -c '%U %G %a' /etc/tilld/keys)" = "tilld tilld 700" ] || fail "whose are the keys?"
in_root getent group till >/dev/null || fail "there is no group till"
in_root dpkg-query -W -f '${Conffiles}' tilld | grep -q /etc/tilld/tilld.conf ||
	fail "tilld.conf is no conffile"
in_root tilld -n -c /etc/tilld/tilld.conf >/dev/null || fail "its own configuration is not good"
in_root tillsim -h >/dev/null || fail "tillsim does not run"
in_root tilld --udev-rules | cmp - "$root/usr/lib/udev/rules.d/72-tilld.rules" ||
	fail "udev's rules are not what tilld prints"
say "what it is made of"
for sbom in tilld:/usr/sbin/tilld:/usr/bin/tillctl tillsim:/usr/bin/tillsim; do
	name=${sbom%%:*}
	# shellcheck disable=SC2046 # two words, or one
	in_root ldd $(tr : ' ' <<<"${sbom#*:}") | sed -n 's/^[[:space:]]\+\([^ ]*\) .*/\1/p' |
		sed 's,.*/,,' | grep -v '^linux-' | sort -u >"$work/$name.ldd"
	/usr/bin/python3 -c 'import json, sys
for part in json.load(sys.stdin)["components"]: print(part["name"])' \
		<"$root/usr/share/doc/$name/$name.cdx.json" | sort -u |
		diff "$work/$name.ldd" - || fail "$name.cdx.json is not what $name loads"
done
start
in_root sh -c 'echo "maria-runs-the-shop" | tillctl setup --login maria --name Maria --password-stdin' \
	>/dev/null || fail "it can't be set up"
echo '# mine' >>"$root/etc/tilld/tilld.conf"

say "upgrade"
next=$work/next
rm -rf "$next" && dpkg-deb -R "$package" "$next"
sed -i "s/^Version: .*/Version: ${version}.1/" "$next/DEBIAN/control"
dpkg-deb --root-owner-group -b "$next" "$root/tmp/next.deb" >/dev/null
in_root dpkg -i /tmp/next.deb >"$work/upgrade.log" 2>&1 ||
	{ cat "$work/upgrade.log" >&2; fail "it does not upgrade"; }
backup=$(find "$root/var/backups/tilld" -name '*.backup' | head -n 1)
[ -n "$backup" ] || fail "no backup was made before the upgrade"
[ "$(stat -c %a "$backup")" = 600 ] || fail "others may read the backup"
grep -q '^# mine' "$root/etc/tilld/tilld.conf" || fail "the configuration was written over"
stop
start # on what was there
in_root tillctl journal verify >/dev/null || fail "the journal is not sound after the upgrade"

say "an upgrade without a backup is none"
mv "$root/var/backups/tilld" "$root/var/backups/aside"
echo 'no folder' >"$root/var/backups/tilld"
sed -i "s/^Version: .*/Version: ${version}.2/" "$next/DEBIAN/control"
dpkg-deb --root-owner-group -b "$next" "$root/tmp/next.deb" >/dev/null
! in_root dpkg -i /tmp/next.deb >"$work/refused.log" 2>&1 || fail "it upgraded without a backup"
grep -q "nothing is upgraded" "$work/refused.log" || fail "it does not say why it does not upgrade"
in_root dpkg-query -W -f '${Version}' tilld | grep -qx "${version}.1" || fail "which version is it?"
rm "$root/var/backups/tilld" && mv "$root/var/backups/aside" "$root/var/backups/tilld"
stop

say "remove and purge"
in_root dpkg --remove tilld >/dev/null 2>&1 || fail "it can't be removed"
[ -s "$root/var/lib/tilld/tilld.db" ] || fail "removing it threw the journal away"
in_root dpkg --purge tilld >"$work/purge.log" 2>&1 || fail "it can't be purged"
[ -s "$root/var/lib/tilld/tilld.db" ] || fail "purging it threw the journal away"
[ -n "$(ls -A "$root/etc/tilld/keys")" ] || fail "purging it threw the keys away"
grep -q "/var/lib/tilld is kept" "$work/purge.log" || fail "it does not say what is kept"
[ ! -e "$root/etc/tilld/tilld.conf" ] || fail "the configuration is left after a purge"
[ ! -e "$root/usr/sbin/tilld" ] || fail "the program is left"
say "good: $work/one"
