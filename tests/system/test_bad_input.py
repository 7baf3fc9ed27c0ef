"""docs/bad-input.md, row by row: what somebody may send or do that the seed never had an answer to.

Each test is named after its row. The transcripts bad_*.txt have the exact bytes of the first of
them; here it is what others notice, which should be nothing."""

import os
import re
import resource
import shutil
import sqlite3
import tempfile
import time
from pathlib import Path

import pytest

from crowd import Crowd
from seed import SeedClient
from teahouse import (ACCEPTED, GREETING, INVALID, PROGRAM, SLOW, SYSTEM, TAKEN, LineClient, count,
                      entered, left)
from witness import Witness


class Pair:
    """Someone whose input is bad, and someone who must not see any of it."""

    def __init__(self, server):
        self.bad = LineClient(server, "坏客人")
        self.other = LineClient(server, "好客人")
        self.bad.expect(entered("好客人"))

    def refused(self, data):
        """One line of the system for the one, nothing for the other, and both stay."""
        self.bad.send(data)
        assert self.bad.line().startswith(SYSTEM)
        self.talks()

    def talks(self):
        self.bad.say("还在")
        self.other.expect("坏客人:还在\n")
        self.other.say("听见了")
        self.bad.expect("好客人:听见了\n")


@pytest.fixture
def pair(server):
    return Pair(server)


def asked_again(server, nick, answer=INVALID):
    """The nick gets this answer and the greeting, in both modes, and the connection stays."""
    line = LineClient(server)
    line.expect(GREETING)
    line.send(nick + b"\n")
    line.expect(answer + GREETING)
    line.say("讲道理")
    line.expect(ACCEPTED + entered("讲道理"))
    line.say("quit")
    line.closed()
    if nick.strip(b"\r"):
        chunk = LineClient(server)
        chunk.expect(GREETING)
        chunk.send(nick)
        chunk.expect(answer + GREETING)
        chunk.send("讲道理")
        chunk.expect(ACCEPTED + entered("讲道理"))
        chunk.send("quit")
        chunk.closed()


# What is said

def test_bad_input_nul(pair):
    pair.refused(b"a\0b\n")
    pair.refused(b"\0\n")


@pytest.mark.parametrize("data", [b"\xfe", b"\x80", b"\xe4\xb8", b"\xed\xa0\x80", b"\xc0\xaf",
                                  b"\xf4\x90\x80\x80", "茶".encode()[:2] + "茶".encode()])
def test_bad_input_invalid_utf8(pair, data):
    pair.refused(data + b"\n")
    assert data not in pair.other.seen


def test_bad_input_too_long(pair):
    pair.bad.say("x" * 4096)
    pair.other.expect("坏客人:" + "x" * 4096 + "\n")
    pair.refused(b"x" * 4097 + b"\n")
    pair.refused(b"y" * 3_000_000 + b"\n")
    assert b"y" not in pair.other.seen


def test_bad_input_too_long_in_a_chunk(server):
    other = LineClient(server, "好客人")
    bad = SeedClient(server, "坏客人")
    other.expect(entered("坏客人"))
    bad.say("x" * 4096)
    other.expect("坏客人:" + "x" * 4096 + "\n")
    bad.say("y" * 4097)
    bad.hears(SYSTEM, after=entered("坏客人"))
    bad.say("好吧")
    other.expect("坏客人:好吧\n")
    bad.close()


def test_bad_input_24_lines(server):
    other = LineClient(server, "好客人")
    bad = SeedClient(server, "坏客人")
    other.expect(entered("坏客人"))
    bad.say("\n".join(f"第{n}行" for n in range(24)))
    for n in range(24):
        other.expect(f"坏客人:第{n}行\n")
    bad.say("\n".join("多了" for n in range(25)))
    bad.hears(SYSTEM, after=entered("坏客人"))
    bad.say("好吧")
    other.expect("坏客人:好吧\n")
    bad.close()


# Nicks

def test_bad_input_nick_empty(server):
    asked_again(server, b"")
    asked_again(server, b"\r")


def test_bad_input_nick_10_kb(server):
    asked_again(server, b"x" * 10_000)


def test_bad_input_nick_33_bytes(server):
    asked_again(server, b"x" * 33)
    LineClient(server, "x" * 32)


def test_bad_input_nick_spaces(server):
    asked_again(server, b"   ")
    asked_again(server, "老 李".encode())
    asked_again(server, "老\u3000李".encode())


@pytest.mark.parametrize("char", ["\x01", "\x1b", "\x7f", "\u0085", "\u202e", "\u200b", "\ufeff"])
def test_bad_input_nick_control_char(server, char):
    asked_again(server, f"老{char}李".encode())


