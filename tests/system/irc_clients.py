"""IRC clients that people use, each driven as its user would, and each behind a proxy that remembers
what the server told it.

All of them find nothing but what is written here: no configuration of anybody's, no terminal, a folder
of their own. What they show, they show in files, or print."""

import ctypes
import fcntl
import os
import pty
import select
import stat
import struct
import subprocess
import sys
import termios
import threading
from pathlib import Path

from proxy import Proxy
from teahouse import PATIENCE, Deadline, Lines
from tls import fingerprint

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


class Client:
    """One client in one room. A subclass starts its process and says what is typed into it.

    cert: the server's certificate, the path of its file. With one it is met in TLS and nobody stands
    between; the client trusts that certificate alone, and enters the room by itself."""

    def __init__(self, folder, server_address, nick, room, cert=None):
        self.folder = Path(folder)
        self.nick, self.room = nick, room
        self.cert = cert
        self.shown = Folder(self.folder / "shown")
        self.proxy = None if cert else Proxy(server_address)
        self.host, self.port = server_address if cert else self.proxy.address
        self.process = None
        try:
            self.start()
            self.wait_welcome()
        except BaseException:
            self.close()
            raise

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
        self.shown.wait_text(text)

    def wait_end(self):
        """It has said goodbye, and ends by itself."""
        if self.proxy:
            self.proxy.wait_end()
        assert self.process.wait(PATIENCE) == 0

    def close(self):
        if self.process:
            self.process.kill()
            self.process.wait()
        self.shown.close()
        if self.proxy:
            self.proxy.close()


class InTerminal(Client):
    """One that needs a terminal, of which it is the only user."""

    def run(self, *command, **streams):
        self.terminal, inside = pty.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        super().run(*command, stdin=inside, stdout=inside, stderr=inside, **streams)
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

    def type(self, line):
        os.write(self.terminal, f"{line}\r".encode())

    def quit(self):
        self.type("/quit")

    def close(self):
        super().close()
        if hasattr(self, "painter"):
            self.painter.join(PATIENCE)
            os.close(self.terminal)


class Irssi(InTerminal):
    """Its windows are logged to files."""

    STARTUP = """\
set autolog ON
set autolog_level ALL
set autolog_path {shown}/$0.log
set real_name irssi
set cmds_max_at_once 100
set paste_detect_time 0
connect {host} {port} "" {nick}
"""

    def start(self):
        home = self.folder / "home"
        home.mkdir()
        (home / "startup").write_text(self.startup().format(
            shown=self.shown.path, host=self.host, port=self.port, nick=self.nick))
        self.run("irssi", "--home", home, "--config", home / "config")

    def startup(self):
        return self.STARTUP

    def wait_welcome(self):
        self.proxy.wait_asked(rf"^MODE {self.nick} ")  # what it does when it is welcome

    def join(self):
        self.type(f"/join {self.room}")

    def say(self, text):
        self.type(text)

    def rename(self, nick):
        self.type(f"/nick {nick}")

    def part(self):
        self.type(f"/part {self.room}")


class TlsIrssi(Irssi):
    STARTUP = Irssi.STARTUP.rpartition("connect ")[0] + """\
network add -nick {nick} house
server add -tls -notls_verify -tls_pinned_cert {fingerprint} -network house {host} {port}
channel add -auto {room} house
connect house
"""

    def startup(self):
        return self.STARTUP.replace("{fingerprint}", fingerprint(self.cert)).replace("{room}", self.room)

    def wait_welcome(self):
        pass  # the others see it enter

    def wait_in(self):
        """It knows that it is in the room."""
        self.shows("has joined")

    def say(self, text):
        self.type(f"/msg {self.room} {text}")


