"""Runs every workload against every server in turn, and makes a table of it. Called by bench/run.

    bench/run [--quick] [--rounds N] [--servers NAME,...]

Each run has a server of its own, freshly started. Within a round all servers do one workload before
the next begins, and each round begins with another server, so that what else the machine does hits
all of them alike. Nothing is asserted: the table shows medians, their spread, and how many times
better teahouse did (below 1: worse). Exit code 1: a run of teahouse failed."""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import keypress
import million
from servers import BUILD, ROOT, SERVERS, Failed, Teahouse

LOAD = BUILD / "teahouse"
RESULTS = ROOT / "bench/results.md"
RUN_SECONDS_MAX = 300
STARTS = 5


class Figure:
    """One number of a workload's report: its key there, its name in the table, what it is divided by,
    how many decimals it has, and whether more of it is better."""

    def __init__(self, key, name, divisor=1, decimals=0, more=True):
        self.key, self.name, self.divisor = key, name, divisor
        self.decimals, self.more = decimals, more

    def text(self, value):
        return f"{value / self.divisor:.{self.decimals}f}"


FANOUT = [
    Figure("deliveries_per_cpu_s", "thousand deliveries per CPU second", 1000),
    Figure("cpu_us_per_delivery", "CPU µs per delivery", 1, 2, more=False),
    Figure("deliveries_per_s", "thousand deliveries/s", 1000),
    Figure("latency_p50_us", "latency p50, ms", 1000, 1, more=False),
    Figure("latency_p99_us", "latency p99, ms", 1000, 1, more=False),
]


class Workload:
    """title: with the options that --quick makes smaller in it."""

    def __init__(self, title, name, options, figures, quick):
        self.title, self.name, self.options, self.figures = title, name, options, figures
        self.quick = quick

    def hurry(self):
        self.options = {**self.options, **self.quick}

    def __str__(self):
        return self.title.format(**self.options)


WORKLOADS = [
    Workload("1 room of 1000, 4 senders × 32", "fanout",
             {"rooms": 1, "members": 1000, "senders": 4, "window": 32}, FANOUT, {"seconds": 1}),
    Workload("1 room of 100, 1 sender × 128", "fanout",
             {"rooms": 1, "members": 100, "senders": 1, "window": 128}, FANOUT, {"seconds": 1}),
    Workload("100 rooms of 20, 1 sender × 64 each", "fanout",
             {"rooms": 100, "members": 20, "senders": 1, "window": 64}, FANOUT, {"seconds": 1}),
    Workload("idle, {base-clients} → {clients} in rooms of 50", "idle",
             {"clients": 10000, "base-clients": 2000},
             [Figure("anonymous_per_client", "own memory per connection, bytes", more=False),
              Figure("rss_per_client", "resident memory per connection, bytes", more=False)],
             {"clients": 3000, "base-clients": 1000}),
    Workload("storm of {clients} into rooms of 50", "storm", {"clients": 5000},
             [Figure("seconds", "seconds until all are in", 1, 2, more=False),
              Figure("clients_per_s", "clients in per second"),
              Figure("cpu_us_per_client", "CPU µs per client", more=False)],
             {"clients": 1000}),
]


def say(text):
    print(text, file=sys.stderr, flush=True)


# ---- the machine ----

def cores():
    """(the server's, the load's): None where there is only one, and nobody is pinned."""
    allowed = sorted(os.sched_getaffinity(0))
    return (allowed[0], allowed[1]) if len(allowed) > 1 else (None, None)


def filesystem(path):
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    return max((m for m in mounts if str(path).startswith(m[0])), key=lambda m: len(m[0]))[1]


def busy_seconds():
    """CPU seconds that all cores together have spent on anything, or were robbed of."""
    user, nice, system, _, _, irq, softirq, steal = map(
        int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def child_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Foreign:
    """How busy the machine was with other things while our processes ran: cores, by average."""

    def __enter__(self):
        self.before = time.monotonic(), busy_seconds() - child_seconds()
        return self

    def __exit__(self, *_):
        seconds = time.monotonic() - self.before[0]
        self.cores = max(0.0, busy_seconds() - child_seconds() - self.before[1]) / seconds


# ---- one run ----

def load(server, workload, cpu):
    command = [LOAD, "bench", workload.name, f"irc://127.0.0.1:{server.port}", "--json", "--pid", server.pid,
               "--at-once", server.at_once]
    for name, value in workload.options.items():
        command += [f"--{name}", value]

    def pin():
        if cpu is not None:
            os.sched_setaffinity(0, {cpu})

    try:
        run = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                             timeout=RUN_SECONDS_MAX, preexec_fn=pin)
    except subprocess.TimeoutExpired:
        raise Failed(f"not done after {RUN_SECONDS_MAX} s") from None
    if run.returncode != 0:
        raise Failed(run.stderr.strip() or f"the load generator ended with {run.returncode}")
    return json.loads(run.stdout)


