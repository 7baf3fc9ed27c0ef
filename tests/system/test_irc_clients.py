"""irssi, WeeChat, catgirl, ii, a script with Python's irc package and the bot Limnoria: each has an
account, and runs a room in which others have nc, or a program of their own."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from irc_clients import CLIENTS, Catgirl
from ircguest import IrcClient
from teahouse import LineClient, entered, left

ROOM = "#茶馆"
TOPIC = "今日供应：龙井、普洱"
BEFORE = ["早先说过的第一句", "早先说过的第二句 🍵"]
PASSWORD = "龙井比普洱好"
KINDS = [pytest.param(kind, marks=pytest.mark.tls) if kind is Catgirl else kind for kind in CLIENTS]


@pytest.fixture
def house(start):
    """A server that speaks all three, and a guest in the room, which has a topic and a past."""
    server = start(listen=("plain://127.0.0.1:0", "irc://127.0.0.1:0", "ircs://127.0.0.1:0"))
    with LineClient(server, "老李") as guest:
        guest.ask(f"/join {ROOM}", entered("老李").strip())
        guest.ask(f"/topic {TOPIC}", TOPIC)
        for text in BEFORE:
            guest.say(text)
        guest.ask("/who", "有1人")
        yield server, guest


@pytest.fixture
def connect(house, tmp_path):
    """connect(kind, nick) starts a client of a kind, and returns it when it is welcome."""
    with ExitStack() as clients:
        def go(kind, nick, password=None):
            folder = tmp_path / f"{nick}-{'back' if password else 'new'}"
            folder.mkdir()
            client = kind(folder, house[0], nick, ROOM, password)
            clients.callback(client.close)
            return client
        yield go


# What each does, whatever it does it with

def registers(client):
    """And is logged in from then on."""
    client.register(PASSWORD)
    client.wire.wait_said(rf" 900 {client.nick} \S+ {client.nick} :")
    says_goodbye(client)


def tells_time_once(line):
    """In a tag for those who asked for that, in words for the others."""
    return line.startswith("@") != bool(re.search(r" :\[\d\d-\d\d \d\d:\d\d\] ", line))


def enters(client, others):
    """Into the room: he sees its topic, who is there and, after that, what was said, all of it once."""
    client.join()
    wire = client.wire
    said = wire.wait_said(rf" JOIN :?{ROOM}( |$)")
    said = wire.wait_said(rf" 332 \S+ {ROOM} :{TOPIC}$", said)
    said = wire.wait_said(rf" 353 \S+ = {ROOM} :", said)
    names = wire.said()[said].split(" :")[-1].split()
    names = {name.lstrip("@+").split("!")[0] for name in names}
    assert {other.name for other in others} | {client.nick} <= names
    said = wire.wait_said(rf" 366 \S+ {ROOM} ", said)
    for text in BEFORE:
        said = wire.wait_said(rf":老李!\S+ PRIVMSG {ROOM} :.*{text}$", said)
        assert tells_time_once(wire.said()[said]), wire.said()[said]
        if client.shows_all:
            client.shows(text)
            assert client.times_shown(text) == 1
    if client.shows_all:
        client.shows(TOPIC)
        for other in others:
            client.shows(other.name)


def renames(client, nick, guest):
    was = client.nick
    client.rename(nick)
    client.nick = nick
    guest.until(f"系统消息{was}改名为{nick}")
    client.wire.wait_said(f":{was}!.* NICK :?{nick}$")


def guest_renames(guest, nick, clients):
    was, guest.name = guest.name, nick
    guest.ask(f"/nick {nick}", f"改名为{nick}")
    for client in clients:
        client.wire.wait_said(f":{was}!.* NICK :?{nick}$")
        client.shows(nick)


def leaves(client, guest):
    """Out of the room, and then for good."""
    client.part()
    guest.until(left(client.nick).strip())
    client.wire.wait_said(rf"^(@\S+ )?:{client.nick}!\S+ PART :?{ROOM}")
    says_goodbye(client)


def says_goodbye(client):
    """No complaint was heard."""
    client.quit()
    client.wait_end()
    said = client.wire.said()
    if client.hears_goodbye:
        assert re.match(r"(@\S+ )?ERROR ", said.pop()), client.wire.text()
    for line in said:
        assert not re.match(r"(@\S+ )?(:\S+ )?(421|461|410|ERROR) ", line), client.wire.text()


def talks_and_runs_the_room(client, guest, operator):
    """operator: somebody else with a program for IRC, who becomes one."""
    client.say("大家好，来一壶龙井！🍵")
    guest.until(f"{client.nick}:大家好，来一壶龙井！🍵")
    guest.say("好嘞，这就来")
    client.shows("好嘞，这就来")
    client.tell("小李", "悄悄话 🤫")
    operator.until("PRIVMSG", "小李 :悄悄话 🤫")
    operator.say(f"PRIVMSG {client.nick} :悄悄地回一句")
    client.wire.wait_said(f":小李!.* PRIVMSG {client.nick} :悄悄地回一句$")
    if client.shows_all:
        client.shows("悄悄地回一句")
    client.topic("新到了大红袍")
    guest.until("新到了大红袍")
    client.op("小李")
    operator.until("MODE", f"{ROOM} +o 小李")
    client.voice("老李")
    operator.until("MODE", f"{ROOM} +v 老李")
    client.ban("坏人!*@*")
    operator.until("MODE", f"{ROOM} +b 坏人!*@*")
    client.kick("小李", "打烊了")
    operator.until("KICK", f"{ROOM} 小李 :打烊了")
    guest.until("系统消息小李被")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_account_and_room(connect, house, kind):
    """A guest makes an account, comes back as its owner, and is the first in a room that has a past."""
    server, guest = house
    registers(connect(kind, "wang"))
    guest.ask("/part", "系统消息")
    client = connect(kind, "wang", PASSWORD)
    with IrcClient(server, "小李") as operator:
        assert "wang wang :is logged in as" in operator.ask("WHOIS wang", "330").line
        enters(client, [])
        operator.join(ROOM)
        guest.ask(f"/join {ROOM}", entered("老李").strip())
        operator.until("JOIN")
        talks_and_runs_the_room(client, guest, operator)
    renames(client, "小王", guest)
    client.shows("小王")
    client.say("改了个名字")
    guest.until("小王:改了个名字")
    guest_renames(guest, "李师傅", [client])
    guest.say("我也是")
    client.shows("我也是")
    leaves(client, guest)


def test_all_of_them_and_nc(connect, house):
    """Everyone sees everyone's lines, and their new names."""
    guest = house[1]
    with ThreadPoolExecutor(len(CLIENTS)) as threads:
        clients = list(threads.map(lambda kind: connect(kind, kind.__name__.lower()), CLIENTS))
    for number, client in enumerate(clients):
        enters(client, [guest])
        guest.until(entered(client.nick).strip())
        for other in clients[:number]:
            other.wire.wait_said(f":{client.nick}!.* JOIN {ROOM}")
    for client in clients:
        text = f"我用{client.nick}，大家好"
        client.say(text)
        guest.until(f"{client.nick}:{text}")
        for other in clients:
            if other is not client:
                other.shows(text)
    guest.say("我只有 nc，你们好")
    for client in clients:
        client.shows("我只有 nc，你们好")
    for client in clients:
        was, nick = client.nick, f"茶客{client.nick}"
        renames(client, nick, guest)
        for other in clients:
            other.wire.wait_said(f":{was}!.* NICK :?{nick}$")
            other.shows(nick)
    guest_renames(guest, "李师傅", clients)
    for client in clients:
        leaves(client, guest)
