"""Processes full of idle IRC clients, each with a source address of its own, so that neither the
ports of one address nor the descriptors of one process limit how many there are."""

import ctypes
import multiprocessing
import os
import select
import signal
import socket

ROOM = 50
IP_BIND_ADDRESS_NO_PORT = 24  # of Linux: the port is chosen by connect(), which knows the other end
PR_SET_PDEATHSIG = 1


class Guests:
    """The clients of one process: numbers first, first + 1, ... They stay until it ends."""

    def __init__(self, port, source, first, at_once, pipe):
        self.port, self.source, self.first = port, source, first
        self.at_once, self.pipe = at_once, pipe
        self.sockets = {}  # by descriptor
        self.entering = {}  # what each has heard, by descriptor
        self.wanted = self.begun = 0
        self.epoll = select.epoll()
        self.epoll.register(pipe.fileno(), select.EPOLLIN)

    def begin_one(self):
        number = self.first + self.begun
        sock = socket.socket()
        sock.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
        # Ended by a reset: so many ports in TIME_WAIT would be missing afterwards.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        sock.bind((self.source, 0))
        sock.connect(("127.0.0.1", self.port))
        sock.setblocking(False)
        sock.sendall(f"NICK g{number}\r\nUSER g 0 * :g\r\nJOIN #g{number // ROOM}\r\n".encode())
        self.sockets[sock.fileno()] = sock
        self.entering[sock.fileno()] = b""
        self.epoll.register(sock.fileno(), select.EPOLLIN)
        self.begun += 1

    def hear(self, fd):
        came = self.sockets[fd].recv(65536)
        if not came:
            raise ConnectionError("the server let a client go")
        if came.startswith(b"PING ") or b"\nPING " in came:
            self.sockets[fd].sendall(b"PONG :here\r\n")
        if fd in self.entering:
            heard = self.entering[fd] + came
            self.entering[fd] = heard
            if b" 366 " in heard:
                del self.entering[fd]
                if self.begun == self.wanted and not self.entering:
                    self.pipe.send(None)

    def live(self):
        while True:
            while self.begun < self.wanted and len(self.entering) < self.at_once:
                self.begin_one()
            for fd, _ in self.epoll.poll():
                if fd == self.pipe.fileno():
                    self.wanted = self.pipe.recv()
                else:
                    self.hear(fd)


def live(port, source, first, at_once, pipe):
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    guests = Guests(port, source, first, at_once, pipe)
    try:
        guests.live()
    except (OSError, EOFError) as problem:
        try:
            pipe.send(f"{problem}, with {len(guests.sockets)} from {source}")
        except OSError:
            pass
        os._exit(1)


class Crowd:
    """As many processes of guests as it takes: each of them has so many at most, and so many of those
    are coming in at once."""

    def __init__(self, port, each, at_once):
        self.port, self.each, self.at_once = port, each, at_once
        self.processes = []  # (process, pipe)
        self.count = 0

    def source(self, number):
        """127.1.0.1 and so on: an address for every process."""
        return f"127.1.{number // 250}.{number % 250 + 1}"

    def grow(self, count, patience):
        """Until there are count. What stopped it, or None."""
        while self.count < count:
            number = len(self.processes)
            inside = self.count - (number - 1) * self.each
            if number == 0 or inside == self.each:
                ours, theirs = multiprocessing.Pipe()
                process = multiprocessing.Process(
                    target=live,
                    args=(self.port, self.source(number), self.count, self.at_once, theirs))
                process.start()
                theirs.close()
                self.processes.append((process, ours))
                inside = 0
            more = min(count - self.count, self.each - inside)
            pipe = self.processes[-1][1]
            pipe.send(inside + more)
            if not pipe.poll(patience):
                return f"nothing moved for {patience} s"
            try:
                problem = pipe.recv()
            except EOFError:
                problem = "a process of clients ended"
            if problem:
                return problem
            self.count += more
        return None

    def close(self):
        for process, pipe in self.processes:
            process.kill()
            process.join()
            pipe.close()