class Table:
    def __init__(self, servers):
        self.servers = servers
        self.values = {}  # (workload, server's name): [report]
        self.failures = []
        self.foreign = []
        self.keys = None
        self.starts = []

    def measure(self, workload, kind):
        server_cpu, load_cpu = cores()
        with Foreign() as foreign, tempfile.TemporaryDirectory(prefix="bench-") as folder:
            try:
                with kind(folder, server_cpu) as server:
                    report = load(server, workload, load_cpu)
                self.values.setdefault((workload, kind.name), []).append(report)
                first = workload.figures[0]
                said = f"{first.text(report[first.key])} {first.name}"
            except Failed as problem:
                said = str(problem)
                self.failures.append((kind.name, str(workload), said))
        self.foreign.append(foreign.cores)
        say(f"{workload}: {kind.name}: {said} (others: {foreign.cores:.1f} cores)")

    def measure_start(self, messages):
        data = BUILD / f"million-{os.getpid()}"
        say(f"writing {messages} messages ...")
        try:
            million.write(data, messages)
            # The first start makes what a new server has to make, once.
            for _ in range(1 + STARTS):
                with tempfile.TemporaryDirectory(prefix="bench-") as folder:
                    with Teahouse(folder, cores()[0], data) as server:
                        self.starts.append(server.seconds_to_ready * 1000)
        except Failed as problem:
            self.failures.append(("teahouse", "start", str(problem)))
        finally:
            shutil.rmtree(data, ignore_errors=True)
        self.starts = self.starts[1:]
        say(f"start with {messages} messages: {' '.join(f'{ms:.0f}' for ms in self.starts)} ms")

    def measure_keys(self):
        rate = 500
        took = sorted((keypress.press(str(BUILD / "teahouse"), rate) for _ in range(3)),
                      key=lambda one: one[len(one) * 99 // 100])
        self.keys = "Of three runs of the client the middle one: " + keypress.in_words(took[1], rate)
        say(self.keys)

    # ---- as text ----

    def figures(self, workload, name, figure):
        reports = self.values.get((workload, name), [])
        return [report[figure.key] for report in reports if figure.key in report]

    def cell(self, workload, name, figure):
        values = self.figures(workload, name, figure)
        if not values:
            return "failed"
        low, high = figure.text(min(values)), figure.text(max(values))
        middle = figure.text(statistics.median(values))
        return f"{middle} [{low}..{high}]" if len(values) > 1 else middle

    def ratio(self, workload, name, figure):
        ours = self.figures(workload, "teahouse", figure)
        theirs = self.figures(workload, name, figure)
        if not ours or not theirs:
            return "–"
        a, b = statistics.median(ours), statistics.median(theirs)
        if not figure.more:
            a, b = b, a
        return f"{a / b:.2f}" if b else "–"

    def rows(self):
        names = [kind.name for kind in self.servers]
        others = [name for name in names if name != "teahouse"] if "teahouse" in names else []
        yield ["workload", "figure", *names, *(f"× {name}" for name in others)]
        yield ["---"] * (2 + len(names) + len(others))
        for workload in WORKLOADS:
            for number, figure in enumerate(workload.figures):
                yield [str(workload) if number == 0 else "", figure.name,
                       *(self.cell(workload, name, figure) for name in names),
                       *(self.ratio(workload, name, figure) for name in others)]

    def text(self, rounds, quick, messages):
        pinned = "server and load pinned to a core each" if cores()[0] is not None else "not pinned"
        versions = ", ".join(kind.version() for kind in self.servers)
        lines = [
            f"{time.strftime('%Y-%m-%d')}: {os.cpu_count()} cores, kernel "
            f"{'.'.join(os.uname().release.split('.')[:2])}, data on {filesystem(BUILD)}; {pinned}.",
            f"{versions}.",
            f"Medians of {rounds} [lowest..highest]; ×: how many times better teahouse did.",
            f"Other work on the machine: {statistics.median(self.foreign):.1f} cores by median, "
            f"{max(self.foreign):.1f} at worst." + (" A quick run: no figures to quote." if quick
                                                    else ""),
            "",
            *("| " + " | ".join(row) + " |" for row in self.rows()),
        ]
        if self.starts:
            lines += ["", f"Start to `ready` with {messages:,} messages in {million.ROOMS} rooms: "
                      f"{statistics.median(self.starts):.0f} ms "
                      f"[{min(self.starts):.0f}..{max(self.starts):.0f}] of {len(self.starts)}."]
        if self.keys:
            lines += ["", f"{self.keys}."]
        lines += ["", *(f"Failed: {name}, {title}: {why}" for name, title, why in self.failures)]
        if not self.failures:
            lines[-1:] = ["", "Lost, doubled, damaged, let go: none, in any run of any server."]
        return "\n".join(lines).rstrip() + "\n"


def main():
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one short round: does it all work?")
    parser.add_argument("--rounds", type=int, default=None, help="runs of each (3)")
    parser.add_argument("--servers", default=None, help="teahouse,ngircd,inspircd")
    options = parser.parse_args()
    rounds = options.rounds or (1 if options.quick else 3)
    wanted = options.servers.split(",") if options.servers else [kind.name for kind in SERVERS]
    servers = [kind for kind in SERVERS if kind.name in wanted]
    if len(servers) != len(set(wanted)):
        parser.error(f"the servers are {', '.join(kind.name for kind in SERVERS)}")
    messages = 100_000 if options.quick else 1_000_000

    if options.quick:
        for workload in WORKLOADS:
            workload.hurry()
    table = Table(servers)
    for number in range(rounds):
        first = number % len(servers)
        for workload in WORKLOADS:
            for kind in servers[first:] + servers[:first]:
                table.measure(workload, kind)
    if Teahouse in servers:
        table.measure_start(messages)
        table.measure_keys()
    text = table.text(rounds, options.quick, messages)
    RESULTS.write_text(text)
    print(text, end="")
    return 1 if any(name == "teahouse" for name, _, _ in table.failures) else 0


if __name__ == "__main__":
    sys.exit(main())
