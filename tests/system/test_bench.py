"""The load generator finds nothing wrong with our server, and does find what goes wrong elsewhere."""

import json
import os
import socket
import subprocess
import threading
import time

import pytest

from faulty import Faulty
from teahouse import PATIENCE, PROGRAM

TINY = ["--members", 5, "--senders", 2, "--window", 4, "--messages", 50, "--warmup-ms", 0,
        "--seconds", 5 * PATIENCE]
# However busy the machine is, being late is no fault of the server's.
PACED = [*TINY, "--window", 0]


def bench(workload, port, *options, scheme="irc"):
    """(exit code, what was measured, what was said of it)"""
    run = subprocess.run([PROGRAM, "bench", workload, f"{scheme}://127.0.0.1:{port}", "--json", *map(str, options)],
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


@pytest.mark.storm
@pytest.mark.parametrize("threads", [0, 1, 3])
@pytest.mark.parametrize("scheme", ["irc", "ircs"])
def test_many_rooms_on_any_number_of_threads(start, scheme, threads):
    server = start(listen=[f"{scheme}://127.0.0.1:0"],
                   args=["--exempt", "127.0.0.0/8", "--threads", str(threads)])
    code, measured, said = bench("fanout", server.address[1], "--rooms", 3, "--members", 20,
                                 "--senders", 4, "--window", 16, "--messages", 100, "--echo", 1,
                                 "--warmup-ms", 0, "--seconds", 5 * PATIENCE, scheme=scheme)
    assert code == 0, said
    assert measured["deliveries"] == 3 * 4 * 100 * 20
    code, _, said = bench("storm", server.address[1], "--clients", 60, "--members", 20, "--cut", 1,
                          scheme=scheme)
    assert code == 0, said


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
    assert measured["ceiling_per_s"] > 0


# ---- log-ins ----

def test_everybody_logs_in(start):
    server = start(listen=["irc://127.0.0.1:0"], args=["--exempt", "127.0.0.0/8"])
    for number in range(3):
        subprocess.run([PROGRAM, "account", "add", f"l{number}", "--data", str(server.data),
                        "--password-file", "-"], input="bench\n", text=True, check=True,
                       capture_output=True, timeout=PATIENCE)
    hashed = subprocess.run([PROGRAM, "passwd"], input="bench\n", text=True, check=True,
                            capture_output=True, timeout=PATIENCE).stdout.strip()
    options = ["--members", 3, "--warmup-ms", 0, "--hash", hashed]
    code, measured, said = bench("logins", server.address[1], *options, "--clients", 3)
    assert code == 0, said
    assert measured["login_seconds"] > 0 and measured["hashes_s"] > 0
    assert measured["echo_p99_us"] > 0 and measured["lost"] == 0
    code, _, said = bench("logins", server.address[1], *options, "--clients", 4)
    assert code == 1 and " 904 " in said


def fanout_through(*options, **faults):
    with Faulty(**faults) as server:
        return bench("fanout", server.port, "--patience", 1, *TINY, *options)


def test_an_honest_server_is_believed():
    code, measured, said = fanout_through()
    assert code == 0, said
    assert measured["deliveries"] == 2 * 50 * 4


@pytest.mark.parametrize("which", [100, 400])
def test_a_lost_delivery_is_found(which):
    """In the middle, where a gap shows it, and at the very end, where nothing comes behind it."""
    code, measured, said = fanout_through(
        relay=lambda count, line, _: [] if count == which else [line])
    assert code == 1
    assert measured["lost"] == 1 and measured["doubled"] == measured["damaged"] == 0
    assert "deliveries lost: 1," in said


@pytest.mark.parametrize("which", [100, 400])
def test_a_doubled_delivery_is_found(which):
    code, measured, _ = fanout_through(relay=lambda count, line, _: [line] * (1 + (count == which)))
    assert code == 1
    assert measured["doubled"] == 1 and measured["lost"] == measured["damaged"] == 0


def test_an_altered_delivery_is_found():
    code, measured, _ = fanout_through(
        relay=lambda count, line, _: [line.replace("xyz", "xxz") if count == 100 else line])
    assert code == 1
    assert measured["damaged"] == 1 and measured["lost"] == 1


# ---- echoes ----

def test_each_echo_is_a_delivery(irc):
    code, measured, said = bench("fanout", irc.address[1], *TINY, "--echo", 1)
    assert code == 0, said
    assert measured["deliveries"] == 2 * 50 * 5
    assert 0 < measured["echo_p50_us"] <= measured["echo_p99_us"] <= measured["echo_max_us"]


@pytest.mark.parametrize("echo, lost, doubled", [
    (lambda count, line: [] if count == 50 else [line], 1, 0),
    (lambda count, line: [line] * (1 + (count == 50)), 0, 1),
])
def test_a_wrong_echo_is_found(echo, lost, doubled):
    code, measured, _ = fanout_through("--echo", 1, echo=echo)
    assert code == 1
    assert (measured["lost"], measured["doubled"], measured["damaged"]) == (lost, doubled, 0)


def test_an_echo_out_of_order_is_found():
    """One sender's 10th comes after his 11th: lost when that came, doubled when it came itself."""
    kept = []

    def swap(count, line):
        if count == 10:
            kept.append(line)
            return []
        return [line, *kept] if count == 11 else [line]
    code, measured, _ = fanout_through("--echo", 1, "--senders", 1, echo=swap)
    assert code == 1
    assert (measured["lost"], measured["doubled"]) == (1, 1)


def test_an_echo_that_nobody_asked_for_is_found():
    with Faulty() as server:
        server.echoing.update(["b0", "b1"])
        code, measured, _ = bench("fanout", server.port, "--patience", 1, *TINY)
    assert code == 1 and measured["damaged"] > 0


# ---- on time ----

def test_messages_are_said_on_time(irc):
    code, measured, said = bench("fanout", irc.address[1], *PACED, "--rate", 200)
    assert code == 0, said
    assert measured["messages"] == 2 * 50 and measured["deliveries"] == 2 * 50 * 4
    assert measured["seconds"] > 0.45  # the last is due 99/200 s after the first
    assert 1 <= measured["behind_max"] <= 100


def test_a_server_that_falls_behind_is_noticed_and_its_pause_counts():
    """The 41st message has to be said 0.2 s after the first, and its receivers get nothing before the
    61st is due: what is late is late from when it was due."""
    held = []

    def stand_still(count, line, _):
        if count <= 40:
            return [line]
        held.append(line)
        return held if count == 60 else [line] if count > 60 else []
    options = ["--members", 2, "--senders", 1, "--rate", 200, "--messages", 80]
    code, measured, said = fanout_through(*options, "--window", 80, relay=stand_still)
    assert code == 0, said
    assert measured["latency_max_us"] > 90_000  # 19 messages at 5 ms
    assert measured["behind_max"] >= 20
    held.clear()
    code, _, said = fanout_through(*options, "--window", 10, relay=stand_still)
    assert code == 1 and "the server fell 10 messages behind a sender" in said


# ---- in again ----

def test_everybody_comes_back_after_the_cut(irc):
    code, measured, said = bench("storm", irc.address[1], "--clients", 60, "--members", 20, "--cut", 1)
    assert code == 0, said
    assert measured["clients"] == 60 and measured["retries"] >= 0


def test_a_nick_that_is_taken_for_a_moment_is_asked_for_again():
    with Faulty(taken=lambda count, _: count == 2) as server:
        code, measured, said = bench("storm", server.port, "--clients", 5, "--members", 5, "--cut", 1)
    assert code == 0, said
    assert measured["retries"] == 5


def test_who_is_not_let_in_again_is_missed():
    with Faulty(taken=lambda count, _: count >= 2) as server:
        code, _, said = bench("storm", server.port, "--clients", 5, "--cut", 1, "--patience", 1)
    assert code == 1 and "only 0 of 5 clients came in" in said


def test_a_nick_that_is_taken_before_the_cut_is_a_refusal():
    with Faulty(taken=lambda count, _: count == 1) as server:
        code, _, said = bench("storm", server.port, "--clients", 5, "--cut", 1)
    assert code == 1 and "the server said: :faulty 433" in said


# ---- a PING beside it ----

def test_ping(irc):
    code, measured, said = bench("ping", irc.address[1], *TINY, "--messages", 0, "--seconds", 1,
                                 "--ping-ms", 10)
    assert code == 0, said
    assert 80 <= measured["pings"] <= 100
    assert 0 < measured["ping_p50_us"] <= measured["ping_p99_us"] <= measured["ping_max_us"]
    assert measured["deliveries"] > 0 and measured["lost"] == 0


@pytest.mark.parametrize("pong, complaint", [
    (lambda count, line: [line] if "settle" in line else [], "a PING got no answer in 1 s"),
    (lambda count, line: [] if "00000004" in line else [line], "not in its turn"),
    (lambda count, line: [line] * (1 + ("00000004" in line)), "a PING was answered twice"),
    (lambda count, line: [line.replace("00000004", "00000005")], "not in its turn"),
])
def test_a_wrong_pong_is_found(pong, complaint):
    with Faulty(pong=pong) as server:
        code, _, said = bench("ping", server.port, *PACED, "--messages", 10, "--rate", 100,
                              "--patience", 1, "--ping-ms", 10)
    assert code == 1 and complaint in said


def test_a_pause_makes_all_pings_late_that_were_due_in_it():
    """The 20th is answered with the 40th, 0.2 s later: so are those between, each a bit less late."""
    held = []

    def pause(count, line):
        if "settle" in line or not 20 <= int(line.split(":")[-1], 16) < 40:
            answers = [*held, line]
            held.clear()
            return answers
        held.append(line)
        return []
    with Faulty(pong=pause) as server:
        code, measured, said = bench("ping", server.port, *PACED, "--messages", 0, "--rate", 100,
                                     "--seconds", 1, "--ping-ms", 10)
    assert code == 0, said
    assert measured["ping_max_us"] > 195_000 and measured["ping_p90_us"] > 95_000


# ---- who does not read ----

SLOW = ["--members", 4, "--slow", 3, "--window", 256, "--bytes", 400, "--seconds", 5 * PATIENCE]


def test_slow_members_who_are_let_go(irc):
    code, measured, said = bench("slow", irc.address[1], *SLOW, "--messages", 4000, "--pid", irc.pid)
    assert code == 0, said
    assert measured["slow_cut"] == 3 and measured["deliveries"] == 3 * 4000
    assert measured["kernel_max_per_slow"] > 10_000
    assert measured["rss_max"] > 0 and measured["rss_before"] > 0 and measured["rss"] > 0
    assert measured["readers_p99_us"] == measured["latency_p99_us"]


def test_slow_members_who_are_waited_for(irc):
    code, measured, said = bench("slow", irc.address[1], *SLOW, "--messages", 100)
    assert code == 0, said
    assert measured["slow_cut"] == 0
    assert measured["messages"] == 100 and measured["deliveries"] == 3 * 100


@pytest.mark.parametrize("served, lost, doubled, damaged", [
    (lambda line: [], 1, 0, 0),
    (lambda line: [line, line], 0, 1, 0),
    (lambda line: [line, line.replace("abc", "abd")], 0, 0, 1),
])
@pytest.mark.parametrize("which", [50, 100])
def test_a_slow_member_who_is_served_wrongly(which, served, lost, doubled, damaged):
    """b4 is slow; what went wrong with his messages is found when he reads them at last."""
    seen = []

    def relay(_, line, nick):
        seen.extend([nick] * (nick == "b4"))
        return served(line) if nick == "b4" and len(seen) == which else [line]
    with Faulty(relay=relay) as server:
        code, measured, _ = bench("slow", server.port, *SLOW, "--messages", 100, "--patience", 1)
    assert code == 1
    assert (measured["lost"], measured["doubled"], measured["damaged"]) == (lost, doubled, damaged)


# ---- what was said before ----

def test_history(irc):
    options = ["--clients", 5, "--messages", 60, "--seconds", 1, "--warmup-ms", 0]
    for more in [["--limit", 7], ["--rate", 50, "--window", 4]]:
        code, measured, said = bench("history", irc.address[1], *options, *more, "--pid", irc.pid)
        assert code == 0, said
        assert measured["messages_per_answer"] == (7 if "--limit" in more else 50)
        assert measured["answers"] > 10 and measured["cpu_us_per_answer"] > 0
        assert 0 < measured["history_p50_us"] <= measured["history_p99_us"]
        assert measured.get("deliveries", 250) == 250
    soon = int(time.time()) + 60
    before = ["--limit", 7, "--from-s", soon, "--to-s", soon + 1000]
    code, measured, said = bench("history", irc.address[1], *options, *before)
    assert code == 0, said
    assert measured["messages_per_answer"] == 7 and measured["first_us"] > 0
    code, _, said = bench("history", irc.address[1], *options, "--from-s", 1, "--to-s", 1000)
    assert code == 1 and "has not 50 messages from before" in said


@pytest.mark.parametrize("past, complaint", [
    (lambda lines: lines[1:], "an answer has 19 messages, not 20 to 50"),
    (lambda lines: lines[:8] + lines[9:], "message 9 of an answer is not the one after 8"),
    (lambda lines: lines[:8] + [lines[7]] + lines[9:], "message 9 of an answer is not the one after 8"),
    (lambda lines: lines[:8] + [lines[9], lines[8]] + lines[10:], "is not the one after"),
    (lambda lines: lines[:8] + [("2000-01-01T00:00:00.000Z", lines[8][1])] + lines[9:],
     "message 9 of an answer is not the one after 8"),
    (lambda lines: lines[:8] + [(lines[8][0], lines[8][1].replace("abc", "abd"))] + lines[9:],
     "an answer has other words than the first"),
    (lambda lines: None, "CHATHISTORY got no answer"),
])
def test_a_wrong_answer_from_history_is_found(past, complaint):
    """The first answer of all is empty, the second is what the others are held against, and the fifth is
    wrong."""
    with Faulty(past=lambda count, lines: past(lines) if count == 5 else lines) as server:
        code, _, said = bench("history", server.port, "--clients", 2, "--messages", 20, "--patience", 1,
                              "--seconds", 1, "--warmup-ms", 0)
    assert code == 1 and complaint in said


# ---- TLS ----

@pytest.mark.parametrize("workload, options", [
    ("fanout", [*TINY, "--echo", 1]),
    ("ping", [*PACED, "--rate", 400]),
    ("slow", [*SLOW, "--messages", 4000]),
    ("storm", ["--clients", 30, "--cut", 1]),
    ("history", ["--clients", 3, "--messages", 60, "--limit", 20, "--seconds", 1, "--warmup-ms", 0]),
])
def test_workloads_with_tls(start, workload, options):
    server = start(listen=["ircs://127.0.0.1:0"], args=["--exempt", "127.0.0.0/8"])
    code, measured, said = bench(workload, server.address[1], *options, scheme="ircs")
    assert code == 0, said
    assert measured.get("deliveries", 1) > 0 and measured.get("lost", 0) == 0
    assert measured.get("slow_cut", 3) == 3


def test_handshakes(start):
    server = start(listen=["ircs://127.0.0.1:0"], args=["--exempt", "127.0.0.0/8"])
    code, measured, said = bench("handshakes", server.address[1], "--seconds", 1, "--warmup-ms", 0,
                                 "--pid", server.pid, scheme="ircs")
    assert code == 0, said
    assert measured["handshakes_per_s"] > 0 and measured["handshakes_per_cpu_s"] > 0
    assert 0 < measured["cpu_us_per_handshake"] and 0 < measured["handshake_p50_us"]


def test_handshakes_are_those_of_tls(irc):
    code, _, said = bench("handshakes", irc.address[1])
    assert code == 1 and "the URL has to be ircs://" in said


def test_handshakes_that_are_never_done():
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        code, _, said = bench("handshakes", nobody.getsockname()[1], "--patience", 1, scheme="ircs")
    assert code == 1 and "after 0 handshakes one failed: the server does not go on" in said


@pytest.mark.parametrize("workload", ["handshakes", "storm"])
def test_a_handshake_that_is_broken_off(workload):
    def hang_up(listener):
        sock, _ = listener.accept()
        sock.recv(1)
        sock.close()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=hang_up, args=[listener], daemon=True).start()
        code, _, said = bench(workload, listener.getsockname()[1], "--clients", 1, scheme="ircs")
    assert code == 1 and "during the handshake" in said


