"""How many idle connections fit on this machine, and what one of them takes. Called by
bench/connections.

    bench/connections [--most 1000000] [--server teahouse]

Clients that have joined a room of 50 and say nothing are opened until there are as many as asked for,
or until a limit is met: descriptors of a process, ports, or memory, of which a tenth is left alone.
Memory is read when a tenth of them is there and at the end; the slope between is the price of one.
The clients are on the same machine, so what the kernel takes is for both ends."""

import argparse
import resource
import sys
import tempfile
from pathlib import Path

from guests import Crowd
from servers import SERVERS, Failed

PATIENCE = 60
STEP = 5000  # connections between two looks at the memory
SPARE = 200  # descriptors that a process needs for itself
CACHES = 6


def say(text):
    print(text, file=sys.stderr, flush=True)


def number(path):
    return int(Path(path).read_text().split()[0])


def lift_descriptors(most):
    """(descriptors that a process may have, why it may not have more)"""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = most + SPARE
    kernel = number("/proc/sys/fs/nr_open")
    why = "RLIMIT_NOFILE"
    if hard < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, kernel),) * 2)
            hard, why = min(wanted, kernel), "fs.nr_open"
        except (ValueError, OSError):
            why = "RLIMIT_NOFILE, which cannot be raised here"
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard, why


def meminfo(key):
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) * 1024
    raise Failed(f"/proc/meminfo has no {key}")


def caches():
    """Bytes of each of the kernel's caches; only root may know."""
    try:
        lines = Path("/proc/slabinfo").read_text().splitlines()[2:]
    except PermissionError:
        return {}
    return {words[0]: int(words[2]) * int(words[3]) for words in map(str.split, lines)}


def buffers():
    """Bytes that the sockets of the whole machine hold."""
    for line in Path("/proc/net/sockstat").read_text().splitlines():
        if line.startswith("TCP:"):
            return int(line.split()[-1]) * resource.getpagesize()
    return 0


def own(pid):
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Anonymous:"):
            return int(line.split()[1]) * 1024
    raise Failed("smaps_rollup does not tell")


class Look:
    """The memory with so many connections there."""

    def __init__(self, pid, count):
        self.count = count
        self.own = own(pid)
        self.slab = meminfo("Slab")
        self.buffers = buffers()
        self.caches = caches()


class Slope:
    """Bytes for each connection between two looks."""

    def __init__(self, few, many):
        def of(a, b):
            return max(0, b - a) / (many.count - few.count)

        self.own = of(few.own, many.own)
        self.slab = of(few.slab, many.slab)
        self.buffers = of(few.buffers, many.buffers)
        each = {name: of(few.caches.get(name, 0), size) for name, size in many.caches.items()}
        self.caches = sorted(((size, name) for name, size in each.items() if size >= 1),
                             reverse=True)[:CACHES]


def grow(crowd, pid, most):
    """Opens most of them, or fewer. (look at a tenth, look at the end, what stopped it)"""
    tenth = max(1, most // 10)
    least = meminfo("MemTotal") // 10
    few = None
    while crowd.count < most:
        stopped = crowd.grow(tenth if few is None else min(most, crowd.count + STEP), PATIENCE)
        if stopped:
            return few, Look(pid, crowd.count), stopped
        few = few or Look(pid, crowd.count)
        say(f"{crowd.count} connections")
        if meminfo("MemAvailable") < least:
            return few, Look(pid, crowd.count), "memory: a tenth of it is left"
    return few, Look(pid, crowd.count), None


def gib(size):
    return f"{size / 2 ** 30:.2f} GiB"


def report(slope, look, stopped, million=1_000_000):
    """The lines for the reader."""
    kernel = slope.slab + slope.buffers
    low, high = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    lines = [
        f"{look.count} idle connections; stopped by {stopped or 'nothing'}.",
        "",
        "Bytes for each of them:",
        f"  {slope.own:8.0f}  the server's own memory (Anonymous of smaps_rollup)",
        f"  {slope.slab:8.0f}  the kernel's slab, both ends (Slab of /proc/meminfo)",
        *(f"    {size:8.0f}  {name}" for size, name in slope.caches),
        f"  {slope.buffers:8.0f}  the sockets' buffers, both ends (/proc/net/sockstat)",
        "",
        f"A million of them would take {gib(million * slope.own)} of the server, "
        f"{gib(million * kernel)} of the kernel for both ends, about half of it for the server's,",
        f"RLIMIT_NOFILE of {million + SPARE} (fs.nr_open is {number('/proc/sys/fs/nr_open')}, "
        f"fs.file-max {number('/proc/sys/fs/file-max')}), and, from one machine,",
        f"{-(-million // (high - low + 1))} source addresses with {high - low + 1} ports each.",
    ]
    return "\n".join(lines)


def run(kind, most, each, why):
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, kind(folder) as server:
        crowd = Crowd(server.port, each, server.at_once)
        try:
            few, many, stopped = grow(crowd, server.pid, min(most, each))
        finally:
            crowd.close()
    if few is None or few.count == many.count:
        raise Failed(f"only {many.count} connections: {stopped}")
    if not stopped and many.count < most:
        stopped = f"descriptors: a process may have {each + SPARE} ({why})"
    return report(Slope(few, many), many, stopped)


def main():
    parser = argparse.ArgumentParser(prog="bench/connections", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=1_000_000)
    parser.add_argument("--server", default="teahouse", 
                        choices=[kind.name for kind in SERVERS if kind.scheme == "irc"])
    options = parser.parse_args()
    if options.most < 20:
        parser.error("--most has to be 20 at least")
    kind = next(kind for kind in SERVERS if kind.name == options.server)
    descriptors, why = lift_descriptors(options.most)
    try:
        print(run(kind, options.most, descriptors - SPARE, why))
    except Failed as problem:
        say(str(problem))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
