"""A real teahouse server for a test, and a client of it that is like nc.

Everything waits for an event and gives up at a deadline; nothing waits for time to pass. Deadlines
are generous, since they matter only when something is broken, and longer for a server that was
built with a sanitizer (SLOW is how many times longer)."""

import os
import re
import select
import signal
import socket
import sqlite3
import struct
import subprocess
import threading
import time
from pathlib import Path

from tls import TlsSocket, any_server

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("TEAHOUSE_BIN") or ROOT / "build" / "teahouse").absolute()
SHIM = os.environ.get("TEAHOUSE_SHIM") and Path(os.environ["TEAHOUSE_SHIM"]).absolute()
LONG = os.environ.get("TEAHOUSE_LONG") == "1"

GREETING = "请输入昵称:"
ACCEPTED = "昵称设置成功\n"
TAKEN = "当前昵称已经存在，请重新输入\n"
INVALID = "昵称不合法，请重新输入\n"
GOODBYE = "退出"
SYSTEM = "系统消息"

SANITIZER = re.compile(r"(Address|Thread|Leak|Memory|UndefinedBehavior)Sanitizer|runtime error:")


def entered(nick):
    return f"系统消息{nick}进入了聊天室\n"


def left(nick):
    return f"系统消息{nick}退出了聊天室\n"


def _sanitized(program):
    try:
        image = Path(program).read_bytes()
    except OSError:
        return False
    return b"__asan_init" in image or b"__tsan_init" in image


SLOW = 8 if _sanitized(PROGRAM) else 1
PATIENCE = 10 * SLOW


def count(usual, long):
    """How many times: usual in ./test, long in ./test long."""
    return long if LONG else usual


def readable(sock, seconds):
    """Whether there is something to read, or the end, within so many seconds. poll(), since a test may
    have more than 1024 descriptors."""
    if isinstance(sock, TlsSocket):
        return sock.readable(seconds)
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(max(0, seconds) * 1000))


def pause(seconds):
    """For tests of what a pause means to the server: never for waiting until something has happened."""
    threading.Event().wait(seconds)


class Deadline:
    """A moment after which waiting is a failure."""

    def __init__(self, seconds=PATIENCE):
        self.at = time.monotonic() + seconds

    def left(self):
        return max(0.0, self.at - time.monotonic())

    def passed(self):
        return time.monotonic() >= self.at


class Lines:
    """The lines a program printed so far, read by a thread of its own."""

    def __init__(self, stream):
        self.lines = []
        self.ended = False
        self._more = threading.Condition()
        self._stream = stream
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        for raw in self._stream:
            with self._more:
                self.lines.append(raw.decode("utf-8", "replace").rstrip("\n"))
                self._more.notify_all()
        with self._more:
            self.ended = True
            self._more.notify_all()

    def wait(self, wanted, seconds=PATIENCE, start=0):
        """The first line from number start on for which wanted(line) holds; None if the program
        ended, or the time passed, without one."""
        deadline = Deadline(seconds)
        with self._more:
            while True:
                for line in self.lines[start:]:
                    if wanted(line):
                        return line
                start = len(self.lines)
                if self.ended or deadline.passed():
                    return None
                self._more.wait(deadline.left())

    def join(self, seconds=PATIENCE):
        self._thread.join(seconds)

    def text(self):
        with self._more:
            return "\n".join(self.lines)


