"""One run: a server freshly started, the load on it, and what the kernel says of both."""

import contextlib
import json
import os
import shutil
import subprocess
import tempfile

import machine
import past
import people
from servers import BUILD, Failed

RUN_SECONDS_MAX = 300


class Load:
    """with Load(server, workload, cpu) as load: the load generator runs; load.report() waits for it."""

    def __init__(self, server, workload, cpu, more=()):
        command = [BUILD / "teahouse", "bench", workload.name, server.url, "--json",
                   "--pid", server.pid]
        options = {"at-once": server.at_once, **dict(more), **workload.options}
        if cpu is not None:
            options["cpu"] = cpu
        for name, value in options.items():
            command += [f"--{name}", value]
        self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    def report(self):
        """It is checked: whatever was lost or refused is a failure."""
        try:
            out, errors = self.process.communicate(timeout=RUN_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            raise Failed(f"not done after {RUN_SECONDS_MAX} s") from None
        if self.process.returncode != 0:
            code = self.process.returncode
            raise Failed(errors.strip() or f"the load generator ended with {code}")
        return json.loads(out)


def load(server, workload, cpu, more=()):
    with Load(server, workload, cpu, more) as running:
        return running.report()


def io_share(before, after):
    """Of what all I/O threads used, the least that one of them did, in percent."""
    used = [b - a for a, b in zip(before, after)]
    return 100 * min(used) / sum(used) if sum(used) > 0 else 0


@contextlib.contextmanager
def found(workload):
    """What the server finds: [its data folder], or [] for an empty one; and what the load generator has to
    know of it."""
    if workload.past:
        yield [past.folder_with(workload.past)], {}
    elif workload.accounts:
        data, hashed = BUILD / f"accounts-{os.getpid()}", people.password_hash()
        try:
            people.write(data, workload.accounts, hashed)
            yield [data], {"hash": hashed}
        finally:
            shutil.rmtree(data, ignore_errors=True)
    else:
        yield [], {}


def run(kind, workload):
    """A report of this workload by this kind of server. Raises Failed."""
    server_cpu, load_cpu = machine.cores() if workload.pinned else (None, None)
    with (tempfile.TemporaryDirectory(prefix="bench-") as folder, found(workload) as (data, more),
          kind(folder, server_cpu, *data) as server):
        before = machine.thread_seconds(server.pid, "io")
        report = load(server, workload, load_cpu, more)
        after = machine.thread_seconds(server.pid, "io")
    if len(after) > 1:
        report["io_share_percent"] = io_share(before, after)
    return report
