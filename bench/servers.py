"""The servers that are compared: how each is configured, started, and ended.

All are on a free port of 127.0.0.1, with their data in a folder of their own, and with everything
lifted that slows a client down on purpose: the question is what a server can do, not what it allows
strangers. None asks DNS or ident."""

import os
import re
import resource
import shutil
import socket
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build-bench"
PATIENCE = 20
NOBODY = 65534

NGIRCD = """\
[Global]
Name = ngircd.bench
Info = bench
Listen = 127.0.0.1
Ports = {port}
MotdPhrase = bench
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxPenaltyTime = 0
PingTimeout = 36000
PongTimeout = 36000
[Options]
DNS = no
Ident = no
PAM = no
IncludeDir = {folder}/none
"""

INSPIRCD = """\
<server name="inspircd.bench" description="bench" network="bench" id="0BE">
<admin name="bench" nick="bench" email="bench@inspircd.bench">
<bind address="127.0.0.1" port="{port}" type="clients">
<connect name="bench" allow="*" timeout="600" pingfreq="36000"
	threshold="4000000" commandrate="1000000" fakelag="no"
	recvq="1M" softsendq="1G" hardsendq="1G"
	localmax="1000000" globalmax="1000000" limit="1000000" maxconnwarn="no"
	resolvehostnames="no" useident="no" maxchans="100">
<performance softlimit="1000000" somaxconn="4096" quietbursts="yes" timeskipwarn="0">
<dns server="127.0.0.1" timeout="1">
<pid file="{folder}/inspircd.pid">
"""


class Failed(Exception):
    """A server or a run did not do what it should; the text says what."""


def find(name):
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return sock.getsockname()[1]


class Server:
    """with Server(folder, cpu) as server: it runs, on server.port, with server.pid."""

    name = "?"
    scheme = "irc"
    at_once = 256  # clients that may be registering at the same time
    unprivileged = True  # never as root

    def __init__(self, folder, cpu=None):
        self.folder = Path(folder)
        self.cpu = cpu
        self.process = None
        self.port = None

    def command(self):
        raise NotImplementedError

    def wait_ready(self):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise Failed(f"{self.name} did not start: {self.log()}")

    def log(self):
        return (self.folder / "log").read_text(errors="replace")[-500:].strip()

    def _in_child(self):
        if self.cpu is not None:
            os.sched_setaffinity(0, {self.cpu})
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    def __enter__(self):
        as_other = {}
        command = self.command()
        if self.unprivileged and os.geteuid() == 0:
            as_other = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
            for path in [self.folder, *self.folder.iterdir()]:
                os.chown(path, NOBODY, NOBODY)
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            preexec_fn=self._in_child, cwd=self.folder, **as_other)
        try:
            self.wait_ready()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def pid(self):
        return self.process.pid

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @classmethod
    def version(cls):
        """As the table says it; "" when another line says so already."""
        return ""


class Ours(Server):
    """Says where it listens, and when it is ready."""

    unprivileged = False

    def wait_ready(self):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            said = (self.folder / "log").read_text(errors="replace")
            if re.search("^ready$", said, re.M):
                self.port = int(re.search(r"listening on (?:ircs?://)?127\.0\.0\.1:(\d+)", said)[1])
                return
            time.sleep(0.001)
        raise Failed(f"{self.name} did not start: {self.log()}")


class Relay(Ours):
    """No server at all: what the kernel allows (bench/relay.c)."""

    mode = "?"

    def command(self):
        return [BUILD / "bench/teahouse-relay", "--mode", self.mode, "--listen", "0"]


class RelaySend(Relay):
    name, mode = "relay-send", "send"


class RelayWritev(Relay):
    name, mode = "relay-writev", "writev"


class RelayRoom(Relay):
    name, mode = "relay-room", "room"


class Teahouse(Ours):
    """As it comes, with one I/O thread: everything on disk before anyone sees it. Its data are where
    the tree is, since /tmp may be a disk that is none."""

    name = "teahouse"
    threads = 1
    durability = "full"

    def __init__(self, folder, cpu=None, data=None):
        super().__init__(folder, cpu)
        self.data = data or BUILD / f"data-{os.getpid()}"
        self.keeps_data = data is not None
        self.seconds_to_ready = None

    def command(self):
        return [BUILD / "teahouse", "serve", "--data", self.data, "--listen",
                f"{self.scheme}://127.0.0.1:0", "--exempt", "127.0.0.0/8",
                "--threads", str(self.threads), "--durability", self.durability]

    def __enter__(self):
        self.began = time.monotonic()
        return super().__enter__()

    def wait_ready(self):
        super().wait_ready()
        self.seconds_to_ready = time.monotonic() - self.began

    def end(self):
        super().end()
        if not self.keeps_data:
            shutil.rmtree(self.data, ignore_errors=True)

    @classmethod
    def version(cls):
        return first_line([BUILD / "teahouse", "--version"])


class TeahouseRelaxed(Teahouse):
    """Shown first and stored afterwards."""

    name, durability = "teahouse-relaxed", "relaxed"


class TeahouseBare(Teahouse):
    """Nothing is stored, like the other servers: what the chat alone costs."""

    name, durability = "teahouse-bare", "none"


class TeahouseTls(Teahouse):
    """With a certificate that it makes for itself."""

    name, scheme = "teahouse-tls", "ircs"


class TeahouseTwoThreads(Teahouse):
    name, threads = "teahouse-2threads", 2


class Ngircd(Server):
    """Its queue of connections not yet accepted has ten places: with more knocking at once, the kernel
    drops some, and each of those waits for a second."""

    name = "ngircd"
    at_once = 8

    def command(self):
        self.port = free_port()
        config = self.folder / "ngircd.conf"
        config.write_text(NGIRCD.format(port=self.port, folder=self.folder))
        return [find("ngircd"), "-n", "-f", config]

    @classmethod
    def version(cls):
        return first_line([find("ngircd"), "--version"]).split("-")[0]


class Inspircd(Server):
    """It lets newcomers in once a second, so many of them have to wait together."""

    name = "inspircd"
    at_once = 2000

    def command(self):
        self.port = free_port()
        config = self.folder / "inspircd.conf"
        config.write_text(INSPIRCD.format(port=self.port, folder=self.folder))
        return [find("inspircd"), "--nofork", "--nolog", "--config", config]

    @classmethod
    def version(cls):
        return first_line([find("inspircd"), "--version"]).replace("-", " ").removesuffix(" debian")


SERVERS = [RelaySend, RelayWritev, RelayRoom, Teahouse, TeahouseBare, TeahouseRelaxed, TeahouseTls,
           TeahouseTwoThreads, Ngircd, Inspircd]


def first_line(command):
    run = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    return (run.stdout + run.stderr).strip().partition("\n")[0]
