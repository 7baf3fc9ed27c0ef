"""irssi, WeeChat, ii and a script with Python's irc package, in a room with somebody who has nc."""

import re
from contextlib import ExitStack

import pytest

from irc_clients import CLIENTS
from teahouse import LineClient, entered, left

ROOM = "#茶馆"
TOPIC = "今日供应：龙井、普洱"
BEFORE = ["早先说过的第一句", "早先说过的第二句 🍵"]


@pytest.fixture
def house(start):
    """A server that speaks both, and a guest in the room, which has a topic and a past."""
    server = start(listen=("plain://127.0.0.1:0", "irc://127.0.0.1:0"))
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
    host, port = re.fullmatch(r"irc://(.*):(\d+)", house[0].urls[1]).groups()
    with ExitStack() as clients:
        def go(kind, nick):
            folder = tmp_path / nick
            folder.mkdir()
            client = kind(folder, (host, int(port)), nick, ROOM)
            clients.callback(client.close)
            return client
        yield go


def tells_time_once(line):
    """In a tag for those who asked for that, in words for the others."""
    return line.startswith("@time=") != bool(re.search(r" :\[\d\d-\d\d \d\d:\d\d\] ", line))


def enters(client, guest):
    """Into the room: he sees its topic, who is there and, after that, what was said."""
    client.join()
    said = client.proxy.wait_said(rf" JOIN :?{ROOM}( |$)")
    said = client.proxy.wait_said(rf" 332 \S+ {ROOM} :{TOPIC}$", said)
    said = client.proxy.wait_said(rf" 353 \S+ = {ROOM} :", said)
    names = client.proxy.said()[said].split(" :")[-1].split()
    names = {name.lstrip("@+").split("!")[0] for name in names}
    assert {guest.name, client.nick} <= names
    said = client.proxy.wait_said(rf" 366 \S+ {ROOM} ", said)
    for text in BEFORE:
        said = client.proxy.wait_said(rf":{guest.name}!\S+ PRIVMSG {ROOM} :.*{text}$", said)
        assert tells_time_once(client.proxy.said()[said]), client.proxy.said()[said]
        client.shows(text)
    client.shows(TOPIC)
    client.shows(guest.name)
    guest.until(entered(client.nick).strip())


def renames(client, nick, guest):
    was, client.nick = client.nick, nick
    client.rename(nick)
    guest.until(f"系统消息{was}改名为{nick}")
    client.proxy.wait_said(f":{was}!.* NICK :?{nick}$")


def guest_renames(guest, nick, clients):
    was, guest.name = guest.name, nick
    guest.ask(f"/nick {nick}", f"改名为{nick}")
    for client in clients:
        client.proxy.wait_said(f":{was}!.* NICK :?{nick}$")
        client.shows(nick)


def leaves(client, guest):
    """Out of the room, and then for good: no complaint was heard."""
    client.part()
    guest.until(left(client.nick).strip())
    client.proxy.wait_said(rf"^(@\S+ )?:{client.nick}!\S+ PART {ROOM}")
    client.quit()
    client.wait_end()
    said = client.proxy.said()
    assert said[-1].startswith("ERROR "), said[-1]
    for line in said[:-1]:
        assert not re.match(r"(@\S+ )?(:\S+ )?(421|461|410|ERROR) ", line), client.proxy.text()


@pytest.mark.parametrize("kind", CLIENTS, ids=lambda kind: kind.__name__)
def test_one_of_them_and_nc(connect, house, kind):
    guest = house[1]
    client = connect(kind, "wang")
    enters(client, guest)
    client.say("大家好，来一壶龙井！")
    guest.until("wang:大家好，来一壶龙井！")
    guest.say("好嘞，这就来")
    client.shows("好嘞，这就来")
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
    clients = [connect(kind, kind.__name__.lower()) for kind in CLIENTS]
    for number, client in enumerate(clients):
        enters(client, guest)
        for other in clients[:number]:
            other.proxy.wait_said(f":{client.nick}!.* JOIN {ROOM}")
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
            other.proxy.wait_said(f":{was}!.* NICK :?{nick}$")
            other.shows(nick)
    guest_renames(guest, "李师傅", clients)
    for client in clients:
        leaves(client, guest)
