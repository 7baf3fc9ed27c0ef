# build.sh: builds what bench/ measures. Sourced by its commands, with $root set to the folder of the
# tree and tools/setup.sh sourced before.

# The build that ./run makes, in a folder of its own, and the relay.
build=$root/build-bench
mkdir -p "$build"
exec 9>"$build/.lock"
flock 9 2>/dev/null || true
if [ ! -f "$build/build.ninja" ] || [ ! -d "$build/bench" ] ||
	! grep -qF "\"source\": \"$root\"" "$build/meson-info/meson-info.json"; then
	find "$build" -mindepth 1 ! -name .lock -delete
	say "Building teahouse ..."
	quietly meson setup "$build" "$root" -Dbench=true ||
		{ say "The build could not be set up."; exit 1; }
fi
quietly ninja -C "$build" || { say "The build failed."; exit 1; }
exec 9>&-

export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
