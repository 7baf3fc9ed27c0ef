"""The reports as Markdown."""

import statistics

import goals
import workloads

MINUS = "–"


def table(rows):
    """The first row is the head."""
    head, *others = rows
    return [f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *others]]


def cell(reports, workload, server, figure):
    """The median, and the range when there are several."""
    values = reports.values(workload.key, server, figure.key)
    if not values:
        return MINUS
    middle, low, high = (figure.text(value)
                         for value in (statistics.median(values), min(values), max(values)))
    return f"{middle} [{low}..{high}]" if len(values) > 1 else middle


def reference(workload):
    """Whom the others are compared with: the relay where there is one."""
    return next(name for name in ("relay-writev", "teahouse", *workload.servers)
                if name in workload.servers)


def ratio(reports, workload, server):
    """How many times the reference's first figure."""
    key = workload.figures[0].key
    one, other = (reports.median_or_none(workload.key, name, key)
                  for name in (server, reference(workload)))
    return f"{one / other:.2f}" if one is not None and other else MINUS


def figures(reports, workload):
    """A table of one workload: a row for each server that was asked to do it."""
    compared = len(workload.servers) > 1
    head = ["server", *(figure.name for figure in workload.figures),
            *([f"the first, × {reference(workload)}"] if compared else [])]
    rows = [[server, *(cell(reports, workload, server, figure) for figure in workload.figures),
             *([ratio(reports, workload, server)] if compared else [])]
            for server in workload.servers
            if (workload.key, server) in reports.reports or
            any((server, str(workload)) == failure[:2] for failure in reports.failures)]
    return table([head, *rows]) if rows else []


def asked(reports):
    rows = goals.rows(reports)
    counts = {word: sum(row[3] == word for row in rows) for word in ("yes", "no", "not measured")}
    return [f"{counts['yes']} hold, {counts['no']} do not, {counts['not measured']} were not measured.",
            "", *table([["goal", "asked", "measured", "holds"], *rows])]


def disk(reports):
    p50, p99 = (reports.median_or_none("disk", "this disk", f"sync_{p}_us") for p in ("p50", "p99"))
    if p50 is None:
        return []
    lines = [f"Appending 4 KiB and fdatasync, beside nothing else: p50 {p50 / 1000:.2f} ms, "
             f"p99 {p99 / 1000:.2f} ms."]
    try:
        alone = [goals.commit(f"echo_{p}_us")(reports) / 1000 for p in ("p50", "p99")]
        lines.append(f"A commit of one message, as its echo's delay beyond the relay's: p50 "
                     f"{alone[0]:.2f} ms, p99 {alone[1]:.2f} ms.")
    except goals.Missing:
        pass
    return lines


def foreign(reports):
    if not reports.foreign:
        return []
    return [f"Other work on the machine: {statistics.median(reports.foreign):.1f} cores by median, "
            f"{max(reports.foreign):.1f} at worst."]


def failures(reports):
    if not reports.failures:
        return ["Lost, doubled, damaged, let go: none, in any run of any server."]
    return ["Failed:", "", *(f"- {server}, {title}: {why}" for server, title, why in reports.failures)]


def page(reports, head, extra=()):
    """head: lines about the machine and the run; extra: what was measured besides the workloads."""
    lines = [*head, *foreign(reports), "", *failures(reports), "", "## Goals", "", *asked(reports), ""]
    for workload in workloads.WORKLOADS:
        if rows := figures(reports, workload):
            title = str(workload)
            lines += [f"## {title[0].upper()}{title[1:]}", "", *rows, ""]
    return "\n".join([*lines, "## The rest", "", *disk(reports), *extra]).rstrip() + "\n"