def test_bad_input_nick_invalid_utf8(server):
    asked_again(server, b"\xfe\x80")


def test_bad_input_nick_nul(server):
    asked_again(server, b"a\0b")


def test_bad_input_nick_full_width(server):
    owner = LineClient(server, "Wang")
    asked_again(server, "Ｗａｎｇ".encode(), TAKEN)
    owner.ask("/who", "Wang")


@pytest.mark.parametrize("nick", ["系统消息", "系统消息老李", "[私聊]老李", "[私聊→老李]"])
def test_bad_input_nick_forging_a_system_line(server, nick):
    asked_again(server, nick.encode())


def test_bad_input_rename_forging_a_system_line(pair):
    pair.refused("/nick 系统消息\n".encode())
    pair.refused("/nick [私聊]老李\n".encode())
    pair.refused(b"/nick a\0b\n")


# Other protocols

HELLO = b"\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03" + bytes(range(196))


def test_bad_input_tls_hello(server):
    stranger = LineClient(server)
    stranger.send(HELLO)
    assert stranger.closed() == GREETING
    server.wait_log("wrong-protocol")
    LineClient(server, "老李")


@pytest.mark.parametrize("request_line", ["GET / HTTP/1.1", "POST /x HTTP/1.0", "HEAD / HTTP/1.1",
                                          "OPTIONS * HTTP/1.1", "PRI * HTTP/2.0"])
def test_bad_input_http_request(server, request_line):
    stranger = LineClient(server)
    stranger.send(f"{request_line}\r\nHost: teahouse\r\nUser-Agent: x\r\n\r\n")
    assert stranger.closed() == GREETING
    server.wait_log("wrong-protocol")
    other = LineClient(server, "老李")
    assert "Host" not in other.ask("/who")


def test_bad_input_iac(pair):
    pair.bad.send(b"\xff\xfb\x1f\xff\xfa\x1f\x00\x50\x00\x18\xff\xf0")
    pair.bad.send("早".encode() + b"\xff\xfd\x01\n")
    pair.other.expect("坏客人:早\n")
    # A subnegotiation that never ends is bounded and kept from the others.
    pair.bad.send(b"\xff\xfa" + b"x" * 100_000 + b"\xff\xf0")
    pair.talks()


# Clients that misbehave

def test_bad_input_never_reads(start):
    """It is let go with a log line; the others hear all that was said, and that it left."""
    server = start(sets={"limits.output_bytes": 65536, "limits.line_rate": 0})
    deaf = LineClient(server, "聋子", receive_buffer=4096)
    talker = LineClient(server, "话多")
    listener = LineClient(server, "听众")
    talker.expect(entered("听众"))
    gone = left("聋子").encode()
    with Witness(server) as witness:
        for n in range(5000):
            talker.say(f"{n} " + "唠叨" * 600)
            listener.until(f"话多:{n} ")
            if gone in listener.seen or gone in talker.seen:
                break
            talker.seen = b""
            talker.drain()
        witness.stays_calm()
    line = server.wait_log("slow-reader")
    assert re.search(r"slow-reader conn=\S+ queued=\d+", line), line
    talker.ask("/who", "听众")
    assert gone in talker.seen + listener.seen
    assert len(re.findall(r"slow-reader", server.log.text())) == 1
    deaf.closed()


def test_bad_input_seed_client_never_reads(start):
    """Chunk mode waits between its pieces, but not for ever."""
    server = start(sets={"limits.output_bytes": 65536, "limits.line_rate": 0})
    deaf = LineClient(server)
    deaf.expect(GREETING)
    deaf.send("聋子")
    deaf.expect(ACCEPTED + entered("聋子"))
    talker = LineClient(server, "话多")
    for n in range(200):
        talker.say("唠叨" * 600)
    talker.until(left("聋子").strip())
    server.wait_log("slow-reader")


