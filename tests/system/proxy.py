"""A wire that remembers: stands between one client and the server, and keeps what both of them said.

One thread carries the bytes and never blocks: what one side does not take yet is not read from the
other. It ends with the connection, or when the proxy is closed."""

import re
import select
import socket
import threading

from teahouse import PATIENCE, Deadline

HELD_BYTES = 65536


class Way:
    """What goes from one of the two to the other."""

    def __init__(self, source, target):
        self.source, self.target = source, target
        self.bytes = b""  # all that came
        self.held = b""  # what of it has not gone on yet
        self.ended = False  # no more comes
        self.told = False  # and the other side knows


class Proxy:
    """address is where the client finds it. One connection is taken; the server is dialled for it."""

    def __init__(self, server_address):
        self._server_address = server_address
        self._more = threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self.address = self._listener.getsockname()
        self._ear, self._mouth = socket.socketpair()
        self._sockets = [self._listener, self._ear, self._mouth]
        self._said, self._asked = b"", b""
        self.ended = False
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # The thread

    def _carry(self):
        try:
            client = self._take_client()
            if client:
                self._between(client, socket.create_connection(self._server_address, PATIENCE))
        finally:
            with self._more:
                self.ended = True
                self._more.notify_all()
            for sock in self._sockets:
                if sock is not self._mouth:
                    sock.close()

    def _take_client(self):
        """None: it was closed before anyone came."""
        poll = select.poll()
        poll.register(self._listener, select.POLLIN)
        poll.register(self._ear, select.POLLIN)
        while True:
            ready = dict(poll.poll())
            if self._ear.fileno() in ready:
                return None
            try:
                client, _ = self._listener.accept()
            except BlockingIOError:
                continue
            self._listener.close()
            self._sockets.append(client)
            return client

    def _between(self, client, server):
        self._sockets.append(server)
        for sock in (client, server):
            sock.setblocking(False)
        said, asked = Way(server, client), Way(client, server)
        ways = (said, asked)
        while not all(way.told for way in ways):
            poll = select.poll()
            poll.register(self._ear, select.POLLIN)
            wanted = {}
            for way in ways:
                if not way.ended and len(way.held) < HELD_BYTES:
                    wanted[way.source] = wanted.get(way.source, 0) | select.POLLIN
                if way.held:
                    wanted[way.target] = wanted.get(way.target, 0) | select.POLLOUT
            for sock, events in wanted.items():
                poll.register(sock, events)
            ready = dict(poll.poll())
            if self._ear.fileno() in ready:
                return
            for way in ways:
                if way.source.fileno() in ready:
                    self._read(way)
                self._write(way)
            with self._more:
                self._said, self._asked = said.bytes, asked.bytes
                self._more.notify_all()

    @staticmethod
    def _read(way):
        if way.ended or len(way.held) >= HELD_BYTES:
            return
        try:
            data = way.source.recv(HELD_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        way.bytes += data
        way.held += data
        way.ended = not data

    @staticmethod
    def _write(way):
        try:
            while way.held:
                way.held = way.held[way.target.send(way.held):]
            if way.ended and not way.told:
                way.told = True
                way.target.shutdown(socket.SHUT_WR)
        except BlockingIOError:
            pass
        except OSError:
            # Nobody is there to take it.
            way.held = b""
            way.told = way.told or way.ended

    # What a test asks

    def said(self):
        """What the server said, line by line."""
        return self._lines(self._said)

    def asked(self):
        """What the client asked, line by line."""
        return self._lines(self._asked)

    @staticmethod
    def _lines(data):
        whole = data[:data.rfind(b"\n") + 1]  # what came of a line may end within a character
        return whole.decode("utf-8").replace("\r\n", "\n").split("\n")[:-1]

    def wait_said(self, pattern, start=0, seconds=PATIENCE):
        """The number of the first line the server said, from number start on, that has the pattern
        in it."""
        return self._wait(self.said, pattern, start, seconds)

    def wait_asked(self, pattern, start=0, seconds=PATIENCE):
        return self._wait(self.asked, pattern, start, seconds)

    def _wait(self, lines, pattern, start, seconds):
        deadline = Deadline(seconds)
        wanted = re.compile(pattern)
        with self._more:
            while True:
                for number, line in enumerate(lines()[start:], start):
                    if wanted.search(line):
                        return number
                assert not self.ended and not deadline.passed(), (
                    f"no line has {pattern!r}{' before the end' if self.ended else ''}:\n"
                    f"{self.text()}")
                self._more.wait(deadline.left())

    def wait_end(self, seconds=PATIENCE):
        deadline = Deadline(seconds)
        with self._more:
            while not self.ended:
                assert not deadline.passed(), f"still connected:\n{self.text()}"
                self._more.wait(deadline.left())

    def text(self):
        """Both sides, for failure messages."""
        return "\n".join(["-- the client --", *self.asked(), "-- the server --", *self.said()])

    def close(self):
        self._mouth.close()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
