# setup.sh: what ./run and ./test share. Sourced by them with $root set to the folder of the tree.
#
# A need is a line "PACKAGE[|PACKAGE...] CHECK...": the command tells whether it is met, the packages
# are Debian's names for what meets it, the first that exists is installed. The checks ask for the
# thing and not for the package, so other systems pass too once they have it.

say()
{
	printf '%s\n' "$*" >&2
}

has_command() # NAME...: one of them will do
{
	for name in "$@"; do
		command -v "$name" >/dev/null 2>&1 && return 0
	done
	return 1
}

has_header() # NAME...
{
	for name in "$@"; do
		[ -e "/usr/include/$name" ] || [ -e "/usr/local/include/$name" ] || return 1
	done
}

has_library() # NAME, as pkg-config calls it
{
	pkg-config --exists "$1" 2>/dev/null
}

# shellcheck disable=SC2034 # used by both scripts
BUILD_NEEDS='
gcc             has_command gcc
libc6-dev       has_header stdio.h
meson           has_command meson
ninja-build     has_command ninja
pkg-config      has_command pkg-config
libsqlite3-dev  has_library sqlite3
libsodium-dev   has_library libsodium
libssl-dev      has_library libssl
libutf8proc-dev has_library libutf8proc
libinih-dev     has_library inih
'

# Prints the packages of all the needs on standard input that are not met, one need a line.
missing_packages()
{
	while read -r package check; do
		[ -z "$package" ] || $check || printf '%s\n' "$package"
	done
}

# Runs a command with its output held back, and shows it only when the command fails.
quietly()
{
	if quiet_output=$("$@" 2>&1 </dev/null); then
		return 0
	fi
	printf '%s\n' "$quiet_output" >&2
	return 1
}

as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo -n "$@"
	fi
}

apt_get()
{
	quietly as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 \
		apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
}

# The first of the packages a|b|c that can be installed; the first of all when none can.
choose_package()
{
	for choice in $(printf '%s' "$1" | tr '|' ' '); do
		if [ -n "$(LC_ALL=C.UTF-8 apt-cache madison "$choice" 2>/dev/null)" ]; then
			printf '%s\n' "$choice"
			return
		fi
	done
	printf '%s\n' "${1%%|*}"
}

# Meets the needs given as text, or says what is missing and ends the script.
need()
{
	missing=$(printf '%s\n' "$1" | missing_packages)
	[ -n "$missing" ] || return 0
	names=$(printf '%s\n' "$missing" | sed 's/|.*//' | tr '\n' ' ' | sed 's/ $//')
	if ! has_command apt-get; then
		say "Missing: $names. These are Debian's names; please install what your system" \
			"calls them, then try again."
		exit 1
	fi
	if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
		say "Missing: $names. Please install them and try again:" \
			"sudo apt-get install --no-install-recommends $names"
		exit 1
	fi
	say "Installing $names ..."
	apt_get update || say "The package lists could not be renewed; trying with those at hand."
	packages=
	for package in $missing; do
		packages="$packages $(choose_package "$package")"
	done
	# shellcheck disable=SC2086 # a list of words
	if ! apt_get install -y --no-install-recommends $packages; then
		say "Could not install$packages; the reason is above."
		exit 1
	fi
	missing=$(printf '%s\n' "$1" | missing_packages)
	if [ -n "$missing" ]; then
		say "Installed, yet not found: $(printf '%s' "$missing" | tr '\n' ' ')"
		exit 1
	fi
}