class Server:
    """teahouse serve on free ports, with its data in a folder that outlives it.

    sets: {"section.key": value} for --set; args: more of the command line; env: more of the
    environment; before: called in the child before the program starts (resource limits);
    user: numeric id to run as."""

    def __init__(self, data, *, listen=("plain://127.0.0.1:0",), sets=None, args=(), env=None,
                 program=None, before=None, user=None):
        self.data = Path(data)
        self.program = program or PROGRAM
        self.command = [str(self.program), "serve", "--data", str(self.data)]
        for url in listen:
            self.command += ["--listen", url]
        for key, value in (sets or {}).items():
            self.command += ["--set", f"{key}={value}"]
        self.command += [str(arg) for arg in args]
        self.env = dict(os.environ, **(env or {}))
        self.before = before
        self.user = user
        self.process = None
        self.urls = []

    def start(self, wait=True):
        assert self.process is None, "this server runs already"
        self.process = subprocess.Popen(
            self.command, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, preexec_fn=self.before, user=self.user)
        self.out = Lines(self.process.stdout)
        self.log = Lines(self.process.stderr)
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self):
        if self.out.wait(lambda line: line == "ready") is None:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the server did not become ready:\n{self.said()}")
        self.urls = [line.split()[-1] for line in self.out.lines
                     if line.startswith("listening on ")]

    def address_of(self, scheme):
        """(host, port) of the first listener of a protocol, which is "irc" also in TLS; None: of the
        first one."""
        for spoken, address in self._places():
            if scheme in (None, spoken, spoken.removesuffix("s")):
                return address
        raise AssertionError(f"nobody listens on {scheme}")

    def speaks_tls(self, address):
        return ("ircs", address) in self._places()

    def _places(self):
        for url in self.urls:
            scheme, host, port = re.fullmatch(r"(\w+)://(.*):(\d+)", url).groups()
            yield scheme, (host.strip("[]"), int(port))

    @property
    def address(self):
        """(host, port) of the first listener."""
        return self.address_of(None)

    @property
    def pid(self):
        return self.process.pid

    def said(self):
        """All it printed, for failure messages."""
        command = " ".join(self.command)
        return f"{command}\n-- out --\n{self.out.text()}\n-- err --\n{self.log.text()}"

    def wait_log(self, part, seconds=PATIENCE):
        """The first log line that holds part."""
        line = self.log.wait(lambda line: part in line, seconds)
        assert line is not None, f"no log line with {part!r}:\n{self.log.text()}"
        return line

    def wait_end(self, seconds=PATIENCE):
        """Its exit code, once it has ended by itself."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it still runs after {seconds} s:\n{self.said()}") from None
        self.out.join()
        self.log.join()
        return code

    def stop(self, sig=signal.SIGTERM, seconds=PATIENCE):
        """Asks it to end, which must succeed. How many seconds that took."""
        if self.process is None:
            return 0.0
        began = time.monotonic()
        running = self.process.poll() is None
        if running:
            self.process.send_signal(sig)
        code = self.wait_end(seconds)
        took = time.monotonic() - began
        self.check_sanitizer()
        early = "" if running else ", before it was asked"
        assert code == 0, f"exit code {code}{early}:\n{self.said()}"
        self.discard()
        return took

    def kill9(self):
        """Ends it as a crash would."""
        self.process.kill()
        self.process.wait()
        self.out.join()
        self.log.join()
        self.check_sanitizer()
        self.discard()

    def failed(self):
        """The one sentence of a server that could not start."""
        code = self.wait_end()
        said = [line for line in self.log.lines if line.strip()]
        self.check_sanitizer()
        assert code > 0, f"exit code {code}, expected a refusal:\n{self.said()}"
        assert "ready" not in self.out.lines, self.said()
        assert len(said) == 1, f"expected one sentence:\n{self.said()}"
        self.discard()
        return said[0]

    def restart(self):
        """Once more, with the same data. It must have ended."""
        return self.start()

    def discard(self):
        """Lets go of the process, ending it if it still runs."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.out.join()
        self.log.join()
        self.process.stdout.close()
        self.process.stderr.close()
        self.process = None

    def check_sanitizer(self):
        report = [line for line in self.log.lines if SANITIZER.search(line)]
        assert not report, f"a sanitizer has something to say:\n{self.log.text()}"

    def history(self, room="#lobby", kinds=(1,)):
        """[(seq, id, ms, nick, body)] of a room, in the order of seq. Checks what must always hold:
        seqs without gaps from 1, ids rising, times never going back."""
        db = sqlite3.connect(f"file:{self.data / 'history.db'}?mode=ro", uri=True)
        try:
            rows = db.execute(
                "SELECT m.seq, m.id, m.ms, s.nick, m.body, m.kind FROM msg m"
                " JOIN room r ON r.number = m.room JOIN sender s ON s.id = m.sender"
                " WHERE r.kind = 0 AND r.key = ? ORDER BY m.seq", (room,)).fetchall()
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        finally:
            db.close()
        assert [row[0] for row in rows] == list(range(1, len(rows) + 1)), "seqs have gaps"
        for before, after in zip(rows, rows[1:]):
            assert before[1] < after[1] and before[2] <= after[2], f"{before} comes before {after}"
        return [row[:5] for row in rows if row[5] in kinds]


