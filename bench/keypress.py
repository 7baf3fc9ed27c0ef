#!/usr/bin/python3
"""How long a key press takes to be on the screen of `teahouse join` while others talk.

    bench/keypress.py [--rate 500] [--presses 400] [--program build/teahouse]

A server, one speaker with that many messages a second, and the client in a pseudo-terminal of 100 x 30.
Characters are typed one by one, never two the same, and timed until they come out of the terminal again.
Prints milliseconds: p50, p99, the longest. Everything is on this machine, and ends by itself."""

import argparse
import fcntl
import os
import pathlib
import pty
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIRST = 0x4E00  # of the characters that are typed; the speaker only says ASCII
PATIENCE_S = 10


def start_server(program, folder):
    server = subprocess.Popen([program, "serve", "--data", folder, "--listen", "plain://127.0.0.1:0",
                               "--listen", "irc://127.0.0.1:0", "--exempt", "127.0.0.0/8"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    ports = {}
    for line in server.stdout:
        if line.startswith("listening on "):
            scheme, _, rest = line.split()[-1].partition("://")
            ports[scheme] = int(rest.rpartition(":")[2])
        if line == "ready\n":
            return server, ports
    sys.exit("the server did not start")


class Speaker(threading.Thread):
    """Says rate lines a second, evenly, until it is stopped."""

    def __init__(self, port, rate):
        super().__init__(daemon=True)
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.sock.sendall(b"speaker\n")
        self.rate = rate
        self.said = 0
        self.stopped = threading.Event()

    def run(self):
        began = time.monotonic()
        while not self.stopped.wait(0.002):
            due = int((time.monotonic() - began) * self.rate)
            lines = [f"message {n} of many, to be read by nobody\n" for n in range(self.said, due)]
            self.sock.sendall("".join(lines).encode())
            self.said = max(self.said, due)


def start_client(program, port):
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update({"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"})
        os.execv(program, [program, "join", "--nick", "typist", f"irc://127.0.0.1:{port}/lobby"])
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    return pid, fd


def wait_for(fd, wanted, poll):
    """Reads until wanted comes out."""
    came = b""
    deadline = time.monotonic() + PATIENCE_S
    while wanted not in came:
        if not poll.poll(max(0, deadline - time.monotonic()) * 1000):
            sys.exit(f"{wanted!r} never came out of the terminal")
        came = came[-16:] + os.read(fd, 65536)


def measure(fd, presses):
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    wait_for(fd, b"message", poll)
    took = []
    for n in range(presses):
        character = chr(FIRST + n).encode()
        began = time.monotonic()
        os.write(fd, character)
        wait_for(fd, character, poll)
        took.append((time.monotonic() - began) * 1000)
        os.write(fd, b"\x15")  # the line is emptied, and some messages pass
        until = time.monotonic() + 0.007
        while (left := until - time.monotonic()) > 0:
            if poll.poll(left * 1000):
                os.read(fd, 65536)
    return sorted(took)


def press(program, rate=500, presses=400):
    """Milliseconds of all presses, the shortest first."""
    with tempfile.TemporaryDirectory() as folder:
        server, ports = start_server(program, folder)
        pid, fd = start_client(program, ports["irc"])
        speaker = Speaker(ports["plain"], rate)
        try:
            speaker.start()
            return measure(fd, presses)
        finally:
            speaker.stopped.set()
            os.kill(pid, signal.SIGTERM)
            os.waitpid(pid, 0)
            server.terminate()
            server.wait()


def in_words(took, rate):
    p50, p99 = (took[len(took) * percent // 100] for percent in (50, 99))
    return (f"{len(took)} key presses at {rate} messages/s: p50 {p50:.2f} ms, p99 {p99:.2f} ms, "
            f"longest {took[-1]:.2f} ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rate", type=int, default=500)
    parser.add_argument("--presses", type=int, default=400)
    parser.add_argument("--program", default=str(ROOT / "build" / "teahouse"))
    options = parser.parse_args()
    print(in_words(press(options.program, options.rate, options.presses), options.rate))


if __name__ == "__main__":
    main()
