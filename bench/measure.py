"""One run: a server freshly started, the load on it, and what the kernel says of both."""

import json
import subprocess
import tempfile

import machine
from servers import BUILD, Failed

RUN_SECONDS_MAX = 300


def load(server, workload, cpu):
    """The load generator's report. It is checked: whatever was lost or refused is a failure."""
    command = [BUILD / "teahouse", "bench", workload.name, server.url, "--json", "--pid", server.pid]
    options = {"at-once": server.at_once, **workload.options}
    if cpu is not None:
        options["cpu"] = cpu
    for name, value in options.items():
        command += [f"--{name}", value]
    try:
        run = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                             timeout=RUN_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        raise Failed(f"not done after {RUN_SECONDS_MAX} s") from None
    if run.returncode != 0:
        raise Failed(run.stderr.strip() or f"the load generator ended with {run.returncode}")
    return json.loads(run.stdout)


def io_share(before, after):
    """Of what all I/O threads used, the least that one of them did, in percent."""
    used = [b - a for a, b in zip(before, after)]
    return 100 * min(used) / sum(used) if sum(used) > 0 else 0


def run(kind, workload):
    """A report of this workload by this kind of server. Raises Failed."""
    server_cpu, load_cpu = machine.cores()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, kind(folder, server_cpu) as server:
        before = machine.thread_seconds(server.pid, "io")
        report = load(server, workload, load_cpu)
        after = machine.thread_seconds(server.pid, "io")
    if len(after) > 1:
        report["io_share_percent"] = io_share(before, after)
    return report
