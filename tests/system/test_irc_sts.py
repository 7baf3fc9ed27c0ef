"""Strict Transport Security (https://ircv3.net/specs/extensions/sts): what each kind of connection is told."""

import pytest

from ircguest import IrcClient

pytestmark = pytest.mark.wire

BOTH = ("irc://127.0.0.1:0", "ircs://127.0.0.1:0")


def told(server, scheme, version="302"):
    """The words of CAP LS that begin with sts."""
    client = IrcClient(server, address=server.address_of(scheme))
    words = client.ask(f"CAP LS {version}", "CAP").text.split()
    client.close()
    return [word for word in words if word.startswith("sts")]


@pytest.mark.parametrize("seconds", ["0", "15552000"])
def test_each_connection_is_told_its_part(start, seconds):
    server = start(listen=BOTH, sets={"tls.sts_duration": seconds})
    port = server.address_of("ircs")[1]
    assert told(server, "irc") == ([f"sts=port={port}"] if int(seconds) else [])
    assert told(server, "ircs") == [f"sts=duration={seconds}"]
    # It says nothing without its value, and cannot be had.
    assert told(server, "irc", "") == []
    client = IrcClient(server, "a", address=server.address_of("irc"))
    assert client.ask("CAP REQ :sts", "CAP").params == ["a", "NAK", "sts"]
    client.say("CAP LIST")
    assert client.message().params == ["a", "LIST", ""]


def test_it_is_offered_only_when_asked_for_and_possible(start):
    server = start(listen=BOTH)
    assert told(server, "irc") == told(server, "ircs") == []
    server.stop()
    server = start(listen=BOTH[:1], sets={"tls.sts_duration": "60"})
    assert told(server, "irc") == []


def test_where_the_icon_is(start):
    server = start(listen=BOTH[:1], sets={"server.icon": "https://example.org/tea.png?a&b"})
    client = IrcClient(server, "a")
    assert " draft/ICON=https://example.org/tea.png?a&b " in client.ask("ISUPPORT", "005", "ICON").line
    server.stop()
    client = IrcClient(start(listen=BOTH[:1]), "a")
    assert "ICON" not in client.ask("ISUPPORT", "005", "UTF8ONLY").line
