"""Thousands of commands at once over IRC, and each answer in its place."""

import pytest

from crowd import Crowd, common_order
from irc import LISTEN, IrcGuest

pytestmark = pytest.mark.storm

SETS = {"limits.line_rate": 0}


@pytest.mark.parametrize("threads", [2, 0])
def test_irc_echoes_are_where_others_see_them(start, threads):
    """Who talks sees its own words among all others where everybody sees them."""
    server = start(listen=LISTEN, sets=SETS | {"server.threads": threads})
    with Crowd(server, IrcGuest) as crowd:
        guests = crowd.enter([f"客{n}" for n in range(4)])
        for n in range(1000):
            for guest in guests[1:]:
                guest.say(f"{n} " + "茶" * 100)
        for guest in guests[1:]:
            guest.ask("PING done")
        crowd.everyone_hears("PONG teahouse.local :done\r\n", guests[1:])
        guests[1].say("完")
        crowd.everyone_hears(" :完\r\n", guests)
        assert len(common_order(guests)) == 3001


def test_irc_what_is_not_stored_overtakes_nothing(start):
    """A CTCP comes after what its sender said before it."""
    server = start(listen=LISTEN, sets=SETS)
    with Crowd(server, IrcGuest) as crowd:
        talker, listener = crowd.enter(["客人", "听众"])
        for n in range(200):
            talker.say(f"{2 * n}")
            talker.say(f"\x01PING {2 * n + 1}\x01")
        crowd.everyone_hears("PING 399\x01\r\n", [talker, listener])
        for guest in talker, listener:
            said = [text.strip("\x01").removeprefix("PING ") for _, _, _, text in guest.messages()]
            assert said == [str(n) for n in range(400)], guest.nick
