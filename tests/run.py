#!/usr/bin/python3
"""Builds teahouse in every way it is tested, runs the tests and counts them. Called by ./test.

    run.py [unit] [wire] [system] [fuzz] [style] [asan] [tsan] [long]

What runs:   style   clang-format, the include rules and their own test, a clang build
             unit    every program of tests/unit
             wire    the transcripts of tests/wire, played by tests/system
             system  everything else in tests/system
             asan    unit, wire, storms, fan-out and TLS under AddressSanitizer and UBSan
             tsan    the same under ThreadSanitizer
             fuzz    every target of tests/fuzz, 10 seconds each
             long    with it, asan and tsan run all of tests/system, the crash tests take their full
                     counts and fuzzing takes 120 seconds

A system test finds the server in TEAHOUSE_BIN, the one with the failing disk in TEAHOUSE_SHIM, which
build it is ("gcc", "asan" or "tsan") in TEAHOUSE_BUILD, and TEAHOUSE_LONG=1 when it may take long.

Whatever ends without a count of its own, by a crash, a time-out or no test at all, counts as failed.
"""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree
from concurrent.futures import ThreadPoolExecutor

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILDS = ROOT / "build-test"
PARTS = ["style", "unit", "wire", "system", "asan", "tsan", "fuzz"]
SHOWN_LINES = 400


def first_command(*names):
    return next(filter(None, map(shutil.which, names)), names[0])


CLANG = first_command("clang-14", "clang")
CLANG_FORMAT = first_command("clang-format-14", "clang-format")

SANITIZED = ["-Doptimization=1", "-Ddebug=true", "-Dtests=true"]
SETUPS = {
    # build: compiler, options
    "gcc": ("gcc", ["-Dtests=true", "-Dwerror=true"]),
    "clang": (CLANG, ["-Dtests=true", "-Dwerror=true", "-Doptimization=0"]),
    "asan": ("gcc", SANITIZED + ["-Db_sanitize=address,undefined"]),
    "tsan": ("gcc", SANITIZED + ["-Db_sanitize=thread"]),
    "fuzz": (CLANG, ["-Dfuzz=true", "-Dwerror=true", "-Doptimization=1", "-Ddebug=true",
                     "-Db_sanitize=address,undefined", "-Db_lundef=false"]),
}

# A finding ends the process at once and loudly; nobody takes it for an answer.
SANITIZER_OPTIONS = {
    "ASAN_OPTIONS": "abort_on_error=0:exitcode=99:detect_stack_use_after_return=1:"
                    "strict_string_checks=1:check_initialization_order=1",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1:exitcode=99",
    "TSAN_OPTIONS": "halt_on_error=1:exitcode=99:second_deadlock_stack=1",
    "LSAN_OPTIONS": "exitcode=99",
}


class Count:
    def __init__(self, passed=0, failed=0, skipped=0):
        self.passed, self.failed, self.skipped = passed, failed, skipped

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self):
        text = f"{self.passed} passed, {self.failed} failed"
        return text + (f", {self.skipped} skipped" if self.skipped else "")


def say(text=""):
    print(text, flush=True)


def show(title, output):
    lines = output.rstrip().splitlines()
    if len(lines) > SHOWN_LINES:
        lines = [f"({len(lines) - SHOWN_LINES} lines left out)", *lines[-SHOWN_LINES:]]
    say("\n".join([f"--- {title}", *lines, "---"]))


running = set()


def end(process, how):
    try:
        os.killpg(process.pid, how)
    except ProcessLookupError:
        pass


def run(command, timeout, env=None):
    """Returns the exit code, None when the time was up, and all output."""
    process = subprocess.Popen(
        [str(word) for word in command], cwd=ROOT, env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True)
    running.add(process)
    try:
        output, _ = process.communicate(timeout=timeout)
        code = process.returncode
    except subprocess.TimeoutExpired:
        code, output = None, b""
        # Politely first: pytest then ends its servers and says where it was.
        for how in (signal.SIGINT, signal.SIGKILL):
            end(process, how)
            try:
                output, _ = process.communicate(timeout=10)
                break
            except subprocess.TimeoutExpired:
                pass
        end(process, signal.SIGKILL)
        output += f"\nstill running after {timeout} s, ended\n".encode()
    except BaseException:
        end(process, signal.SIGKILL)
        raise
    finally:
        running.discard(process)
    return code, output.decode(errors="replace")


