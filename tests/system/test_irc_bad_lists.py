"""docs/bad-input.md, what has an end: lists that a stranger fills, and what he begins and does not finish.
At the edge it is taken, one beyond is refused in words, and nothing that was there is lost."""

import pytest

from ircguest import LABEL_CAPS, IrcClient
from login import authenticate, challenge, plain

ROOM = "#茶馆"
CAPS = LABEL_CAPS + ("draft/metadata-3", "draft/read-marker", "draft/multiline", "sasl")
LISTEN = ("irc://127.0.0.1:0",)


@pytest.fixture
def server(start):
    return start(listen=LISTEN, sets={"limits.line_rate": 0, "limits.login_rate": 0,
                                      "limits.register_rate": 0})


def guest(server, nick="客人"):
    client = IrcClient(server)
    client.ask("CAP LS 302", "CAP", "draft/")
    client.caps = CAPS
    return client.enter(nick)


def commands(client, *lines):
    for line in lines:
        client.say(line)
    return [m.command for m in client.sync()]


# Of a room

def test_10000_bans(server):
    client, other = guest(server), guest(server, "旁人")
    client.join(ROOM)
    other.join(ROOM)
    client.until("JOIN")
    for n in range(0, 10_000, 10):
        client.say(f"MODE {ROOM} +bbbbbbbbbb {' '.join(f'坏{n + i}!*@*' for i in range(10))}")
    answers = client.sync()
    assert [m.command for m in answers] == ["MODE"] * 10 + ["478"] * 9900
    assert all(m.params[1:3] == [ROOM, "b"] for m in answers[10:])
    client.say(f"PRIVMSG {ROOM} :还在")
    assert [m.command for m in other.until("PRIVMSG", "还在")] == ["MODE"] * 10 + ["PRIVMSG"]
    assert commands(client, f"MODE {ROOM} b")[1:] == ["367"] * 100 + ["368"]
    for letter, number in ("e", "348"), ("I", "346"):
        for n in range(0, 110, 10):
            client.say(f"MODE {ROOM} +{letter * 10} {' '.join(f'好{n + i}!*@*' for i in range(10))}")
        assert [m.command for m in client.sync()] == ["MODE"] * 10 + ["478"] * 10
        assert commands(client, f"MODE {ROOM} {letter}").count(number) == 100
    assert commands(client, f"MODE {ROOM} -b 坏0!*@*", f"MODE {ROOM} +b 另!*@*") == ["MODE"] * 2


# Of oneself

def test_silence_and_accept(server):
    client = guest(server)
    assert commands(client, *(f"SILENCE +坏{n}" for n in range(40))) == ["SILENCE"] * 32 + ["511"] * 8
    assert commands(client, "SILENCE +坏0", "SILENCE") == ["SILENCE"] + ["271"] * 32 + ["272"]
    assert commands(client, "SILENCE -坏0", "SILENCE +另") == ["SILENCE"] * 2
    others = [guest(server, f"友{n}") for n in range(51)]
    assert commands(client, *(f"ACCEPT 友{n}" for n in range(51))) == ["456"]
    assert commands(client, "ACCEPT *") == ["281"] * 50 + ["282"]
    others[0].close()
    client.ask("MONITOR + 友0", "731")
    assert commands(client, "ACCEPT 友50") == []


def test_monitor(server):
    client = guest(server)
    for n in range(0, 120, 20):
        client.say("MONITOR + " + ",".join(f"友{n + i}" for i in range(20)))
    answers = client.sync()
    assert [m.command for m in answers if m.command == "734"] == ["734"]
    assert answers[-1].params[1:3] == ["100", ",".join(f"友{n}" for n in range(100, 120))]
    client.say("MONITOR L")
    *parts, end = client.until("733")
    assert sum(len(m.text.split(",")) for m in parts) == 100 and end
    assert commands(client, "MONITOR - 友0", "MONITOR + 另") == ["731"]


def test_metadata(server):
    client = guest(server)
    many = [f"METADATA * SET k{n} :{'v' * 256}" for n in range(25)]
    assert commands(client, *many) == ["761"] * 24 + ["FAIL"]
    assert client.ask(f"METADATA * SET k0 :{'v' * 257}", "FAIL").params[1] == "INVALID_VALUE"
    assert client.ask(f"METADATA * SET {'k' * 65} :v", "FAIL").params[1] == "INVALID_KEY"
    client.say("METADATA * LIST")
    listed = client.sync()
    assert [m.command for m in listed] == ["BATCH"] + ["761"] * 24 + ["BATCH"]
    assert all(m.text == "v" * 256 for m in listed[1:-1])
    assert client.ask(f"METADATA * SUB {' '.join(f'k{n}' for n in range(65))}", "FAIL").params[1:3] == [
        "TOO_MANY_SUBS", "k64"]
    assert commands(client, "METADATA * UNSUB k0", "METADATA * SUB k64") == ["770", "771", "770"]
    # Too many at once; and a moment later again.
    answers = commands(client, *(f"METADATA * SET k1 :{n}" for n in range(200)))
    assert "FAIL" in answers and set(answers) == {"761", "FAIL"} and len(answers) == 200
    client.ask("METADATA * GET k1", "761")


def test_read_markers_of_an_account(server):
    client = guest(server)
    client.ask("REGISTER * * 壶", "900")
    times = "timestamp=2026-01-01T00:00:00.000Z"
    answers = commands(client, *(f"MARKREAD #{n} {times}" for n in range(1010)))
    assert answers == ["MARKREAD"] * 1000 + ["FAIL"] * 10
    assert client.ask("MARKREAD #0", "MARKREAD").params == ["#0", times]
    assert client.ask("MARKREAD #0 timestamp=2026-01-02T00:00:00.000Z", "MARKREAD").params[1].startswith(
        "timestamp=2026-01-02")


