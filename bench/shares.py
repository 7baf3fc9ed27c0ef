"""Where the CPU time of a delivery goes in teahouse: by thread and by module, in each fan-out. Called by
bench/profile.

    bench/profile [--seconds 3] [--callgrind]

With perf: samples by the software clock, kernel and all. Kernel time belongs to the system call that it
is spent in, and so does the network work that a send() does for its receiver, on loopback. Without
perf, or with --callgrind: instructions, which leaves the kernel out. Writes docs/figures/profile.md."""

import argparse
import collections
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import machine
import measure
import table
import workloads
from servers import BUILD, ROOT, Failed, Teahouse

RESULT = ROOT / "docs/figures/profile.md"
SETTLE_S = 1.0  # the clients are in, and the load is at its height
FREQUENCY = 2500
CALLGRIND_MESSAGES = 10000  # in all: it is fifty times slower
LEAST_PERCENT = 0.5  # what is less is added up as "the rest"
PATIENCE = 300

# What a source file does, by how its path below src/ begins; the first that fits.
FILES = [
    ("net/group", "fan-out"), ("net/output", "fan-out"), ("net/arena", "fan-out"),
    ("net/", "connections"),
    ("protocols/irc/render", "rendering"), ("protocols/plain_lines", "rendering"),
    ("protocols/", "parsing and answering"),
    ("core/", "the chat (core)"), ("eventlog/", "the log"), ("store/", "the store, without SQLite"),
    ("server/", "queues and threads"), ("base/", "tables, queues, text (base)"),
]
LIBRARIES = [("libsqlite3", "SQLite"), ("libsodium", "hashing of names"), ("libcrypto", "TLS"),
             ("libssl", "TLS")]
MALLOC = re.compile(r"malloc|calloc|realloc|free|_int_|unlink_chunk|arena_|tcache|sysmalloc")
COPY = re.compile(r"mem(cpy|move|set|chr|cmp)|str(len|chr|cmp)")
CALLS = [
    (re.compile("send|writev"), "kernel: sending"),
    (re.compile("recv|readv"), "kernel: receiving"),
    (re.compile("epoll"), "kernel: waiting for sockets"),
    (re.compile("sync|pwrite|pread|ftruncate|fallocate"), "kernel: the disk"),
    (re.compile("futex|write|read"), "kernel: waking threads"),
    (re.compile("mmap|munmap|madvise|brk"), "kernel: memory"),
]
# The kernel's functions for one, such as __x64_sys_fdatasync or __sys_sendmsg, and libc's.
SYSTEM_CALL = re.compile(r"_*(?:x64_|arm64_|se_|k)?sys_(?!call$)(\w+)|__libc_(\w+)")


def named(pairs, text, otherwise):
    return next((name for start, name in pairs if text.startswith(start)), otherwise)


def of_file(path):
    """The module of a source file."""
    return named(FILES, path.rpartition("/src/")[2], "other code")


def of_library(path, symbol):
    name = Path(path).name
    if name.startswith("libc.") or name.startswith("libc-"):
        return "malloc" if MALLOC.search(symbol) else "copying" if COPY.search(symbol) else "libc"
    return named(LIBRARIES, name, "other libraries")


def of_kernel(chain):
    """The module of a sample whose symbols are these, the innermost first."""
    for symbol in chain:
        if call := SYSTEM_CALL.match(symbol):
            name = call[1] or call[2]
            return next((module for words, module in CALLS if words.search(name)), "kernel: other")
    return "kernel: interrupts and faults"


def source_files(program):
    """The file of each function, as the debug information has it."""
    listed = subprocess.run(["nm", "--defined-only", "-l", program], capture_output=True, text=True,
                            timeout=PATIENCE)
    found = {}
    for line in listed.stdout.splitlines():
        symbol, _, place = line.partition("\t")
        if place:
            found[symbol.split()[-1]] = place.rpartition(":")[0]
    return found


# ---- perf ----

def perf_works():
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        return shutil.which("perf") and subprocess.run(
            ["perf", "record", "-q", "-e", "cpu-clock", "-o", f"{folder}/perf", "--", "true"],
            capture_output=True, timeout=PATIENCE).returncode == 0


def thread_name(name, number, pid):
    """As threads call themselves; those that do not have the program's name."""
    if number == pid:
        return "core"
    return name if name != "teahouse" else "checkpoint"


def perf_samples(text, pid):
    """(thread, [(symbol, object)]) of each sample of `perf script`, the innermost first."""
    for block in text.split("\n\n"):
        head, *frames = block.strip("\n").splitlines() or [""]
        chain = [match.groups() for frame in frames
                 if (match := re.match(r"\s+[0-9a-f]+ (.+?)(?:\+0x[0-9a-f]+)? \((.*)\)$", frame))]
        if chain:
            name, _, number = head.strip().rpartition(" ")
            yield thread_name(name.strip(), int(number), pid), chain


def perf_module(chain, files, program):
    symbol, where = chain[0]
    if where.startswith("[kernel") or where.endswith(".ko"):
        return of_kernel([symbol for symbol, _ in chain])
    if where == str(program):
        return of_file(files.get(symbol, ""))
    return of_library(where, symbol)