def two_at_a_time(work, items):
    """The sum of work(item), each a Count."""
    total = Count()
    pool = ThreadPoolExecutor(2)
    try:
        for count in pool.map(work, items):
            total.add(count)
    except KeyboardInterrupt:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    return total


def source_of(folder):
    """The tree that a build folder was set up for: one that was moved or copied starts afresh."""
    try:
        return json.loads((folder / "meson-info/meson-info.json").read_text())["directories"]["source"]
    except (OSError, ValueError, KeyError):
        return None


def launcher(build):
    """Sanitizers need their shadow memory free, which some kernels' random addresses get into."""
    if build not in ("asan", "tsan", "fuzz"):
        return []
    try:
        bits = int(pathlib.Path("/proc/sys/vm/mmap_rnd_bits").read_text())
    except (OSError, ValueError):
        bits = 0
    fixed = ["setarch", os.uname().machine, "-R"]
    if bits > 28 and shutil.which("setarch") and run(fixed + ["true"], 10)[0] == 0:
        return fixed
    return []


class Tests:
    def __init__(self, long):
        self.long = long
        self.total = Count()
        self.built = {}

    def report(self, name, count, seconds):
        if count.passed + count.failed == 0:
            count.failed = 1
            say(f"{name}: there was no test to run")
        self.total.add(count)
        say(f"{name}: {count} in {seconds:.1f} s")

    def check(self, name, code, output, began):
        """A check that either holds or not: one test."""
        if code != 0:
            show(name, output)
        self.report(name, Count(1, 0) if code == 0 else Count(0, 1), time.monotonic() - began)
        return code == 0

    # Builds

    def build(self, name):
        if name in self.built:
            return self.built[name]
        compiler, options = SETUPS[name]
        folder = BUILDS / name
        began = time.monotonic()
        code, output = 0, ""
        if not (folder / "build.ninja").exists() or source_of(folder) != str(ROOT):
            shutil.rmtree(folder, ignore_errors=True)
            code, output = run(["meson", "setup", folder, ROOT, "-Db_colorout=never"] + options, 300,
                               {"CC": compiler})
        if code == 0:
            code, output = run(["ninja", "-C", folder, "-k", "20"], 900)
            output = re.sub(r"^\[\d+/\d+\] .*\n", "", output, flags=re.M)
        self.built[name] = code == 0
        if code != 0:
            show(f"build {name}", output)
            self.report(f"build {name}", Count(0, 1), time.monotonic() - began)
        else:
            say(f"build {name}: {time.monotonic() - began:.1f} s")
        return code == 0

    # Style

    def style(self):
        sources = sorted(str(path) for folder in ("src", "bench", "tests")
                         for path in (ROOT / folder).rglob("*.[ch]"))
        version = run([CLANG_FORMAT, "--version"], 30)[1]
        if "version 14." in version:
            began = time.monotonic()
            code, output = run([CLANG_FORMAT, "--dry-run", "-Werror", "--ferror-limit=0"] + sources,
                               120)
            places = re.findall(r"^(\S+:\d+):\d+: error: code should be", output, re.M)
            if places:
                files = dict.fromkeys(place.rpartition(":")[0] for place in places)
                names = [os.path.relpath(name, ROOT) for name in files]
                output = "\n".join(os.path.relpath(place, ROOT) for place in dict.fromkeys(places))
                output += f"\n{CLANG_FORMAT} -i {' '.join(names)}\nputs them right."
            self.check("style: clang-format", code, output, began)
        else:
            say(f"style: .clang-format is for version 14 and not checked by {version.strip()}")
        began = time.monotonic()
        code, output = run([sys.executable, "tests/style/includes.py"], 60)
        self.check("style: include rules", code, output, began)
        self.pytest("style: the rules' own test", "gcc", ["tests/style"], "", 120)
        began = time.monotonic()
        scripts = ["run", "test", "bench/run", "bench/connections", "bench/profile", "bench/build.sh",
                   "tools/setup.sh", "tests/bare/check"]
        code, output = 0, ""
        for script in scripts:
            one, said = run(["sh", "-n", script], 10)
            code, output = code or one, output + said
        self.check("style: shell scripts", code, output, began)
        began = time.monotonic()
        code, output = run([sys.executable, "-m", "py_compile", "tools/picture"], 10,
                           {"PYTHONPYCACHEPREFIX": str(BUILDS / "pycache")})
        self.check("style: tools/picture", code, output, began)
        began = time.monotonic()
        code, output = run([sys.executable, "tools/irc-tables", "--check"], 10)
        self.check("style: the tables of docs/IRC.md", code, output, began)
        began = time.monotonic()
        if self.build("clang"):
            self.check("style: clang warns of nothing", 0, "", began)

    # Unit tests

    def unit(self, name, build):
        if not self.build(build):
            return
        began = time.monotonic()
        sources = sorted((ROOT / "tests/unit").glob("test_*.c"))
        total = two_at_a_time(lambda source: self.unit_program(build, source.stem), sources)
        self.report(name, total, time.monotonic() - began)

    def unit_program(self, build, name):
        program = BUILDS / build / "tests/unit" / name
        if not program.exists():
            show(f"{build}: {name}", f"{name} is not in tests/unit/meson.build")
            return Count(0, 1)
        code, output = run(launcher(build) + [program], 300, SANITIZER_OPTIONS)
        began = re.findall(r"^\[ RUN      \] (.*)$", output, re.M)
        passed = re.findall(r"\[       OK \] (.*)$", output, re.M)
        count = Count(len(passed), len(began) - len(passed))
        if count.failed == 0 and (code != 0 or count.passed == 0):
            count.failed = 1
        if count.failed:
            ended = "time-out" if code is None else f"exit code {code}"
            show(f"{build}: {name}, {ended}", output)
        return count

    # Tests of the whole server

    def pytest(self, name, build, where, markers, timeout, at_once=1):
        report = BUILDS / f"{re.sub('[^a-z]+', '-', name)}.xml"
        report.parent.mkdir(exist_ok=True)
        report.unlink(missing_ok=True)
        env = {
            **SANITIZER_OPTIONS,
            "PYTHONDONTWRITEBYTECODE": "1",
            "TEAHOUSE_BIN": str(BUILDS / build / "teahouse"),
            "TEAHOUSE_SHIM": str(BUILDS / build / "tests/shim/teahouse-shim"),
            "TEAHOUSE_BUILD": build,
        }
        env.update({"TEAHOUSE_LONG": "1"} if self.long and build == "gcc" else {})
        command = launcher(build) + [
            sys.executable, "-m", "pytest", *where, "-q", "-rfE", "--tb=short", "--color=no",
            "--durations=5", "-p", "no:cacheprovider", f"--junitxml={report}"]
        command += ["-m", markers] if markers else []
        command += ["-n", at_once] if at_once > 1 else []
        began = time.monotonic()
        code, output = run(command, timeout, env)
        count = Count()
        try:
            for suite in xml.etree.ElementTree.parse(report).getroot().iter("testsuite"):
                failed = int(suite.get("failures")) + int(suite.get("errors"))
                skipped = int(suite.get("skipped"))
                count.add(Count(max(int(suite.get("tests")) - failed - skipped, 0), failed, skipped))
        except (OSError, xml.etree.ElementTree.ParseError):
            pass
        if code != 0 and count.failed == 0:
            count.failed = 1
        if count.failed:
            show(name, output)
        self.report(name, count, time.monotonic() - began)

    def system(self, name, build, markers, timeout, at_once=1):
        if self.build(build):
            self.pytest(name, build, ["tests/system"], markers, timeout, at_once)

    # Each transcript mostly waits.
    def wire(self, name, build):
        self.system(name, build, "wire", 400, at_once=4)

    def sanitized(self, build):
        self.unit(f"{build}: unit", build)
        if self.long:
            self.system(f"{build}: all of tests/system", build, "", 1800, at_once=2)
        else:
            self.wire(f"{build}: wire", build)
            self.system(f"{build}: storm and TLS", build, "not wire and (storm or tls) and not slow",
                        300, at_once=2)

    # Fuzzing

    def fuzz(self):
        if not self.build("fuzz"):
            return
        began = time.monotonic()
        targets = sorted(path.stem for path in (ROOT / "tests/fuzz").glob("fuzz_*.c"))
        total = two_at_a_time(self.fuzz_target, targets)
        self.report("fuzz", total, time.monotonic() - began)

    def fuzz_target(self, name):
        program = BUILDS / "fuzz/tests/fuzz" / name
        if not program.exists():
            show(name, f"{name} is not in tests/fuzz/meson.build")
            return Count(0, 1)
        seconds = 120 if self.long else 10
        finds = BUILDS / "finds" / name
        corpus = BUILDS / "corpus" / name
        for folder in (finds, corpus):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        command = [program, f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048",
                   "-print_final_stats=1", f"-artifact_prefix={finds}/", corpus]
        seeds = ROOT / "tests/fuzz/corpus" / name
        words = ROOT / "tests/fuzz" / f"{name}.dict"
        command += [seeds] if seeds.is_dir() else []
        command += [f"-dict={words}"] if words.exists() else []
        code, output = run(launcher("fuzz") + command, seconds + 120, SANITIZER_OPTIONS)
        if code == 0:
            tries = re.search(r"number_of_executed_units: (\d+)", output)
            say(f"{name}: {int(tries[1]) if tries else 0:,} inputs")
            if tries and int(tries[1]) > 0:
                return Count(1, 0)
        show(f"{name}, what it found is in {finds.relative_to(ROOT)}", output)
        return Count(0, 1)

    def run(self, parts):
        # All builds first: compiling beside a test would disturb what it measures.
        needed = {"unit": "gcc", "wire": "gcc", "system": "gcc", "style": "clang", "asan": "asan",
                  "tsan": "tsan", "fuzz": "fuzz"}
        for build in SETUPS:
            if build in (needed[part] for part in parts):
                self.build(build)
        if "style" in parts:
            self.style()
        if "unit" in parts:
            self.unit("unit", "gcc")
        if "wire" in parts:
            self.wire("wire", "gcc")
        if "system" in parts:
            self.system("system", "gcc", "not wire", 1200, at_once=2)
        for build in ("asan", "tsan"):
            if build in parts:
                self.sanitized(build)
        if "fuzz" in parts:
            self.fuzz()


def stop(_signal, _frame):
    raise KeyboardInterrupt


def main():
    words = sys.argv[1:]
    if "-h" in words or "--help" in words:
        say(__doc__.strip())
        return 0
    unknown = [word for word in words if word not in PARTS + ["long"]]
    if unknown:
        say(f"There is no part called {unknown[0]}; the parts are {' '.join(PARTS)}, and long.")
        return 2
    parts = [part for part in PARTS if part in words] or PARTS
    tests = Tests("long" in words)
    began = time.monotonic()
    for how in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(how, stop)
    try:
        tests.run(parts)
    except KeyboardInterrupt:
        say("interrupted")
        say(f"{tests.total.passed} passed, {tests.total.failed + 1} failed")
        for process in list(running):
            end(process, signal.SIGKILL)
        os._exit(1)  # without the threads that still wait for what was just killed
    say(f"all in {time.monotonic() - began:.0f} s")
    say(f"{tests.total.passed} passed, {tests.total.failed} failed")
    return 0 if tests.total.passed and not tests.total.failed else 1


if __name__ == "__main__":
    sys.exit(main())
