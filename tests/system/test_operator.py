"""Operators of the server stop it, or have it begin anew."""

import os

import pytest

from ircguest import IrcClient
from teahouse import LineClient


def enter_operator(server):
    eve = IrcClient(server)
    for line in ("NICK eve", "USER eve 0 * :Eve", "OPER eve tea"):
        eve.say(line)
    eve.until("MODE", "+o")
    return eve


def serve(start, more=None, **options):
    """A server that anybody can stop, on the ports it was given; and somebody who may."""
    first = start(listen=["plain://127.0.0.1:0", "irc://127.0.0.1:0"], **options)
    urls = first.urls
    first.stop()
    server = start(listen=urls, sets={"oper.eve.password": "tea", **(more or {})}, **options)
    return server, enter_operator(server)


def descriptors(server):
    return len(os.listdir(f"/proc/{server.pid}/fd"))


@pytest.mark.parametrize("threads", [0, 2])
def test_die_leaves_nothing_behind(start, threads):
    server, eve = serve(start, args=["--threads", threads])
    with LineClient(server, "老李") as guest:
        for n in range(100):
            eve.say(f"PRIVMSG #lobby :{n}")
        eve.say("DIE")
        eve.until("ERROR")
        guest.until(":99")
        guest.until("服务器要关了")
        assert server.wait_end() == 0
    assert [row[4] for row in server.history()] == [str(n) for n in range(100)]
    server.discard()


@pytest.mark.parametrize("threads", [0, 2])
def test_restart_serves_the_same_data_on_the_same_ports(start, threads):
    server, eve = serve(start, args=["--threads", threads])
    pid, urls = server.pid, server.urls
    eve.say("JOIN #lobby")
    for n in range(20):
        eve.say(f"PRIVMSG #lobby :{n}")
    eve.say("TOPIC #lobby :龙井")
    for turn in range(3):
        before = len(server.out.lines)
        eve.say("RESTART")
        eve.until("ERROR")
        assert server.out.wait(lambda line: line == "ready", start=before), server.said()
        said = server.out.lines[before:]
        assert [line.split()[-1] for line in said if line.startswith("listening on")] == urls
        assert not any("OPER admin" in line for line in said), "the code is said once"
        eve = enter_operator(server)
        if turn == 0:
            kept = descriptors(server)
    assert server.pid == pid and server.process.poll() is None
    assert descriptors(server) == kept, "a run leaves no descriptor to the next"
    eve.say("JOIN #lobby")
    seen = eve.until("PRIVMSG", "] 19")
    assert any(m.command == "332" and m.params[-1] == "龙井" for m in seen)
    assert [row[4] for row in server.history()] == [str(n) for n in range(20)]


def test_restart_stops_when_it_is_told_so(start):
    """A signal that comes meanwhile is for whoever comes next."""
    server, eve = serve(start)
    eve.say("RESTART")
    eve.until("ERROR")
    server.stop()


def test_who_is_no_operator_stops_nothing(start):
    server = start(listen=["irc://127.0.0.1:0"])
    bob = IrcClient(server, "bob")
    for verb in ("DIE", "RESTART", "REHASH"):
        bob.say(verb)
        bob.until("481")
    bob.say("PING 1")
    bob.until("PONG")


def test_rehash_says_when_something_stays_as_it_was(start, tmp_path):
    motd = tmp_path / "motd"
    motd.write_text("early\n")
    server, eve = serve(start, more={"server.motd": motd})
    motd.write_text("late\n")
    eve.say("REHASH")
    eve.until("382")
    eve.say("MOTD")
    eve.until("372", "late")
    motd.unlink()
    eve.say("REHASH")
    eve.until("382")
    eve.until("FAIL", "REHASH RELOAD_FAILED :")
    eve.say("MOTD")
    eve.until("372", "late")