class WeeChat(Client):
    """Without a terminal; orders come through a pipe, and its buffers are logged to files."""

    def start(self):
        home = self.folder / "home"
        self.launch(home)
        self.proxy.wait_asked("^NICK ")  # it got as far as its last order
        self.pipe = Pipe(next(home.glob("weechat_fifo_*")))

    def launch(self, home, options=""):
        orders = [f"/set logger.file.path {self.shown.path}",
                  "/set logger.file.flush_delay 0",
                  # One order in two seconds is what it would send otherwise.
                  "/set irc.server_default.anti_flood_prio_high 0",
                  "/set irc.server_default.anti_flood_prio_low 0",
                  f"/server add house {self.host}/{self.port} -nicks={self.nick}{options}",
                  "/fifo enable",
                  "/connect house"]
        words = [word for order in orders for word in ("--run-command", order)]
        self.run("weechat-headless", "--dir", home, *words)

    def order(self, text, buffer="server.house"):
        self.pipe.say(f"irc.{buffer} *{text}")

    def join(self):
        self.order(f"/join {self.room}")

    def say(self, text):
        self.order(text, f"house.{self.room}")

    def rename(self, nick):
        self.order(f"/nick {nick}")

    def part(self):
        self.order(f"/part {self.room}")

    def quit(self):
        self.order("/quit")

    def close(self):
        super().close()
        if hasattr(self, "pipe"):
            self.pipe.close()


class TlsWeeChat(WeeChat):
    def start(self):
        home = Folder(self.folder / "home")
        try:
            self.launch(home.path, " -ssl -ssl_fingerprint="
                        f"{fingerprint(self.cert).replace(':', '').lower()} -autojoin={self.room}")
            self.pipe = Pipe(home.wait_file("weechat_fifo_*"))
        finally:
            home.close()

    def wait_welcome(self):
        pass

    def wait_in(self):
        self.shown.wait_file(f"*.{self.room}.weechatlog")


class Catgirl(InTerminal):
    """It speaks nothing but TLS."""

    def start(self):
        self.run("env", f"XDG_DATA_HOME={self.shown.path}", "catgirl", "-l", "-h", self.host,
                 "-p", self.port, "-n", self.nick, "-j", self.room, "-t", self.cert)

    def wait_welcome(self):
        pass

    def wait_in(self):
        self.shows("arrives in")

    def say(self, text):
        self.type(text)


class Ii(Client):
    """Nothing but pipes and files: one of each for the server, and for every room."""

    def start(self):
        self.run("ii", "-s", self.host, "-p", self.port, "-n", self.nick, "-i", self.shown.path)
        self.pipes = [Pipe(self.shown.wait_file(f"{self.host}/in"))]

    def join(self):
        self.pipes[0].say(f"/j {self.room}")
        # It knows no letters but those of ASCII in a file's name.
        self.pipes.append(Pipe(self.shown.wait_file("#*/in")))

    def say(self, text):
        self.pipes[1].say(text)

    def rename(self, nick):
        self.pipes[0].say(f"/n {nick}")

    def part(self):
        self.pipes[1].say("/l")

    def quit(self):
        self.pipes[0].say("/q")

    def close(self):
        super().close()
        for pipe in getattr(self, "pipes", []):
            pipe.close()


class IrcScript(Client):
    """irc_script.py: Python's irc package."""

    def start(self):
        script = Path(__file__).with_name("irc_script.py")
        self.run("/usr/bin/python3", script, self.host, self.port, self.nick,
                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.printed = Lines(self.process.stdout)

    def order(self, *words):
        self.process.stdin.write("\t".join(words).encode() + b"\n")
        self.process.stdin.flush()

    def shows(self, text):
        assert self.printed.wait(lambda line: text in line), self.printed.text()

    def join(self):
        self.order("join", self.room)

    def say(self, text):
        self.order("privmsg", self.room, text)

    def rename(self, nick):
        self.order("nick", nick)

    def part(self):
        self.order("part", self.room)

    def quit(self):
        self.order("quit")

    def close(self):
        super().close()
        if self.process:
            self.process.stdin.close()
            self.printed.join()
            self.process.stdout.close()


CLIENTS = [Irssi, WeeChat, Ii, IrcScript]
TLS_CLIENTS = [TlsIrssi, TlsWeeChat, Catgirl]
