"""What a program is driven with as its user would: files that it writes, pipes that it reads, a terminal,
and what it and its server say to each other.

It finds nothing but what is written here: no configuration of anybody's, and a folder of its own."""

import ctypes
import fcntl
import os
import pty
import re
import select
import stat
import struct
import subprocess
import termios
import threading
from pathlib import Path

from proxy import Proxy
from teahouse import PATIENCE, Deadline

ENVIRONMENT = {
    "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TERM": "xterm", "TZ": "UTC"}

# inotify(7)
IN_MODIFY, IN_MOVED_TO, IN_CREATE = 0x2, 0x80, 0x100


class Folder:
    """The text of all files under a folder, waited for as it is written."""

    def __init__(self, path):
        self.path = Path(path)
        self.path.mkdir(parents=True, exist_ok=True)
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._inotify = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        assert self._inotify >= 0, os.strerror(ctypes.get_errno())

    def _watch(self):
        """Folders first, files afterwards: what is made in between wakes us up once more."""
        for folder, _, _ in os.walk(self.path):
            self._libc.inotify_add_watch(self._inotify, os.fsencode(folder),
                                         IN_MODIFY | IN_MOVED_TO | IN_CREATE)

    def files(self):
        for folder, _, names in os.walk(self.path):
            yield from (Path(folder, name) for name in names)

    def text(self):
        texts = (path.read_bytes() for path in self.files() if stat.S_ISREG(path.stat().st_mode))
        return b"\n".join(texts).decode("utf-8", "replace")

    def wait(self, wanted, what, seconds=PATIENCE):
        """Until wanted() returns something, which is asked again whenever there is news."""
        deadline = Deadline(seconds)
        poll = select.poll()
        poll.register(self._inotify, select.POLLIN)
        while True:
            self._watch()
            found = wanted()
            if found:
                return found
            assert not deadline.passed(), f"no {what} in {self.path}:\n{self.text()}"
            if poll.poll(deadline.left() * 1000):
                os.read(self._inotify, 65536)

    def wait_text(self, text, seconds=PATIENCE):
        self.wait(lambda: text in self.text(), repr(text), seconds)

    def wait_file(self, name, seconds=PATIENCE):
        """The path of a file that matches name."""
        return self.wait(lambda: next((path for path in self.files() if path.match(name)), None),
                         f"file {name}", seconds)

    def close(self):
        os.close(self._inotify)


class Pipe:
    """A named pipe that a client reads its orders from. It stays open, since every end of it is one more
    moment in which an order could get lost; and is opened for both ways, which never waits."""

    def __init__(self, path):
        self._fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)

    def say(self, line):
        os.write(self._fd, f"{line}\n".encode())

    def close(self):
        os.close(self._fd)


class WireLog:
    """What a client that encrypts tells of its talk with the server: its own log, a line for each.
    Asked as a Proxy is."""

    SAID, ASKED = ">>", "<<"  # catgirl's marks

    def __init__(self, folder):
        self._folder = Folder(folder)
        self.file = self._folder.path / "wire"
        self.file.touch()

    def _lines(self, mark):
        data = self.file.read_bytes()
        whole = data[:data.rfind(b"\n") + 1].decode("utf-8").split("\n")[:-1]
        shape = re.compile(rf"{mark} (.*?)\r?$")
        return [found[1] for found in map(shape.match, whole) if found]

    def said(self):
        return self._lines(self.SAID)

    def asked(self):
        return self._lines(self.ASKED)

    def wait_said(self, pattern, start=0, seconds=PATIENCE):
        """The number of the first line the server said, from number start on, that has the pattern
        in it."""
        wanted = re.compile(pattern)

        def found():
            lines = enumerate(self.said()[start:], start)
            return next(([number] for number, line in lines if wanted.search(line)), None)

        return self._folder.wait(found, f"line with {pattern!r}", seconds)[0]

    def wait_end(self):
        """Its end is the client's, which Client.wait_end() waits for anyway."""

    def text(self):
        return self.file.read_text(encoding="utf-8")

    def close(self):
        self._folder.close()


class Client:
    """One client, for one room. A subclass starts its process and says how each thing is done with it.

    server: is met at its address of the subclass's scheme. password: it logs in with that while it
    enters, to the account of its nick. What it shows is under self.shown, what it and the server say is
    self.wire (a Proxy, or what is asked as one), or None where nobody can know."""

    scheme = "irc"
    hears_goodbye = shows_all = True

    def __init__(self, folder, server, nick, room, password=None):
        self.folder = Path(folder)
        self.nick, self.room, self.password = nick, room, password
        self.certificate = server.data / "tls-cert.pem"
        self.shown = Folder(self.folder / "shown")
        self.server = server
        self.process = None
        self.wire = self.make_wire()
        try:
            self.start()
            self.wait_welcome()
        except BaseException:
            self.close()
            raise

    def make_wire(self):
        proxy = Proxy(self.server.address_of(self.scheme))
        self.host, self.port = proxy.address
        return proxy

    def run(self, *command, **streams):
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL,
                   "stderr": subprocess.DEVNULL, **streams}
        self.process = subprocess.Popen(
            [str(word) for word in command], cwd=self.folder, start_new_session=True,
            env={**ENVIRONMENT, "HOME": str(self.folder)}, **streams)

    def wait_welcome(self):
        """It takes orders from now on: it has read the last line of the welcome."""
        self.shows("MOTD File is missing")

    def shows(self, text):
        try:
            self.shown.wait_text(text)
        except AssertionError as problem:
            raise AssertionError(f"{problem}\n{self.wire.text() if self.wire else ''}") from None

    def times_shown(self, text):
        """In how many lines."""
        return sum(text in line for line in self.shown.text().splitlines())

    def wait_end(self):
        """It has said goodbye, and ends by itself."""
        if self.wire:
            self.wire.wait_end()
        assert self.process.wait(PATIENCE) == 0

    def close(self):
        if self.process:
            self.process.kill()
            self.process.wait()
        self.shown.close()
        if self.wire:
            self.wire.close()


class WithoutWire(Client):
    """Met in TLS, with nobody in between. It enters the room by itself."""

    scheme = "ircs"

    def make_wire(self):
        self.host, self.port = self.server.address_of(self.scheme)


class InTerminal(Client):
    """One that needs a terminal, of which it is the only user."""

    def run(self, *command, **streams):
        self.terminal, inside = pty.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        super().run(*command, **{"stdin": inside, "stdout": inside, "stderr": inside, **streams})
        os.close(inside)
        self.painter = threading.Thread(target=self.look, daemon=True)
        self.painter.start()

    def look(self):
        """A terminal that nobody reads would stop it."""
        try:
            while os.read(self.terminal, 65536):
                pass
        except OSError:
            pass  # the way a terminal ends

    def order(self, line):
        os.write(self.terminal, f"{line}\r".encode())

    def close(self):
        super().close()
        if hasattr(self, "painter"):
            self.painter.join(PATIENCE)
            os.close(self.terminal)
