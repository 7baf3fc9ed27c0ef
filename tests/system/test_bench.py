"""The load generator finds nothing wrong with our server, and does find what goes wrong elsewhere."""

import json
import os
import subprocess

import pytest

from faulty import Faulty
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
        relay=lambda count, line: [] if count == which else [line])
    assert code == 1
    assert measured["lost"] == 1 and measured["doubled"] == measured["damaged"] == 0
    assert "deliveries lost: 1," in said


@pytest.mark.parametrize("which", [100, 400])
def test_a_doubled_delivery_is_found(which):
    code, measured, _ = fanout_through(relay=lambda count, line: [line] * (1 + (count == which)))
    assert code == 1
    assert measured["doubled"] == 1 and measured["lost"] == measured["damaged"] == 0


def test_an_altered_delivery_is_found():
    code, measured, _ = fanout_through(
        relay=lambda count, line: [line.replace("xyz", "xxz") if count == 100 else line])
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
    code, measured, said = bench("fanout", irc.address[1], *TINY, "--rate", 200, "--window", 100)
    assert code == 0, said
    assert measured["messages"] == 2 * 50 and measured["deliveries"] == 2 * 50 * 4
    assert measured["seconds"] > 0.45  # the last is due 99/200 s after the first
    assert 1 <= measured["behind_max"] <= 100


def test_a_server_that_falls_behind_is_noticed_and_its_pause_counts():
    """The 41st message has to be said 0.2 s after the first, and its receivers get nothing before the
    61st is due: what is late is late from when it was due."""
    held = []

    def stand_still(count, line):
        if count <= 40:
            return [line]
        held.append(line)
        return held if count == 60 else [line] if count > 60 else []
    options = ["--members", 2, "--senders", 1, "--rate", 200, "--messages", 80]
    code, measured, said = fanout_through(*options, "--window", 40, relay=stand_still)
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
    with Faulty(taken=lambda count: count == 2) as server:
        code, measured, said = bench("storm", server.port, "--clients", 5, "--members", 5, "--cut", 1)
    assert code == 0, said
    assert measured["retries"] == 5


def test_who_is_not_let_in_again_is_missed():
    with Faulty(taken=lambda count: count >= 2) as server:
        code, _, said = bench("storm", server.port, "--clients", 5, "--cut", 1, "--patience", 1)
    assert code == 1 and "only 0 of 5 clients came in" in said


def test_a_nick_that_is_taken_before_the_cut_is_a_refusal():
    with Faulty(taken=lambda count: count == 1) as server:
        code, _, said = bench("storm", server.port, "--clients", 5, "--cut", 1)
    assert code == 1 and "the server said: :faulty 433" in said


# ---- what it says of itself ----

@pytest.mark.parametrize("options", [
    ["fanout", *TINY], ["idle", "--clients", 40, "--base-clients", 20], ["storm", "--clients", 20],
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
    (["storm", "plain://127.0.0.1:4567"], "only irc:// can be measured"),
    (["storm", "irc://127.0.0.1", "irc://127.0.0.2"], "one server at a time"),
    (["storm", "--clients"], "--clients needs a value"),
    (["storm", "--clients", "0"], "--clients has to be from 1 to 100000"),
    (["storm", "--client", "1"], "there is no option --client"),
])
def test_wrong_usage(arguments, said):
    code, errors = refused(*arguments)
    assert code == 2 and said in errors
