#!/bin/sh
# Installs tracker: downloads the executable of a release, verifies its checksum, puts it in place.
#
#   curl -fsSL https://github.com/spec-kitty/tracker/releases/latest/download/install.sh | sh
#
# TRACKER_VERSION      the release to install, such as v0.1.0 (the latest)
# TRACKER_INSTALL_DIR  where the executable goes (~/.local/bin)
# TRACKER_BASE_URL     where releases are downloaded from
set -eu

main() {
  version=${TRACKER_VERSION:-latest}
  directory=${TRACKER_INSTALL_DIR:-$HOME/.local/bin}
  base=${TRACKER_BASE_URL:-https://github.com/spec-kitty/tracker/releases}
  case $version in
    latest) url=$base/latest/download ;;
    [0-9]*) url=$base/download/v$version ;;
    *) url=$base/download/$version ;;
  esac

  name=tracker-$(target)
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  trap 'exit 130' INT TERM

  echo "Downloading $url/$name.gz"
  download "$url/SHA256SUMS" "$scratch/SHA256SUMS"
  download "$url/$name.gz" "$scratch/$name.gz"
  verify "$name.gz"
  gzip -dc "$scratch/$name.gz" >"$scratch/tracker" || fail "Cannot unpack $name.gz"
  chmod 755 "$scratch/tracker"

  mkdir -p "$directory" || fail "Cannot make $directory: set TRACKER_INSTALL_DIR to another directory"
  # Within one directory a rename is whole or not at all, even while an older one runs.
  new=$directory/.tracker.$$
  trap 'rm -rf "$scratch" "$new"' EXIT
  cp "$scratch/tracker" "$new" ||
    fail "Cannot write to $directory: set TRACKER_INSTALL_DIR to another directory"
  "$new" --version >/dev/null 2>&1 ||
    fail "$name does not run on this system (on Linux it needs glibc): nothing was installed; with Deno: deno run -A jsr:@spec-kitty/tracker"
  mv -f "$new" "$directory/tracker" ||
    fail "Cannot write to $directory: set TRACKER_INSTALL_DIR to another directory"

  echo "Installed $directory/tracker"
  case :$PATH: in
    *:"$directory":*) ;;
    *)
      echo "Add $directory to your PATH to run it as \`tracker\`, here and in your shell's start file:"
      echo "  export PATH=\"$directory:\$PATH\""
      ;;
  esac
  echo "Next: \`tracker --help\`, or \`tracker doctor\` in your project"
}

target() {
  system=$(uname -s)
  machine=$(uname -m)
  case $machine in
    x86_64 | amd64) machine=x86_64 ;;
    arm64 | aarch64) machine=aarch64 ;;
    *) fail "There is no executable for the processor \"$machine\"; with Deno: deno run -A jsr:@spec-kitty/tracker" ;;
  esac
  case $system in
    Linux) echo "$machine-unknown-linux-gnu" ;;
    Darwin) echo "$machine-apple-darwin" ;;
    *) fail "There is no executable for \"$system\"; on Windows use install.ps1" ;;
  esac
}

download() {
  if command -v curl >/dev/null 2>&1; then
    curl -fsSL --retry 3 -o "$2" "$1" || fail "Cannot download $1"
  elif command -v wget >/dev/null 2>&1; then
    wget -q -O "$2" "$1" || fail "Cannot download $1"
  else
    fail "Neither curl nor wget is installed"
  fi
}

verify() {
  wanted=$(awk -v name="$1" '$2 == name || $2 == "*" name { print $1 }' "$scratch/SHA256SUMS")
  [ -n "$wanted" ] || fail "SHA256SUMS has no line for $1: nothing was installed"
  if command -v sha256sum >/dev/null 2>&1; then
    found=$(sha256sum "$scratch/$1")
  elif command -v shasum >/dev/null 2>&1; then
    found=$(shasum -a 256 "$scratch/$1")
  else
    fail "Neither sha256sum nor shasum is installed: nothing was installed"
  fi
  found=${found%% *}
  [ "$wanted" = "$found" ] ||
    fail "The checksum of $1 is $found, not $wanted: nothing was installed"
}

fail() {
  echo "$1" >&2
  exit 1
}

# All of it is read before any of it runs: a download that breaks off does nothing.
main