def test_invitations(server):
    """Of a hundred the oldest goes, and only that."""
    client, hosts = guest(server), [guest(server, "主一"), guest(server, "主二")]
    for host, numbers in zip(hosts, (range(100), range(100, 101))):
        for n in numbers:
            host.join(f"#{n}")
            host.ask(f"MODE #{n} +i", "MODE")
            host.ask(f"INVITE 客人 #{n}", "341")
    client.say("INVITE")
    listed = [m.text for m in client.until("337") if m.command == "336"]
    assert sorted(listed) == sorted(f"#{n}" for n in range(1, 101))
    assert client.ask("JOIN #0", "473")
    client.join("#100")
    assert client.ask("PART #100", "PART") and client.ask("JOIN #100", "473"), "once"


# Labels, batches, capabilities

def test_labels(server):
    client = guest(server)
    label = "x" * 64
    client.say(f"@label={label} PING x")
    assert client.until("PONG")[-1].tags["label"] == label
    client.say(f"@label={label}x PING x")
    assert "label" not in client.until("PONG")[-1].tags
    client.say("@label= PING x")
    assert "label" not in client.until("PONG")[-1].tags
    client.say(f"@label={label} WHOIS 客人")
    assert client.until("BATCH", "labeled-response")[-1].tags["label"] == label


def test_batches_that_are_never_closed(server):
    client, other = guest(server), guest(server, "旁人")
    client.join(ROOM)
    other.join(ROOM)
    client.until("JOIN")
    client.say(f"BATCH +1 draft/multiline {ROOM}")
    for n in range(20):
        client.say(f"@batch=1 PRIVMSG {ROOM} :{n}")
    assert commands(client, "PING x", f"PRIVMSG {ROOM} :还在") == ["PONG", "PRIVMSG"]
    assert [m.text for m in other.until("PRIVMSG", "还在") if m.command == "PRIVMSG"] == ["还在"]
    # A thousand more: of each that was open he is told.
    answers = commands(client, *(f"BATCH +b{n} draft/multiline {ROOM}" for n in range(1000)))
    assert answers == ["FAIL"] * 1000
    assert commands(client, *(f"@batch=b999 PRIVMSG {ROOM} :{n}" for n in range(1000))) == ["FAIL"]
    assert commands(client, "BATCH -b999", "BATCH -b999", "BATCH -b0") == ["FAIL"] * 2
    client.say(f"BATCH +2 draft/multiline {ROOM}")
    client.say(f"@batch=2 PRIVMSG {ROOM} :没说完")
    client.vanish()
    assert other.until("QUIT")[-1].nick == "客人"
    assert "没说完" not in other.seen.decode()


def test_capabilities_without_end(server):
    """All of them, again and again, on and off, in lines as long as they may be."""
    client = guest(server)
    client.say("CAP LS")
    names = [name.partition("=")[0] for m in client.sync() for name in m.text.split()]
    wanted = [name for name in names if name not in ("sts", "cap-notify")]
    for n in range(200):
        client.say(f"CAP REQ :{' '.join(('-' if n % 2 else '') + name for name in wanted[:15])}")
    assert [m.params[1] for m in client.sync()] == ["ACK"] * 200
    for words in ("batch " * 80, "-batch " * 60, "x" * 480, "batch " + "x" * 470):
        client.say(f"CAP REQ :{words.strip()}")
    assert {m.params[1] for m in client.sync()} <= {"ACK", "NAK"}
    assert client.ask("CAP LIST", "CAP").params[1] == "LIST"


# Logging in

def test_sasl(server):
    owner = guest(server, "wang")
    owner.ask("REGISTER * * 壶", "900")
    client = IrcClient(server)
    client.ask("CAP REQ :sasl", "CAP", "ACK")
    for mechanism in "PLAIN", "SCRAM-SHA-256":
        client.say(f"AUTHENTICATE {mechanism}")
        assert challenge(client) == b""
        client.send((f"AUTHENTICATE {'A' * 400}\r\n" * 1000).encode() + b"AUTHENTICATE +\r\n")
        answers = client.sync()
        assert {m.command for m in answers} <= {"904", "908"} and len(answers) < 10, answers
        client.ask(f"AUTHENTICATE {mechanism}", "AUTHENTICATE")
        assert client.ask(f"AUTHENTICATE {'A' * 401}", "905")
        client.send(f"AUTHENTICATE {'A' * 400_000}\r\n")
        assert [m.command for m in client.sync()] == ["417"]
        # What is no base64, no UTF-8, no message of it.
        for data in (b"", b"\0", b"\0\0", b"\0wang", b"\0wang\0", b"wang\0wang", b"\xff\0\xff\0\xff",
                     b"n,,", b"n,,n=,r=", b"p=tls-unique,,n=wang,r=x", b"n,,n=wang,r=", b"n,a=zhao,n=wang,r=x", b"\0" * 3000,
                     b"n,,m=x,n=wang,r=x", b"\0wang\0x\0y", "\0系统消息\0x".encode()):
            client.ask(f"AUTHENTICATE {mechanism}", "AUTHENTICATE")
            authenticate(client, data)
            assert {m.command for m in client.sync()} <= {"904"}, data
        for text in "=", "====", "A", "AB", "ABC", "%%%%", "A===", "茶", "*", "**":
            client.ask(f"AUTHENTICATE {mechanism}", "AUTHENTICATE")
            client.say(f"AUTHENTICATE {text}")
            assert {m.command for m in client.sync()} <= {"904", "906"}, text
    assert plain(client, "wang", "壶") == "903"
    client.say("CAP END")
    client.enter("another")