# ---- what it says of itself ----

@pytest.mark.parametrize("options", [
    ["fanout", *TINY], ["slow", *SLOW, "--messages", 10], ["storm", "--clients", 20],
])
def test_every_report_ends_with_the_ceiling(irc, options):
    code, measured, said = bench(options[0], irc.address[1], "--pid", irc.pid, *options[1:])
    assert code == 0, said
    assert list(measured)[-2:] == ["load_cpu_percent", "ceiling_per_s"]
    assert measured["ceiling_per_s"] > 0 and measured["load_cpu_percent"] > 0


def read_all(terminal):
    said = b""
    try:
        while piece := os.read(terminal, 4096):
            said += piece
    except OSError:  # the other end is closed
        os.close(terminal)
    return said.decode()


def test_whoever_watches_sees_the_progress(irc):
    ours, its = os.openpty()
    with subprocess.Popen([PROGRAM, "bench", "fanout", f"irc://127.0.0.1:{irc.address[1]}", "--rate", "20",
                           "--members", "3", "--seconds", "2"], stdout=subprocess.DEVNULL,
                          stderr=its) as run:
        os.close(its)
        said = read_all(ours)
        assert run.wait(10 * PATIENCE) == 0
    assert said.startswith("\rmeasuring, 2 s: ") and " deliveries, 3 clients" in said
    assert said.endswith("\r\033[K")


# ---- wrong usage ----

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
    (["storm", "plain://127.0.0.1:4567"], "irc:// or ircs:// can be measured"),
    (["storm", "irc://127.0.0.1", "irc://127.0.0.2"], "one server at a time"),
    (["storm", "--clients"], "--clients needs a value"),
    (["storm", "--clients", "0"], "--clients has to be from 1 to 100000"),
    (["storm", "--client", "1"], "there is no option --client"),
])
def test_wrong_usage(arguments, said):
    code, errors = refused(*arguments)
    assert code == 2 and said in errors
