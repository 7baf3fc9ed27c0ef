"""The seed's client and server, played by code of our own, and its own programs where its document is.

What matters about that client is how it reads: recv(1024), each piece decoded strictly, and at
log-in the whole piece compared with one line. Two lines in one piece, or half a character at the
end of one, and it is lost. See docs/plain.md."""

import os
import queue
import re
import select
import socket
import subprocess
import sys
import threading

from teahouse import (ACCEPTED, GOODBYE, GREETING, PATIENCE, ROOT, TAKEN, Deadline, entered, left)

DOCUMENT = ROOT.parent / "shared" / "seed" / "tcp-chatroom.md"


class SeedClient:
    """Logs in with the first nick that is accepted, then talks and listens on two threads.

    late: seconds between a piece being there and this client reading it, like a busy machine.
    patient: two lines in one piece do not confuse it, as the seed's own server makes them."""

    def __init__(self, server, *nicks, late=0.0, patient=False):
        self.nicks = list(nicks)
        self.nick = None
        self.late = late
        self.patient = patient
        self.pieces = []  # every recv, decoded
        self.problem = None  # what ended the receiver, if it was not the end of the stream
        self.ended = False
        self._news = threading.Condition()
        self._to_say = queue.Queue()
        self.sock = socket.create_connection(server.address, PATIENCE)
        self._log_in()
        self._threads = [threading.Thread(target=work, daemon=True)
                         for work in (self._listen, self._talk)]
        for thread in self._threads:
            thread.start()

    def _piece(self):
        """One recv(1024), decoded without mercy; "" at the end of the stream."""
        if self.late:
            select.select([self.sock], [], [], PATIENCE)
            threading.Event().wait(self.late)
        return self.sock.recv(1024).decode("utf-8")

    def _log_in(self):
        nicks = iter(self.nicks)
        while True:
            piece = self._piece()
            self.pieces.append(piece)
            assert piece, f"closed before log-in: {self.pieces}"
            if piece != GREETING:
                continue
            self.nick = next(nicks)
            self.sock.sendall(self.nick.encode())
            answer = self._piece()
            self.pieces.append(answer)
            if answer == ACCEPTED or (self.patient and answer.startswith(ACCEPTED)):
                return

    def _listen(self):
        while True:
            try:
                piece = self._piece()
            except socket.timeout:
                continue
            except (OSError, UnicodeDecodeError) as problem:
                piece = ""
                self.problem = problem
            with self._news:
                self.pieces.append(piece)
                self.ended = piece == ""
                self._news.notify_all()
            if self.ended:
                return

    def _talk(self):
        while True:
            text = self._to_say.get()
            if text is None:
                return
            self.sock.sendall(text.encode())
            if text == "quit":
                return

    def say(self, text):
        """Hands text to the talking thread, which sends it in one piece and without a newline."""
        self._to_say.put(text)

    def heard(self):
        return "".join(self.pieces)

    def hears(self, text, seconds=PATIENCE, after=""):
        """Waits until text has come, whatever pieces it came in; after: only what follows this."""
        deadline = Deadline(seconds)
        with self._news:
            while text not in (self.heard().partition(after)[2] if after else self.heard()):
                so_far = f"{text!r}, only {self.pieces}"
                assert not self.ended, f"{self.nick} never heard {so_far} {self.problem!r}"
                assert not deadline.passed(), f"{self.nick} has not heard {so_far}"
                self._news.wait(deadline.left())

    def hears_end(self, seconds=PATIENCE):
        deadline = Deadline(seconds)
        with self._news:
            while not self.ended:
                assert not deadline.passed(), f"{self.nick} is still connected: {self.pieces}"
                self._news.wait(deadline.left())
        assert self.problem is None, f"{self.nick}: {self.problem!r} after {self.pieces}"

    def close(self):
        """Like the end of the program: the connection just closes."""
        self._to_say.put(None)
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        for thread in self._threads:
            thread.join(PATIENCE)
        self.sock.close()


def _extract(path, heading, name, address):
    """Writes the document's first program behind a heading, with only the address in name(…) changed.
    None where the document is not beside this tree."""
    if not DOCUMENT.exists():
        return None
    text = DOCUMENT.read_text(encoding="utf-8")
    block = re.search(r"^( *)```python\n(.*?)^ *```", text[text.index(heading):], re.M | re.S)
    indent, code = len(block[1]), block[2]
    code = "\n".join(line[indent:] for line in code.split("\n"))
    ours = f"{name}({address[0]!r}, {address[1]})"
    code, changed = re.subn(rf'{name}\("[^"]*", *\d+\)', ours, code)
    assert changed == 1, f"the seed's {name} names its address in another way now"
    path.write_text(code, encoding="utf-8")
    return path


