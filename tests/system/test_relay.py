"""The relay that servers are compared with passes on everything, in order, whichever way it sends."""

import re
import socket
import subprocess

import pytest

from teahouse import PATIENCE, PROGRAM
from test_bench import bench

RELAY = PROGRAM.parent / "bench/teahouse-relay"


@pytest.fixture(params=["send", "writev", "room"])
def port(request):
    process = subprocess.Popen([RELAY, "--mode", request.param, "--listen", "0"],
                               stdout=subprocess.PIPE, text=True)
    try:
        yield int(re.fullmatch(r"listening on 127\.0\.0\.1:(\d+)\n", process.stdout.readline())[1])
        assert process.stdout.readline() == "ready\n"
        process.terminate()
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


class Guest:
    def __init__(self, port, nick, room="#a"):
        self.nick = nick
        self.sock = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.file = self.sock.makefile("r", newline="\r\n")
        self.says(f"NICK {nick}", "USER bench 0 * :bench", f"JOIN {room}")
        self.hears(f":relay 001 {nick} :welcome", f":{nick}!bench@127.0.0.1 JOIN {room}",
                   f":relay 366 {nick} {room} :end")

    def says(self, *lines):
        self.sock.sendall("".join(line + "\r\n" for line in lines).encode())

    def hears(self, *lines):
        assert [self.file.readline().rstrip("\r\n") for _ in lines] == list(lines)

    def close(self):
        self.file.close()
        self.sock.close()


@pytest.fixture
def guest(port):
    guests = []

    def come(nick, room="#a"):
        guests.append(Guest(port, nick, room))
        return guests[-1]

    yield come
    for one in guests:
        one.close()


def said(nick, text):
    return f":{nick}!bench@127.0.0.1 PRIVMSG #a :{text}"


def test_the_others_hear_it_and_an_answer_comes_behind(guest):
    a, b, stranger = guest("a"), guest("b"), guest("c", "#c")
    a.says("PRIVMSG #a :one", "PRIVMSG #a :two", "PING :a")
    a.hears(":relay PONG relay :a")
    b.hears(said("a", "one"), said("a", "two"))
    b.says("PRIVMSG #a :three", "PRIVMSG #c :not mine", "PING :b")
    b.hears(":relay 403 b * :you are in another room", ":relay PONG relay :b")
    a.hears(said("b", "three"))
    stranger.says("PING :c")
    stranger.hears(":relay PONG relay :c")


def test_who_asked_for_it_hears_himself(guest):
    a, b = guest("a"), guest("b")
    a.says("CAP REQ :echo-message")
    a.hears(":relay CAP * ACK :echo-message")
    a.sock.sendall(b"PRIVMSG #a :one\r\nPRIV")
    a.hears(said("a", "one"))
    a.sock.sendall(b"MSG #a :two\r\n")
    a.hears(said("a", "two"))
    b.hears(said("a", "one"), said("a", "two"))


def test_nothing_is_lost_when_all_talk(port):
    code, measured, errors = bench("fanout", port, "--members", 50, "--senders", 50, "--window", 8,
                                   "--messages", 40, "--warmup-ms", 0, "--seconds", 5 * PATIENCE)
    assert code == 0, errors
    assert measured["deliveries"] == 50 * 40 * 49
    assert measured["lost"] == measured["doubled"] == measured["damaged"] == 0


def test_many_come_at_once_into_several_rooms(port):
    code, measured, errors = bench("storm", port, "--clients", 200, "--members", 20)
    assert code == 0, errors
    assert measured["clients"] == 200


def bytes_until_closed(sock):
    """How much there was still to be read."""
    count = 0
    while piece := sock.recv(65536):
        count += len(piece)
    return count


def test_who_reads_nothing_is_closed_and_the_others_are_served(guest):
    a, b, slow = guest("a"), guest("b"), guest("c")
    text = "x" * 900
    line = len(said("a", text)) + 2
    lines = 16 * 1024 * 1024 // line  # more than kernel and relay hold for one connection
    for _ in range(lines // 100):
        a.says(*[f"PRIVMSG #a :{text}"] * 100)
        b.hears(*[said("a", text)] * 100)
    assert bytes_until_closed(slow.sock) < lines // 100 * 100 * line


def test_wrong_usage():
    for words in ([], ["--mode", "fast", "--listen", "0"], ["--mode", "send", "--listen", "x"]):
        run = subprocess.run([RELAY, *words], capture_output=True, text=True, timeout=PATIENCE)
        assert run.returncode == 2 and run.stderr.startswith("usage: teahouse-relay --mode")
