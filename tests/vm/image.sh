#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What "./dev vm" boots, each part made anew only when what it is made of has
# changed. Nothing comes from anywhere but apt, and root is not needed.
#
#	packages/now, next	the project's packages, and the same of a higher version
#	kernel/			Debian's kernel, unpacked; vmlinux, which starts sooner
#				than what has to unpack itself; initrd
#	tree.tar, root.ext4	a small Debian with systemd as its init
#
#	tests/vm/image.sh FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
work=$1
say() { printf '== %s\n' "$*"; }
fail() { echo "vm: $*" >&2; exit 1; }

# --- the project's packages -------------------------------------------------------

build_packages() { # FOLDER [dpkg-buildpackage's options]
	local to=$work/packages/$1; shift
	(cd "$work/packages/tilld" && DEB_BUILD_OPTIONS="nocheck noautodbgsym parallel=$(nproc)" \
		dpkg-buildpackage -us -uc -b "$@" >../build.log 2>&1) ||
		{ tail -n 30 "$work/packages/build.log" >&2; fail "they can't be built"; }
	mkdir "$to"
	mv "$work/packages/"*.deb "$to/"
}

# The second time only the version is another, and nothing is compiled again.
make_packages() {
	local tree=$work/packages/tilld
	rm -rf "$work/packages"
	mkdir -p "$tree"
	(cd "$top" && git ls-files -z | tar --null -cf - -T -) | tar -xf - -C "$tree"
	build_packages now
	sed -i '1s/)/.1)/' "$tree/debian/changelog"
	build_packages next -nc
}

# --- the kernel -------------------------------------------------------------------

modules_of_initrd=(virtio_pci virtio_blk crc32c_generic ext4)
modules=(dummy_hcd libcomposite usb_f_hid usb_f_printer usb_f_acm
	usbhid hid_generic evdev usblp cdc_acm autofs4)

make_kernel() { # PACKAGE
	rm -rf "$work/kernel"
	mkdir -p "$work/kernel"
	cd "$work/kernel"
	apt-get download -q "$1" >download.log 2>&1 || { cat download.log >&2; fail "no kernel"; }
	dpkg -x ./*.deb . && rm ./*.deb
	depmod -b . "$(ls lib/modules)"
	/usr/bin/python3 "$here/vmlinux.py" boot/vmlinuz-* vmlinux
	cd "$top"
}

copy_modules() { # ROOT NAME...: with all that they need
	local root=$1 release file to; shift
	release=$(ls "$work/kernel/lib/modules")
	modprobe -d "$work/kernel" -S "$release" --show-depends -a "$@" |
		sed -n 's/^insmod \([^ ]*\).*/\1/p' | sort -u |
		while read -r file; do
			to=$root/usr/lib/modules/${file##*/lib/modules/}
			mkdir -p "${to%/*}"
			cp "$file" "$to"
		done
	cp "$work/kernel/lib/modules/$release"/modules.{order,builtin,builtin.modinfo} \
		"$root/usr/lib/modules/$release/"
	depmod -b "$root/usr" "$release"
}

make_initrd() {
	local root=$work/initrd
	rm -rf "$root"
	mkdir -p "$root"/{bin,proc,sys,dev,root,usr/lib}
	ln -s usr/lib "$root/lib"
	tar -xf "$work/tree.tar" -C "$root/bin" --strip-components=3 ./usr/bin/busybox
	cp "$here/init" "$root/init"
	copy_modules "$root" "${modules_of_initrd[@]}"
	(cd "$root" && find . | cpio --quiet -o -H newc) >"$work/kernel/initrd"
}

# --- Debian -----------------------------------------------------------------------

# What the packages need, which are installed without a network, and the checks.
packages_inside() {
	local deb
	{
		printf '%s\n' systemd-sysv udev kmod python3 busybox-static
		for deb in "$work"/packages/now/*.deb; do
			dpkg-deb -f "$deb" Depends | tr ',' '\n' | sed 's/[|(].*//; s/ //g'
		done
	} | sort -u | paste -sd,
}

make_tree() { # PACKAGES
	mmdebstrap --quiet --variant=minbase --include="$1" \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		bookworm "$work/tree.tar"
}

make_disk() {
	local root=$work/root
	rm -rf "$root"
	mkdir -p "$root"
	tar -xf "$work/tree.tar" -C "$root" --exclude='./dev/*'
	copy_modules "$root" "${modules[@]}"
	cp -r "$here/guest/." "$root/"
	ln -s /etc/systemd/system/till-checks.service \
		"$root/etc/systemd/system/multi-user.target.wants/"
	ln -s /dev/null "$root/etc/systemd/system/systemd-logind.service" # wants D-Bus
	ln -s /dev/null "$root/etc/systemd/system/getty.target"
	echo till >"$root/etc/hostname"
	chmod -R u+rwX "$root" # fakeroot reads as whoever this is
	rm -f "$work/root.ext4"
	mke2fs -q -t ext4 -O ^has_journal -d "$root" "$work/root.ext4" 2G
	rm -rf "$root"
}

# --- all of it ----------------------------------------------------------------------

# once NAME KEY COMMAND...: unless it was done when KEY was the same
once() {
	local stamp=$work/$1.stamp name=$1 key=$2; shift 2
	[ ! -e "$stamp" ] || [ "$(cat "$stamp")" != "$key" ] || return 0
	say "$name"
	rm -f "$stamp"
	"$@"
	echo "$key" >"$stamp"
}

hash_of() { # FILE...
	cat "$@" | sha256sum | cut -d' ' -f1
}

if [ "${2:-}" = disk ]; then # by itself, see below
	make_disk
	exit
fi
root=() # whose the files on the disk are to be
[ "$(id -u)" -eq 0 ] || root=(fakeroot)
mkdir -p "$work"
sources=$(cd "$top" && git ls-files -z | grep -zv '^tests/' | xargs -0 cat | sha256sum)
once packages "$sources" make_packages
kernel=$(apt-cache depends "linux-image-$(dpkg --print-architecture)" |
	sed -n 's/.*Depends: //p' | head -n 1)
once kernel "$kernel" make_kernel "$kernel"
inside=$(packages_inside)
once tree "$inside" make_tree "$inside"
own=$(hash_of "$here"/{image.sh,init} "$here"/guest/etc/systemd/system/* \
	"$work"/{kernel,tree}.stamp)
once initrd "$own" make_initrd
once disk "$own" "${root[@]}" bash "$0" "$work" disk
