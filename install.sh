#!/bin/sh
# Installs tracker: downloads the executable of a release, verifies its checksum, puts it in place.
#
#   curl -fsSL https://github.com/spec-kitty/tracker/releases/latest/download/install.sh | sh
#
# TRACKER_VERSION      the release to install, such as v0.1.0 (the latest)
# TRACKER_INSTALL_DIR  where the executable goes (~/.local/bin)
# TRACKER_BASE_URL     where releases are downloaded from; https, or http on this machine
# TRACKER_ATTESTATION  "require" or "skip"; else, who built it is verified where `gh` is signed in
set -eu

repository=spec-kitty/tracker

main() {
  version=${TRACKER_VERSION:-latest}
  directory=${TRACKER_INSTALL_DIR:-$HOME/.local/bin}
  base=${TRACKER_BASE_URL:-https://github.com/spec-kitty/tracker/releases}
  # What comes over http, anybody on the way could have changed, and its checksums along with it.
  case $base in
    https://*) protocols='=https' ;;
    # What looks like a port is a password.
    http://*@*) fail "TRACKER_BASE_URL must be an https URL, not $base: nothing was installed" ;;
    http://127.0.0.1 | http://127.0.0.1[:/]* | http://localhost | http://localhost[:/]*) protocols='=http,https' ;;
    *) fail "TRACKER_BASE_URL must be an https URL, not $base: nothing was installed" ;;
  esac
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
  attest "$name.gz"
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
    # Nor may a redirect lead to http.
    curl -fsSL --proto "$protocols" --proto-redir "$protocols" --retry 3 -o "$2" "$1" || fail "Cannot download $1"
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

# Checksums lie beside the executable, so whoever can change one can change the other. The attestation
# says that the release workflow of the repository built it.
attest() {
  check="gh attestation verify $1 --repo $repository"
  case ${TRACKER_ATTESTATION:-auto} in
    skip) return ;;
    auto | require) ;;
    *) fail "TRACKER_ATTESTATION must be \"require\" or \"skip\", not \"$TRACKER_ATTESTATION\"" ;;
  esac
  if ! gh attestation verify --help >/dev/null 2>&1; then
    missing="\`gh\` of GitHub is not installed, or too old"
  elif ! gh auth token >/dev/null 2>&1; then
    missing="\`gh\` is not signed in"
  else
    gh attestation verify "$scratch/$1" --repo "$repository" >"$scratch/attestation" 2>&1 || {
      cat "$scratch/attestation" >&2
      fail "The attestation of $1 could not be verified: nothing was installed; TRACKER_ATTESTATION=skip installs without it"
    }
    echo "Verified that $repository built $1"
    return
  fi
  [ "${TRACKER_ATTESTATION:-auto}" = auto ] ||
    fail "The attestation of $1 could not be verified, for $missing: nothing was installed"
  echo "Not verified who built it, for $missing; to verify a download: $check"
}

fail() {
  echo "$1" >&2
  exit 1
}

# All of it is read before any of it runs: a download that breaks off does nothing.
main