def extract_program(folder, address):
    """The client program of the seed's document, in folder."""
    return _extract(folder / "client.py", "client代码", "Client", address)


def extract_server(folder, address):
    """The server program of the seed's document, in folder."""
    return _extract(folder / "server.py", "server代码", "Server", address)


class Program:
    """A program of the seed in a process: lines into its input, everything it prints kept, up to a
    bound, since after the end of the stream the client prints empty lines for ever."""

    BOUND = 200_000

    def __init__(self, path):
        env = dict(os.environ, PYTHONUNBUFFERED="1", PYTHONIOENCODING="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, str(path)], env=env, cwd=path.parent, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self._printed = b""
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        while True:
            data = os.read(self.process.stdout.fileno(), 4096)
            with self._news:
                self._printed += data
                self._news.notify_all()
            if not data or len(self._printed) > self.BOUND:
                self.process.kill()
                return

    def say(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def printed(self):
        return self._printed.decode("utf-8", "replace")

    def prints(self, text, seconds=PATIENCE):
        deadline = Deadline(seconds)
        with self._news:
            while text not in self.printed():
                assert self._thread.is_alive() and not deadline.passed(), \
                    f"{self.process.args[-1]} never printed {text!r}, only:\n{self.printed()[-2000:]}"
                self._news.wait(deadline.left())

    def end(self):
        self.process.kill()
        self.process.wait()
        self._thread.join(PATIENCE)
        self.process.stdin.close()
        self.process.stdout.close()


class SeedProgram(Program):
    """The seed's own client."""

    def __init__(self, path, nick):
        super().__init__(path)
        self.nick = nick
        self.say(nick)

    def logged_in(self):
        """Its prompt is what it shows only after log-in."""
        self.prints("~$ ")


class SeedServerProgram(Program):
    """The seed's own server."""

    def __init__(self, path, address):
        super().__init__(path)
        self.address = address
        self.prints("服务器开始监听")

    def close(self):
        self.end()


class SeedServer:
    """The seed's server, played by code of our own: it reads at most 1024 bytes at a time, decodes them
    strictly and takes them for one message; and nobody else gets in while one is at the prompt.

    What it read is kept, so that a test can see in which pieces it came."""

    def __init__(self):
        self.read = []  # (nick, bytes), one for each recv() after the log-in
        self.problem = None
        self._sockets = []  # of all who ever came
        self._clients = {}  # socket: nick
        self._news = threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = self._listener.getsockname()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self):
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(sock)
            nick = self._log_in(sock)
            if nick is None:
                sock.close()
                continue
            thread = threading.Thread(target=self._serve, args=(sock, nick), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _log_in(self, sock):
        sock.settimeout(PATIENCE)
        try:
            while True:
                sock.sendall(GREETING.encode())
                nick = sock.recv(1024).decode("utf-8")
                if not nick:
                    return None
                with self._news:
                    if nick not in self._clients.values():
                        break
                sock.sendall(TAKEN.encode())
            sock.sendall(ACCEPTED.encode())
        except (OSError, UnicodeDecodeError) as problem:
            self.problem = problem
            return None
        sock.settimeout(None)
        with self._news:
            self._clients[sock] = nick
            self._tell(entered(nick))
        return nick

    def _tell(self, line, but=None):
        for sock in self._clients:
            if sock is not but:
                try:
                    sock.sendall(line.encode())
                except OSError:
                    pass  # whoever is gone is noticed by his own thread

    def _serve(self, sock, nick):
        text = None
        while text not in ("", "quit"):
            try:
                data = sock.recv(1024)
                text = data.decode("utf-8")
            except (OSError, UnicodeDecodeError) as problem:
                self.problem = problem
                data, text = b"", ""
            with self._news:
                self.read.append((nick, data))
                if text not in ("", "quit"):
                    self._tell(f"{nick}:{text}\n", but=sock)
                self._news.notify_all()
        with self._news:
            del self._clients[sock]
            self._tell(left(nick))
        try:
            sock.sendall(GOODBYE.encode())
        except OSError:
            pass
        sock.close()

    def pieces(self, nick):
        """All that was read of him, once he is gone."""
        deadline = Deadline()
        with self._news:
            while not any(who == nick and data in (b"", b"quit") for who, data in self.read):
                assert not deadline.passed(), f"{nick} is still there: {self.read}"
                self._news.wait(deadline.left())
            assert self.problem is None, repr(self.problem)
            return [data.decode() for who, data in self.read if who == nick]

    def close(self):
        for end in (self._listener, *self._sockets):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self._listener.close()
        for thread in self._threads:
            thread.join(PATIENCE)
