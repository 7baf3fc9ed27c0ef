"""Runs every workload against every server that it makes sense for, in turn, and makes tables and
pictures of what comes out. Called by bench/run.

    bench/run [--quick] [--rounds N] [--only WORKLOAD,...] [--servers NAME,...]

Each run has a server of its own, freshly started. Within a round all servers do one workload before
the next begins, and each round begins with another server, so that what else the machine does hits
all of them alike. The tables show medians, their spread, and whether the goals hold (goals.py).
A whole run writes docs/figures; a quick or partial one build-bench/figures. Exit code 1: a run of
teahouse failed."""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time

import keypress
import machine
import measure
import past
import people
import plot
import table
import workloads
from reports import Reports
from servers import BUILD, ROOT, SERVERS, Failed, Teahouse

ROUNDS = 3
STARTS = 5
FIGURES = ROOT / "docs/figures"
TRIAL_FIGURES = BUILD / "figures"


def say(text):
    print(text, file=sys.stderr, flush=True)


def measure_one(reports, workload, kind):
    with machine.Foreign() as foreign:
        try:
            report = measure.run(kind, workload)
            reports.add(workload.key, kind.name, report)
            first = workload.figures[0]
            said = f"{first.text(report[first.key])} {first.name}"
        except (Failed, KeyError) as problem:
            said = str(problem)
            reports.failures.append((kind.name, str(workload), said))
    reports.foreign.append(foreign.cores)
    say(f"{workload}: {kind.name}: {said} (others: {foreign.cores:.1f} cores)")


def measure_round(reports, number, rounds, wanted, servers):
    reports.add("disk", "this disk", machine.sync_report(BUILD))
    for workload in wanted:
        if number >= workload.runs(rounds):
            continue
        kinds = [kind for kind in servers if kind.name in workload.servers]
        first = number % max(1, len(kinds))
        for kind in kinds[first:] + kinds[:first]:
            measure_one(reports, workload, kind)


def start_ms(data):
    """Milliseconds until a server that finds this folder is ready."""
    with (tempfile.TemporaryDirectory(prefix="bench-") as folder,
          Teahouse(folder, machine.cores()[0], data) as server):
        return server.seconds_to_ready * 1000


def measure_start(reports, key, words, write):
    """A sentence on how long a start takes; write(folder) makes what it finds, None: always nothing."""
    data = BUILD / f"data-to-start-with-{os.getpid()}"
    took = []
    try:
        if write:
            say(f"writing {words} ...")
            write(data)
            start_ms(data)  # the first makes what a new server has to make, once
        for _ in range(STARTS):
            took.append(start_ms(data))
            if not write:
                shutil.rmtree(data)
    except Failed as problem:
        reports.failures.append(("teahouse", f"start with {words}", str(problem)))
        return ""
    finally:
        shutil.rmtree(data, ignore_errors=True)
    reports.add(f"start-{key}", "teahouse", {"ready_ms": statistics.median(took)})
    return (f"Start to `ready` with {words}: {statistics.median(took):.0f} ms "
            f"[{min(took):.0f}..{max(took):.0f}] of {len(took)}.")


def measure_starts(reports, messages, accounts):
    return [
        measure_start(reports, "empty", "an empty data folder", None),
        measure_start(reports, "messages", f"{messages:,} messages in {past.ROOMS + 1} rooms",
                      lambda folder: past.write(folder, messages)),
        measure_start(reports, "accounts", f"{accounts:,} accounts",
                      lambda folder: people.write(folder, accounts, people.password_hash())),
    ]


def measure_first(reports, messages):
    """A sentence on the first CHATHISTORY after a start."""
    try:
        first = past.report(messages, STARTS, machine.cores()[0])
    except Failed as problem:
        reports.failures.append(("teahouse", "the first CHATHISTORY", str(problem)))
        return ""
    reports.add("history-first", "teahouse", first)
    return (f"The first CHATHISTORY of {past.LIMIT} after a start, {messages:,} messages, nothing of the "
            f"database in memory: {first['first_ms']:.1f} ms, at most {first['first_max_ms']:.1f}, "
            f"of {STARTS}.")


def measure_keys():
    rate = 500
    took = sorted((keypress.press(str(BUILD / "teahouse"), rate) for _ in range(3)),
                  key=lambda one: one[len(one) * 99 // 100])
    return f"Of three runs of the client the middle one: {keypress.in_words(took[1], rate)}."


def head(rounds, quick, servers):
    versions = ", ".join(dict.fromkeys(version for kind in servers if (version := kind.version())))
    return [
        f"{time.strftime('%Y-%m-%d')}: {machine.in_words(BUILD)}.",
        f"{versions}.",
        f"Medians of {rounds} [lowest..highest]." +
        (" A quick run: no figures to quote." if quick else ""),
    ]


def options():
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one short round: does it all work?")
    parser.add_argument("--rounds", type=int, default=None, help="runs of each (3)")
    parser.add_argument("--only", default="", metavar="WORKLOAD,...",
                        help=", ".join(workload.key for workload in workloads.WORKLOADS) +
                             "; the beginning of a name will do")
    parser.add_argument("--servers", default="", metavar="NAME,...",
                        help=", ".join(kind.name for kind in SERVERS))
    chosen = parser.parse_args()
    chosen.rounds = chosen.rounds or (1 if chosen.quick else ROUNDS)
    try:
        chosen.workloads = workloads.chosen([word for word in chosen.only.split(",") if word])
    except KeyError as problem:
        parser.error(f"there is no workload {problem}")
    names = chosen.servers.split(",") if chosen.servers else [kind.name for kind in SERVERS]
    chosen.kinds = [kind for kind in SERVERS if kind.name in names]
    if len(chosen.kinds) != len(set(names)):
        parser.error(f"the servers are {', '.join(kind.name for kind in SERVERS)}")
    chosen.whole = chosen.rounds >= ROUNDS and not (chosen.quick or chosen.only or chosen.servers)
    return chosen


def main():
    chosen = options()
    reports = Reports()
    if chosen.quick:
        for workload in chosen.workloads:
            workload.hurry()
    for number in range(max(workload.runs(chosen.rounds) for workload in chosen.workloads)):
        measure_round(reports, number, chosen.rounds, chosen.workloads, chosen.kinds)
    extra = []
    if not chosen.only and Teahouse in chosen.kinds:
        messages, accounts = (100_000, 10_000) if chosen.quick else (1_000_000, 100_000)
        extra = [*measure_starts(reports, messages, accounts), measure_keys()]
    history = [workload for workload in chosen.workloads if workload.past]
    if history and Teahouse in chosen.kinds:
        extra.append(measure_first(reports, history[0].past))
    folder = FIGURES if chosen.whole else TRIAL_FIGURES
    folder.mkdir(parents=True, exist_ok=True)
    reports.save(BUILD / "reports.json")
    page = table.page(reports, head(chosen.rounds, chosen.quick, chosen.kinds), extra)
    (folder / "results.md").write_text(page)
    plot.write(reports, folder)
    print(page, end="")
    say(f"This is in {folder}, with pictures.")
    return 1 if any(name.startswith("teahouse") for name, _, _ in reports.failures) else 0


if __name__ == "__main__":
    sys.exit(main())
