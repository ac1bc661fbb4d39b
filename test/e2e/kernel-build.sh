#!/usr/bin/env bash
# Builds a small Linux with BTF, and one module, with PAHOLE as its encoder:
#
#     PAHOLE=PROGRAM kernel-build.sh SOURCE OUTPUT
#
# SOURCE is an archive or an unpacked tree (Debian: linux-source-6.1 puts /usr/src/linux-source-6.1.tar.xz there). Below
# OUTPUT: tree (of an archive), build (vmlinux, the image, the module), log. What OUTPUT has from another run is built
# on; types are encoded anew. Needs gcc, make, flex, bison, bc, rsync, libelf-dev.
set -euo pipefail

source=$(realpath "$1")
mkdir -p "$2"
output=$(realpath "$2")
pahole=$(realpath "$(command -v "$PAHOLE")")
build=$output/build

if [[ -d $source ]]; then
  tree=$source
else
  tree=$output/tree
  [[ -e $tree/Makefile ]] || { mkdir -p "$tree" && tar xf "$source" -C "$tree" --strip-components=1; }
fi
mkdir -p "$build"

kmake() {
  nice -n 19 make -C "$tree" O="$build" PAHOLE="$pahole" KBUILD_BUILD_TIMESTAMP=@0 "$@"
}

# All else is off, as in allnoconfig.
cat >"$output/config" <<'CONFIG'
CONFIG_64BIT=y
CONFIG_SMP=y
CONFIG_EXPERT=y
CONFIG_EMBEDDED=y
CONFIG_CC_OPTIMIZE_FOR_SIZE=y
CONFIG_KERNEL_GZIP=y
CONFIG_PRINTK=y
CONFIG_TTY=y
CONFIG_SERIAL_8250=y
CONFIG_SERIAL_8250_CONSOLE=y
CONFIG_BLK_DEV_INITRD=y
CONFIG_BINFMT_ELF=y
CONFIG_BINFMT_SCRIPT=y
CONFIG_PROC_FS=y
CONFIG_SYSFS=y
CONFIG_NET=y
CONFIG_INET=y
CONFIG_MODULES=y
CONFIG_CONFIGFS_FS=m
CONFIG_BPF_SYSCALL=y
CONFIG_DEBUG_KERNEL=y
CONFIG_DEBUG_INFO_DWARF5=y
CONFIG_DEBUG_INFO_BTF=y
CONFIG_DEBUG_INFO_BTF_MODULES=y
CONFIG

kmake KCONFIG_ALLCONFIG="$output/config" allnoconfig >"$output/log" 2>&1
for option in SMP NET MODULES DEBUG_INFO_BTF DEBUG_INFO_BTF_MODULES; do
  grep -q "^CONFIG_$option=y" "$build/.config" || { echo "CONFIG_$option cannot be had" | tee -a "$output/log" >&2; exit 1; }
done
# What another encoder left is linked, and encoded, anew.
rm -f "$build/vmlinux" "$build"/fs/configfs/*.ko
kmake -j2 bzImage modules >>"$output/log" 2>&1
