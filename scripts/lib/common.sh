# shellcheck shell=bash
# What the scripts share. Sourced, after which the working folder is the project's.

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$project" || exit

say() { printf '%s: %s\n' "${0##*/}" "$*"; }
fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# Starts the script again as root, if it is not root yet.
become_root() {
  [[ $EUID -eq 0 ]] && return
  command -v sudo >/dev/null || fail "needs root, and there is no sudo: run it as root"
  exec sudo --preserve-env=CI,FAULTSCOPE_BPFTRACE_ROOTS -- "$project/scripts/${0##*/}" "$@"
}

# Runs a command as the owner of the project's folder, so that sudo leaves no files of root's in a user's checkout.
as_owner() {
  local owner home
  owner=$(stat -c %U .)
  if [[ $owner == root || $owner == UNKNOWN ]]; then
    "$@"
  else
    home=$(getent passwd "$owner" | cut -d: -f6)
    runuser -u "$owner" -- env HOME="$home" "$@"
  fi
}

is_installed() { dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }

# The version apt would install of a package; nothing where it knows none.
apt_candidate() { apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: //p' | grep -vx '(none)' || true; }

refresh_apt_once() {
  [[ -n ${apt_is_fresh:-} ]] && return
  say "apt-get update"
  apt-get update -q >/dev/null || fail "apt-get update failed: see to the network and to /etc/apt"
  apt_is_fresh=yes
}

install_packages() {
  refresh_apt_once
  say "installing $*"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null </dev/null ||
    fail "could not install $*: the lines above say why"
}

# Installs those of the named packages that are missing.
need_packages() {
  local package missing=()
  command -v apt-get >/dev/null || fail "knows only Debian's apt-get: install these yourself: $*"
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  [[ ${#missing[@]} -eq 0 ]] || install_packages "${missing[@]}"
}

# The same for packages that some releases do not have: those are left out, with a word.
want_packages() {
  local package
  for package in "$@"; do
    is_installed "$package" && continue
    refresh_apt_once
    if [[ -n $(apt_candidate "$package") ]]; then
      install_packages "$package"
    else
      say "there is no package $package here: going on without it"
    fi
  done
}

# The mirror that apt itself takes Debian's packages from; nothing where it knows none.
# shellcheck disable=SC2016 # $(REPO_URI) is for apt, not for the shell
debian_mirror() {
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' 2>/dev/null |
    grep -m 1 -E '^(https?|file):' || true
}
