"""teahouse join, as a script has it: lines in, lines out, an exit code; and in a terminal."""

import os
import re
import signal
import socket
import subprocess
import threading

import tmux
from teahouse import PATIENCE, PROGRAM, SANITIZER, Deadline, Lines

ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", "TZ": "UTC"}
ENVIRONMENT |= {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
TIME = re.compile(r"^(\d\d-\d\d )?\d\d:\d\d ")


def url(address, scheme="irc", room=""):
    host, port = address
    return f"{scheme}://{host}:{port}{room}"


def free_port():
    """A port that nobody has just now, for whoever must have the same one twice."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Join:
    """teahouse join between two pipes. folder: where its home is."""

    def __init__(self, folder, *args):
        self.process = subprocess.Popen(
            [str(PROGRAM), "join", "--lang", "zh", *map(str, args)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder,
            env={**ENVIRONMENT, "HOME": str(folder)})
        self.out, self.err = Lines(self.process.stdout), Lines(self.process.stderr)

    def say(self, *texts):
        self.process.stdin.write("".join(f"{text}\n" for text in texts).encode())
        self.process.stdin.flush()

    def shows(self, text):
        """A line of what is said in the room, without its time, is this."""
        assert self.out.wait(lambda line: TIME.sub("", line) == text), f"no {text!r}: {self.told()}"

    def tells(self, part):
        """A line of the client's own words holds this."""
        line = self.err.wait(lambda line: part in line)
        assert line, f"no {part!r}: {self.told()}"
        return line

    def enters(self, nick):
        """It is in, as this."""
        self.tells(f"已连接，你是{nick}")
        return self

    def shown(self):
        """All it showed of the room, without times."""
        return [TIME.sub("", line) for line in self.out.lines]

    def told(self):
        return f"-- out --\n{self.out.text()}\n-- err --\n{self.err.text()}"

    def peak_kilobytes(self):
        """The most memory that it ever had."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmHWM:\s*(\d+)", status.read())[1])

    def end(self):
        """Nothing more will be said."""
        if not self.process.stdin.closed:
            self.process.stdin.close()
        return self

    def code(self):
        """Its exit code, once it has ended by itself."""
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it still runs:\n{self.told()}") from None
        self.out.join()
        self.err.join()
        assert not SANITIZER.search(self.err.text()), self.told()
        return code

    def close(self):
        self.process.kill()
        self.process.wait()
        self.out.join()
        self.err.join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                stream.close()
            except OSError:
                pass


class JoinTerminal:
    """teahouse join in a terminal, started by a shell that has written down the terminal's modes."""

    def __init__(self, folder, *args, cols=60, rows=20):
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.terminal = tmux.Tmux(folder, cols, rows)
        self.terminal.shell("clear; ulimit -c 0; stty -a >before; sh -c 'echo $$ >pid; exec "
                            f"{PROGRAM} join --lang zh --color never {' '.join(map(str, args))}'")

    def prompts(self, prompt, text=""):
        """The last row is the prompt, and what is being written."""
        self.terminal.wait_shown((prompt + text).rstrip())

    def shows(self, *texts):
        """Each is a row that is on the screen, or was, without its time."""
        self.terminal.wait(lambda _: set(texts) <= set(self.shown()), f"{texts}")

    def shown(self):
        return [TIME.sub("", row) for row in self.terminal.everything()]

    def say(self, text):
        self.terminal.type(text)
        self.terminal.keys("Enter")

    def kill(self, name):
        os.kill(int((self.folder / "pid").read_text()), getattr(signal, name))

    def check_restored(self):
        """The shell goes on with a terminal as it was."""
        self.terminal.wait_shown("$")
        self.terminal.shell(f"stty -a >after; {self.terminal.signal('back')}")
        self.terminal.wait_signal("back")
        before, after = ((self.folder / name).read_text() for name in ("before", "after"))
        assert after == before

    def close(self):
        self.terminal.close()


class FakeServer:
    """A server that says whatever a test wants to one client, and reads what that says."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(PATIENCE)
        self.address = self._listener.getsockname()
        self.read = b""
        self._news = threading.Condition()
        self._sock = None
        self._thread = None

    def accept(self):
        self._sock, _ = self._listener.accept()
        self._sock.settimeout(PATIENCE)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        return self

    def _read(self):
        while True:
            try:
                data = self._sock.recv(65536)
            except OSError:
                data = b""
            with self._news:
                self.read += data
                self._news.notify_all()
            if not data:
                return

    def send(self, data):
        self._sock.sendall(data.encode() if isinstance(data, str) else data)

    def hears(self, text):
        deadline = Deadline()
        with self._news:
            while text.encode() not in self.read:
                assert not deadline.passed(), f"no {text!r}: {self.read}"
                self._news.wait(deadline.left())

    def close(self):
        self._listener.close()
        if self._sock:
            try:
                self._sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            self._thread.join(PATIENCE)
            self._sock.close()
