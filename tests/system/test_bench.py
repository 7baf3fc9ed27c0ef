"""The load generator finds nothing wrong with our server, and does find what goes wrong elsewhere."""

import json
import socket
import subprocess
import threading

import pytest

from teahouse import PATIENCE, PROGRAM

TINY = ["--members", 5, "--senders", 2, "--window", 4, "--messages", 50, "--warmup-ms", 0,
        "--seconds", 5 * PATIENCE]


def bench(workload, port, *options):
    """(exit code, what was measured, what was said of it)"""
    run = subprocess.run([PROGRAM, "bench", workload, f"irc://127.0.0.1:{port}", "--json", *map(str, options)],
                         capture_output=True, text=True, timeout=10 * PATIENCE)
    return run.returncode, json.loads(run.stdout or "{}"), run.stderr


@pytest.fixture
def irc(start):
    return start(listen=["irc://127.0.0.1:0"], args=["--exempt", "127.0.0.0/8"])


def test_nothing_is_lost(irc):
    code, measured, said = bench("fanout", irc.address[1], "--rooms", 2, "--pid", irc.pid, *TINY)
    assert code == 0, said
    assert measured["deliveries"] == 2 * 2 * 50 * 4
    assert measured["lost"] == measured["doubled"] == measured["damaged"] == 0
    assert measured["cpu_s"] > 0
    assert 0 < measured["latency_p50_us"] <= measured["latency_p99_us"]


def test_a_second_run_does_not_count_what_is_replayed(irc):
    for _ in range(2):
        code, measured, said = bench("fanout", irc.address[1], *TINY)
        assert code == 0, said
        assert measured["deliveries"] == 2 * 50 * 4


def test_storm(irc):
    code, measured, said = bench("storm", irc.address[1], "--clients", 60, "--members", 20)
    assert code == 0, said
    assert measured["clients"] == 60 and measured["clients_per_s"] > 0


def test_idle(irc):
    code, measured, said = bench("idle", irc.address[1], "--pid", irc.pid, "--clients", 60,
                                 "--base-clients", 20, "--members", 20)
    assert code == 0, said
    assert measured["rss"] >= measured["anonymous"] > 0


class Relay:
    """An IRC server of one room. relay(count, line) says in which lines the count-th message of all
    is relayed to each of the others: [line] if it is honest."""

    def __init__(self, relay):
        self.relay = relay
        self.count = 0
        self.members = {}
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=[sock], daemon=True).start()

    def serve(self, sock):
        nick = None
        try:
            for line in sock.makefile("r", newline="\n"):
                verb, _, rest = line.strip().partition(" ")
                with self.lock:
                    if verb == "NICK":
                        nick = rest
                    elif verb == "USER":
                        sock.sendall(b":relay 001 you :welcome\r\n")
                    elif verb == "JOIN":
                        self.members[nick] = sock
                        sock.sendall(f":relay 366 {nick} {rest} :that is all\r\n".encode())
                    elif verb == "PING":
                        sock.sendall(f":relay PONG relay {rest}\r\n".encode())
                    elif verb == "PRIVMSG":
                        self.said(nick, line)
        except OSError:
            pass

    def said(self, nick, line):
        for other, sock in self.members.items():
            if other != nick:
                self.count += 1
                for piece in self.relay(self.count, line):
                    sock.sendall(f":{nick}!bench@relay {piece}".encode())

    def close(self):
        self.listener.close()
        for sock in self.members.values():
            sock.close()


def fanout_through(relay):
    server = Relay(relay)
    try:
        return bench("fanout", server.port, "--patience", 1, *TINY)
    finally:
        server.close()


def test_an_honest_relay_is_believed():
    code, measured, said = fanout_through(lambda _, line: [line])
    assert code == 0, said
    assert measured["deliveries"] == 2 * 50 * 4


@pytest.mark.parametrize("which", [100, 400])
def test_a_lost_delivery_is_found(which):
    """In the middle, where a gap shows it, and at the very end, where nothing comes behind it."""
    code, measured, said = fanout_through(lambda count, line: [] if count == which else [line])
    assert code == 1
    assert measured["lost"] == 1 and measured["doubled"] == measured["damaged"] == 0
    assert "deliveries lost: 1," in said


@pytest.mark.parametrize("which", [100, 400])
def test_a_doubled_delivery_is_found(which):
    code, measured, _ = fanout_through(lambda count, line: [line] * (1 + (count == which)))
    assert code == 1
    assert measured["doubled"] == 1 and measured["lost"] == measured["damaged"] == 0


def test_an_altered_delivery_is_found():
    code, measured, _ = fanout_through(
        lambda count, line: [line.replace("xyz", "xxz") if count == 100 else line])
    assert code == 1
    assert measured["damaged"] == 1 and measured["lost"] == 1


def refused(*arguments):
    run = subprocess.run([PROGRAM, "bench", *arguments], capture_output=True, text=True,
                         timeout=PATIENCE)
    return run.returncode, run.stderr


def test_only_loopback_is_loaded():
    assert refused("storm", "irc://192.0.2.1:6667") == (
        1, "teahouse: 192.0.2.1 is not a loopback address: this makes load, and only at home\n")


@pytest.mark.parametrize("arguments, said", [
    ([], "usage: teahouse bench WORKLOAD"),
    (["tempest"], 'there is no workload "tempest"'),
    (["storm", "plain://127.0.0.1:4567"], "only irc:// can be measured"),
    (["storm", "irc://127.0.0.1", "irc://127.0.0.2"], "one server at a time"),
    (["storm", "--clients"], "--clients needs a number"),
    (["storm", "--clients", "0"], "--clients has to be from 1 to 100000"),
    (["storm", "--client", "1"], "there is no option --client"),
])
def test_wrong_usage(arguments, said):
    code, errors = refused(*arguments)
    assert code == 2 and said in errors