def socket_to(server, address, context=None):
    """Not connected yet; it speaks TLS if that server does there. None: somebody else's address."""
    sock = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
    if server and server.speaks_tls(address):
        return TlsSocket(sock, context or any_server())
    return sock


class LineClient:
    """Someone with nc: sends bytes, reads lines. All waiting ends at a deadline."""

    def __init__(self, server, nick=None, *, address=None, receive_buffer=None, context=None):
        self.name = nick or "nobody yet"
        self.seen = b""  # everything that came, for failure messages
        self._unread = b""
        self.ended = False
        address = address or server.address
        self.sock = socket_to(server, address, context)
        if receive_buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(address)
        # What is sent in pieces must go out in pieces.
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if nick:
            self.enter(nick)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def enter(self, nick):
        """Past the nickname prompt, up to the line that names /help."""
        self.name = nick
        self.expect(GREETING)
        self.say(nick)
        self.expect(ACCEPTED)
        self.until("/help")
        return self

    def send(self, data):
        if isinstance(data, str):
            data = data.encode()
        self.sock.settimeout(PATIENCE)
        self.sock.sendall(data)

    def say(self, text):
        self.send(text + "\n")

    def unread(self):
        return self._unread

    def take(self, size):
        self._unread = self._unread[size:]

    def more(self, deadline, what):
        """Reads once. False at the end of the stream."""
        if self.ended:
            return False
        try:
            self.sock.settimeout(max(0.001, deadline.left()))
            data = self.sock.recv(65536)
        except socket.timeout:
            raise AssertionError(f"{self.name} waited for {what}; {self._came()}") from None
        except ConnectionResetError:
            data = b""
        self.seen += data
        self._unread += data
        self.ended = not data
        return not self.ended

    def _came(self):
        tail = self.seen[-1500:].decode("utf-8", "backslashreplace")
        return f"unread is {self._unread[:1500]!r}; last came:\n{tail}"

    def expect(self, text, seconds=PATIENCE):
        """Exactly these bytes come next."""
        wanted = text.encode() if isinstance(text, str) else text
        deadline = Deadline(seconds)
        while len(self._unread) < len(wanted) and wanted.startswith(self._unread):
            if not self.more(deadline, repr(text)):
                break
        assert self._unread.startswith(wanted), f"{self.name} expected {text!r}; {self._came()}"
        self.take(len(wanted))

    def line(self, seconds=PATIENCE):
        """The next line, without its newline."""
        deadline = Deadline(seconds)
        while b"\n" not in self._unread:
            assert self.more(deadline, "a line"), f"{self.name} got no line; {self._came()}"
        line, self._unread = self._unread.split(b"\n", 1)
        return line.decode()

    def until(self, part, seconds=PATIENCE):
        """Reads lines up to the first that holds part; all of them."""
        deadline = Deadline(seconds)
        lines = []
        while not lines or part not in lines[-1]:
            try:
                lines.append(self.line(max(0.001, deadline.left())))
            except AssertionError as problem:
                raise AssertionError(f"no line with {part!r}: {problem}") from None
        return lines

    def ask(self, command, part=SYSTEM):
        """Sends a command, and returns its answer's first line that holds part."""
        self.say(command)
        return self.until(part)[-1]

    def silent(self, seconds=0.3):
        """Nothing comes for a while: the one wait that proves an absence."""
        if not self._unread and readable(self.sock, seconds):
            self.more(Deadline(1), "nothing")
        assert not self._unread, f"{self.name} expected nothing; {self._came()}"

    def closed(self, seconds=PATIENCE):
        """Reads to the end of the stream; what still came before it."""
        deadline = Deadline(seconds)
        while self.more(deadline, "the end of the stream"):
            pass
        rest, self._unread = self._unread, b""
        return rest.decode("utf-8", "backslashreplace")

    def drain(self):
        """Reads what is there already, so that nothing piles up, and forgets it."""
        while readable(self.sock, 0) and self.more(Deadline(1), "nothing"):
            pass
        self._unread = b""

    def end(self):
        """Half-closes: nothing more will be said, what comes is still read."""
        self.sock.shutdown(socket.SHUT_WR)

    def vanish(self):
        """Gone without a goodbye: the server gets a reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def close(self):
        self.sock.close()