def test_bad_input_one_byte_and_wait(start):
    """They are gone when limits.register_timeout has passed. Until then nobody waits for them."""
    total = min(count(1000, 5000), resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 500)
    seconds = count(3, 8) * SLOW
    server = start(sets={"limits.register_timeout": seconds, "limits.line_rate": 0})
    with Crowd(server) as crowd, Witness(server) as witness:
        for n in range(0, total, 100):
            # One of those who send an x is called x from then on; all others are asked again.
            some = [crowd.connect(first=b"x" if n % 200 else b"\xe6") for _ in range(100)]
            crowd.everyone_hears(GREETING, some)
        last = time.monotonic()
        assert sum(guest.gone for guest in crowd.guests) < total / 2, "too slow to tell anything"
        took = []
        for n in range(7):
            began = time.monotonic()
            newcomer = LineClient(server, f"新客{n}")
            took.append(time.monotonic() - began)
            newcomer.close()
        assert sorted(took)[3] < 0.1 * SLOW, took
        crowd.until(lambda: sum(not guest.gone for guest in crowd.guests) <= 1, seconds + 5 * SLOW,
                    lambda: f"{sum(not guest.gone for guest in crowd.guests)} are still there")
        assert time.monotonic() - last < seconds + 2 * SLOW
        assert sum(guest.has(ACCEPTED) for guest in crowd.guests) <= 1
        witness.stays_calm()


def test_bad_input_half_the_clients_vanish(start):
    """The other half hears of it, ten by name and then by number, and talks on."""
    server = start(sets={"limits.line_rate": 0})
    half = count(200, 400)

    def departures(guest):
        by_number = re.findall(r"^系统消息(\d+)人退出了聊天室$", guest.seen.decode(errors="replace"), re.M)
        by_name = re.findall(r"^系统消息去\d+退出了聊天室$", guest.seen.decode(errors="replace"), re.M)
        return sum(map(int, by_number)) + len(by_name)

    with Crowd(server) as crowd:
        staying = crowd.enter([f"留{n}" for n in range(half)])
        leaving = crowd.enter([f"去{n}" for n in range(half)])
        with Witness(server) as witness:
            for guest in leaving:
                guest.vanish()
            crowd.until(lambda: departures(staying[0]) == half, why=lambda: departures(staying[0]))
            witness.stays_calm()
        staying[0].say("人呢？")
        crowd.everyone_hears("留0:人呢？\n", staying[1:])
        crowd.until(lambda: all(departures(guest) == half for guest in staying))
        again = crowd.enter([f"去{n}" for n in range(10)])
        again[0].say("回来了")
        crowd.everyone_hears("去0:回来了\n", staying)


def test_bad_input_out_of_descriptors_at_accept(start):
    """Who is in talks on; who comes later gets in when others have left."""
    limit = 100
    server = start(before=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)))
    with Crowd(server) as crowd:
        first, second = crowd.enter(["老李", "小王"])
        guests = [crowd.connect() for _ in range(limit + 50)]
        crowd.until(lambda: sum(guest.has(GREETING) for guest in guests) >= limit / 3)
        for n in range(50):
            first.say(f"第{n}句")
            crowd.everyone_hears(f"老李:第{n}句\n", [second])
        inside = [guest for guest in guests if guest.has(GREETING)]
        waiting = [guest for guest in guests if not guest.has(GREETING)]
        assert waiting, "the limit was not felt"
        assert not any(guest.gone for guest in guests)
        for guest in inside:
            guest.vanish()
        crowd.until(lambda: sum(guest.has(GREETING) for guest in waiting) >= min(50, len(waiting)))
        newcomer = next(guest for guest in waiting if guest.has(GREETING))
        newcomer.say("小张")
        crowd.everyone_hears(entered("小张"), [first, second, newcomer])


# The data folder

def test_bad_input_data_held_by_another_server(start):
    first = start()
    said = start(wait=False).failed()
    assert str(first.data) in said
    client = LineClient(first, "老李")
    client.ask("/who", "老李")


def test_bad_input_data_read_only(start, tmp_path):
    """As somebody who may read the folder and not write it."""
    user = None
    program = PROGRAM
    home = Path(tempfile.mkdtemp(prefix="teahouse-"))
    try:
        if os.getuid() == 0:
            user = 65534
            program = Path(shutil.copy(PROGRAM, home / "teahouse"))
            program.chmod(0o755)
        home.chmod(0o755)
        data = home / "data"
        data.mkdir()
        data.chmod(0o555)
        said = start(wait=False, data=data, user=user, program=program).failed()
        assert str(data) in said
        server = start(wait=False, data=data / "deeper", user=user, program=program)
        assert str(data) in server.failed()
    finally:
        home.chmod(0o755)
        (home / "data").chmod(0o755)
        shutil.rmtree(home)


def test_bad_input_database_of_a_newer_schema(start):
    first = start()
    with LineClient(first, "老李") as client:
        client.say("以后再说")
    first.stop()
    path = first.data / "history.db"
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 9999")
    db.commit()
    db.close()
    before = path.read_bytes()
    said = start(wait=False).failed()
    assert str(path) in said and "9999" in said
    assert path.read_bytes() == before, "a refused database must not be touched"