def perf_count(server, seconds, program):
    """Samples by (thread, module)."""
    data = server.folder / "perf"
    subprocess.run(["perf", "record", "-q", "-g", "-e", "cpu-clock", "-F", str(FREQUENCY), "-p",
                    str(server.pid), "-o", data, "--", "sleep", str(seconds)],
                   capture_output=True, check=True, timeout=PATIENCE)
    text = subprocess.run(["perf", "script", "-i", data, "-F", "comm,tid,ip,sym,dso"],
                          capture_output=True, text=True, check=True, timeout=PATIENCE).stdout
    files = source_files(program)
    return collections.Counter((thread, perf_module(chain, files, program))
                               for thread, chain in perf_samples(text, server.pid))


# ---- callgrind ----

class UnderCallgrind(Teahouse):
    """Each thread leaves a file of its own at the end."""

    def command(self):
        return ["valgrind", "-q", "--tool=callgrind", "--separate-threads=yes",
                f"--callgrind-out-file={self.folder}/out", *super().command()]


def callgrind_costs(text):
    """(object, source file, function, instructions) of each line of costs. Names are written once and
    then meant by their number: https://valgrind.org/docs/manual/cl-format.html"""
    names, now, is_call = {}, {"ob": "", "fl": "", "fn": ""}, False
    for line in text.splitlines():
        if match := re.match(r"(ob|fl|fi|fe|fn|cob|cfi|cfl|cfn)=(?:\((\d+)\))? ?(.*)", line):
            kind, identity, name = match.groups()
            space = {"b": "ob", "n": "fn"}.get(kind[-1], "fl")
            if identity and not name:
                name = names[space, identity]
            names[space, identity] = name
            if not kind.startswith("c"):
                now[space] = name
        elif line.startswith("calls="):
            is_call = True
        elif match := re.match(r"[+\-*]?\d* (\d+)$", line):
            if not is_call:  # behind calls= stands what the called one cost
                yield now["ob"], now["fl"], now["fn"], int(match[1])
            is_call = False


def callgrind_count(folder, program):
    """Instructions by (thread, module)."""
    counted = collections.Counter()
    for path in sorted(Path(folder).glob("out-*")):
        thread = f"thread {int(path.name.rpartition('-')[2])}"
        for where, file, symbol, cost in callgrind_costs(path.read_text()):
            module = of_file(file) if where == str(program) else of_library(where, symbol)
            counted[thread, module] += cost
    return counted


# ---- both ----

def profile_with_perf(workload, seconds):
    """(samples by thread and module, CPU µs per delivery)"""
    server_cpu, load_cpu = machine.cores()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        with Teahouse(folder, server_cpu) as server:
            with measure.Load(server, workload, load_cpu) as load:
                time.sleep(SETTLE_S)
                counted = perf_count(server, seconds, BUILD / "teahouse")
                return counted, load.report()["cpu_us_per_delivery"]


def profile_with_callgrind(workload):
    """(instructions by thread and module, None)"""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        with UnderCallgrind(folder) as server:
            measure.load(server, workload, None)
        return callgrind_count(folder, BUILD / "teahouse"), None


def shares(counted, us):
    """A table: a row for each module, the most expensive first, a column for each thread."""
    total = sum(counted.values())
    modules, threads = collections.Counter(), collections.Counter()
    for (thread, module), count in counted.items():
        modules[module] += count
        threads[thread] += count
    names = [thread for thread, count in threads.most_common() if count > total / 1000]
    head = ["of all CPU time, %", *names, "all", *(["µs per delivery"] if us else [])]
    rows, rest = [head], collections.Counter()

    def row(title, of_thread, whole):
        cells = [f"{100 * of_thread(thread) / total:.1f}" for thread in names]
        cells = [cell if cell != "0.0" else "" for cell in cells]
        return [title, *cells, f"{100 * whole / total:.1f}",
                *([f"{us * whole / total:.3f}"] if us else [])]

    for module, count in modules.most_common():
        if 100 * count / total < LEAST_PERCENT:
            rest.update({thread: counted[thread, module] for thread in threads})
        else:
            rows.append(row(module, lambda thread: counted[thread, module], count))
    rows.append(row("the rest", lambda thread: rest[thread], sum(rest.values())))
    rows.append(row("all", lambda thread: threads[thread], total))
    return table.table(rows)


def main():
    parser = argparse.ArgumentParser(prog="bench/profile", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--callgrind", action="store_true")
    options = parser.parse_args()
    use_perf = not options.callgrind and perf_works()
    if not use_perf and not shutil.which("valgrind"):
        print("neither perf nor valgrind works here", file=sys.stderr)
        return 1
    how = ("Samples of perf by the software clock." if use_perf else
           "Instructions counted by callgrind, without the kernel's.")
    lines = ["# Where the CPU time goes", "",
             f"{time.strftime('%Y-%m-%d')}: {machine.in_words(BUILD)}. {how}", ""]
    try:
        for workload in map(workloads.find, workloads.FANOUTS):
            print(f"{workload} ...", file=sys.stderr)
            if use_perf:
                workload.options = {**workload.options, "seconds": options.seconds + 3}
                found = profile_with_perf(workload, options.seconds)
            else:
                senders = workload.options["rooms"] * workload.options["senders"]
                workload.options = {**workload.options, "messages": CALLGRIND_MESSAGES // senders,
                                    "seconds": PATIENCE, "warmup-ms": 0, "patience": 60}
                found = profile_with_callgrind(workload)
            lines += [f"## {workload}", "", *shares(*found), ""]
    except Failed as problem:
        print(problem, file=sys.stderr)
        return 1
    page = "\n".join(lines).rstrip() + "\n"
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(page)
    print(page, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
