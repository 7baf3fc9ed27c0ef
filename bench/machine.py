"""What the machine is, and what else it does while something is measured."""

import os
import resource
import time
from pathlib import Path

SYNCS = 500
SYNC_BYTES = 4096


def cores():
    """(the server's, the load's): None where there is only one, and nobody is pinned."""
    allowed = sorted(os.sched_getaffinity(0))
    return (allowed[0], allowed[1]) if len(allowed) > 1 else (None, None)


def filesystem(path):
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    return max((m for m in mounts if str(path).startswith(m[0])), key=lambda m: len(m[0]))[1]


def in_words(data):
    """The machine in a line; data: the folder whose file system counts."""
    kernel = ".".join(os.uname().release.split(".")[:2])
    pinned = "server and load pinned to a core each" if cores()[0] is not None else "not pinned"
    return f"{os.cpu_count()} cores, kernel {kernel}, data on {filesystem(data)}; {pinned}"


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


def thread_seconds(pid, name):
    """CPU seconds of each thread of a process that has this name, in the order of their numbers."""
    seconds = []
    for task in sorted(Path(f"/proc/{pid}/task").iterdir(), key=lambda path: int(path.name)):
        before, _, after = (task / "stat").read_text().rpartition(")")
        if before.partition("(")[2] == name:
            user, system = after.split()[11:13]
            seconds.append((int(user) + int(system)) / os.sysconf("SC_CLK_TCK"))
    return seconds


def percentile(ordered, percent):
    """Of numbers in ascending order."""
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def sync_report(folder):
    """How long this disk takes to keep a page: appended and synced, again and again."""
    took = []
    path = Path(folder) / f"sync-{os.getpid()}"
    fd = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    try:
        for _ in range(SYNCS):
            began = time.monotonic()
            os.write(fd, bytes(SYNC_BYTES))
            os.fdatasync(fd)
            took.append((time.monotonic() - began) * 1e6)
    finally:
        os.close(fd)
        path.unlink()
    took.sort()
    return {"sync_p50_us": percentile(took, 50), "sync_p99_us": percentile(took, 99)}
