"""One person at several machines: sessions of one account, logged in by SASL under one nick. Each hears all
that is said to the person and by him, misses nothing while it is away, and knows what was read elsewhere."""

import base64
from contextlib import ExitStack

import pytest

from crowd import Crowd
from irc_clients import Irssi, WeeChat
from ircguest import TALK_CAPS, IrcClient, IrcGuest, Message, ways
from teahouse import count

ROOM = IrcGuest.room
CAPS = TALK_CAPS + ("sasl", "draft/read-marker")
PASSWORD = "龙井比普洱好"
SETS = {"limits.line_rate": 0, "limits.register_rate": 0}
SPEAKERS = [f"说{n}" for n in range(6)]
PAGE = 50


def register(server, *nicks):
    for nick in nicks:
        with IrcClient(server, nick) as guest:
            guest.ask(f"REGISTER * * {PASSWORD}", "900")
            guest.say("QUIT")
            guest.closed()


def login(nick, then=f"JOIN {ROOM}\r\n"):
    """From the first byte to the room."""
    words = base64.b64encode(f"\0{nick}\0{PASSWORD}".encode()).decode()
    return (f"CAP REQ :{' '.join(CAPS)}\r\nNICK {nick}\r\nUSER guest 0 * :A guest\r\n"
            f"AUTHENTICATE PLAIN\r\nAUTHENTICATE {words}\r\nCAP END\r\n{then}").encode()


def come(crowd, *nicks):
    """A session for each, in the room."""
    sessions = [crowd.connect(nick, login(nick)) for nick in nicks]
    crowd.until(lambda: all(session.is_in() for session in sessions),
                why=lambda: "\n".join(session.seen.decode() for session in sessions))
    return sessions


def place_of(message, nick):
    """A room, or with whom somebody of this nick talks."""
    target = message.params[0]
    return target if target.startswith("#") or message.nick == nick else message.nick


def heard(session, place, lines=None):
    """What was said there and came by itself, as Message.seen() has it: nothing twice."""
    messages = map(Message, session.lines() if lines is None else lines)
    said = [message.seen() for message in messages if message.command == "PRIVMSG"
            and "batch" not in message.tags and place_of(message, session.nick) == place]
    assert len(set(said)) == len(said), "something came twice"
    return said


def answers(crowd, session, *lines):
    """What comes up to the answer of the last."""
    session.asked = getattr(session, "asked", 0) + 1  # times
    before = len(session.lines())
    pong = f"PONG teahouse.local :asked-{session.asked}\r"
    for line in (*lines, f"PING asked-{session.asked}"):
        session.ask(line)
    crowd.until(lambda: session.has(f"{pong}\n"))
    return list(map(Message, session.lines()[before:]))


def after(crowd, session, place, msgid=None):
    """What CHATHISTORY knows since that one, or since the beginning, page by page."""
    said = []
    bound = f"msgid={msgid}" if msgid else "timestamp=2000-01-01T00:00:00.000Z"
    while True:
        page = [message.seen() for message in answers(
            crowd, session, f"CHATHISTORY AFTER {place} {bound} {PAGE}")
            if message.command == "PRIVMSG" and "batch" in message.tags]
        said += page
        if len(page) < PAGE:
            return said
        bound = f"msgid={page[-1][0]}"


def knows(crowd, session, place, before=()):
    """What a session knows in the end, which heard before until it went away: that, what the history has
    of the time between, and what it heard since."""
    known = list(before)
    known += after(crowd, session, place, known[-1][0] if known else None)
    for message in heard(session, place):
        if message not in known:
            known.append(message)
    return known


def talk(crowd, speakers, li, wang, turns, tag):
    """Everybody talks at once: in the room, and 小李 with each of 小王's sessions."""
    for turn in range(turns):
        for number, speaker in enumerate([*speakers, *wang]):
            speaker.say(f"{tag}{turn}·{number}")
        li.ask(f"PRIVMSG 小王 :{tag}{turn}·悄悄话")
        for number, session in enumerate(wang):
            session.ask(f"PRIVMSG 小李 :{tag}{turn}·{number}·回话")
        crowd.turn()


def quiet(crowd):
    """All that was said has come to everybody who is still here."""
    here = [guest for guest in crowd.guests if not guest.gone]
    for lines in ([f"PRIVMSG {ROOM} :完"], []):
        for guest in here:
            answers(crowd, guest, *lines)


def marks(crowd, session, others, place, time):
    """Through one: all are told, and only they."""
    lines = answers(crowd, session, f"MARKREAD {place} timestamp={time}")
    wanted = f"MARKREAD {place} timestamp={time}"
    assert [m.line for m in lines if m.command == "MARKREAD"] == [f":teahouse.local {wanted}"]
    for other in others:
        answers(crowd, other)
        assert other.lines().count(f":teahouse.local {wanted}") == 1


@pytest.mark.parametrize("listen, threads", ways(1, 0), indirect=["listen"])
def test_one_goes_away_and_comes_back(start, listen, threads):
    server = start(listen=listen, sets=SETS | {"server.threads": threads})
    register(server, "小王", "小李")
    turns = count(12, 100)
    with Crowd(server, IrcGuest) as crowd:
        speakers = crowd.enter(SPEAKERS)
        li, first, second = come(crowd, "小李", "小王", "小王")
        talk(crowd, speakers, li, [first, second], turns, "先")
        quiet(crowd)
        first.vanish()
        talk(crowd, speakers, li, [second], turns, "中")
        third = come(crowd, "小王")[0]
        talk(crowd, speakers, li, [second, third], turns, "后")
        quiet(crowd)
        for place in (ROOM, "小李"):
            everything = after(crowd, third, place)
            assert heard(second, place) == everything
            assert knows(crowd, third, place, heard(first, place)) == everything
            marks(crowd, third, [second], place, everything[-1][1])
        talks = after(crowd, li, "小王")
        assert talks == heard(li, "小王") == heard(second, "小李")
        assert len(talks) == turns * (3 + 2 + 3)
        assert not any(" MARKREAD " in line and "timestamp" in line for line in li.lines())


@pytest.mark.parametrize("listen, threads", ways(1, 0, tls=False), indirect=["listen"])
def test_the_server_dies_in_the_middle(start, listen, threads):
    server = start(listen=listen, sets=SETS | {"server.threads": threads})
    register(server, "小王", "小李")
    with Crowd(server, IrcGuest) as crowd:
        speakers = crowd.enter(SPEAKERS)
        li, first, second = come(crowd, "小李", "小王", "小王")
        talk(crowd, speakers, li, [first, second], 5, "先")
        quiet(crowd)
        read = {place: heard(first, place)[-1][1] for place in (ROOM, "小李")}
        for place, time in read.items():
            marks(crowd, first, [second], place, time)
        talk(crowd, speakers, li, [first, second], count(20, 200), "中")
        server.kill9()
        crowd.until(lambda: all(guest.gone for guest in crowd.guests))
    server.restart()
    with Crowd(server, IrcGuest) as crowd:
        speakers = crowd.enter(SPEAKERS)
        again, more, li = come(crowd, "小王", "小王", "小李")
        assert f":teahouse.local MARKREAD {ROOM} timestamp={read[ROOM]}" in again.lines()
        talk(crowd, speakers, li, [again, more], 5, "后")
        quiet(crowd)
        for place in (ROOM, "小李"):
            everything = after(crowd, again, place)
            assert knows(crowd, again, place, heard(first, place)) == everything
            assert knows(crowd, more, place, heard(second, place)) == everything
            mark = answers(crowd, more, f"MARKREAD {place}")[0]
            assert mark.params == [place, f"timestamp={read[place]}"]


def test_rooms_are_the_persons(start):
    """Entered or left through one, they are for all; who comes later is in them."""
    server = start(listen=("irc://127.0.0.1:0",), sets=SETS)
    register(server, "小王")
    with Crowd(server, IrcGuest) as crowd:
        first, second = come(crowd, "小王", "小王")
        other = crowd.enter(["客人"])[0]
        answers(crowd, first, "JOIN #另一间")
        answers(crowd, second)
        assert second.has(" JOIN #另一间\r\n") and second.has(" 366 小王 #另一间 ")
        assert any(m.command == "353" for m in answers(crowd, second, "NAMES #另一间"))
        answers(crowd, second, f"PART {ROOM}")
        answers(crowd, first)
        assert first.has(f" PART {ROOM}\r\n")
        answers(crowd, other)
        assert sum(" PART " in line for line in other.lines()) == 1
        assert [m.command for m in answers(crowd, first, f"PART {ROOM}")][0] == "442"
        third = crowd.connect("小王", login("小王", then=""))
        crowd.until(lambda: third.has(" 366 小王 #另一间 "))
        first.vanish()
        second.vanish()
        answers(crowd, third, "PRIVMSG 客人 :还在")
        answers(crowd, other)
        assert other.has(" :还在\r\n") and not any(" QUIT " in line for line in other.lines())


def test_irssi_and_weechat(start, tmp_path):
    """One at each machine, as people have them."""
    server = start(listen=("irc://127.0.0.1:0",), sets=SETS)
    register(server, "小王")
    with IrcClient(server, "小李", caps=TALK_CAPS) as li, ExitStack() as clients:
        li.join(ROOM)
        here = []
        for kind in (Irssi, WeeChat):
            folder = tmp_path / kind.__name__
            folder.mkdir()
            here.append(kind(folder, server, "小王", ROOM, PASSWORD))
            clients.callback(here[-1].close)
        irssi, weechat = here
        irssi.join()
        li.until("JOIN")
        weechat.wire.wait_said(f" 366 小王 {ROOM} ")
        li.say(f"PRIVMSG {ROOM} :都听得到吗")
        li.say("PRIVMSG 小王 :悄悄地问")
        for client in here:
            client.shows("都听得到吗")
            client.shows("悄悄地问")
        for client, other in (here, here[::-1]):
            text = f"{type(client).__name__}这边听得到"
            client.say(text)
            client.tell("小李", f"悄悄地答：{text}")
            li.until("PRIVMSG", f"小李 :悄悄地答：{text}")
            other.shows(text)
        irssi.shows("悄悄地答：WeeChat")  # it has znc.in/self-message, which WeeChat has not
        irssi.quit()
        irssi.wait_end()
        weechat.say("我还在")
        assert not any(m.command == "QUIT" for m in li.until("PRIVMSG", "我还在"))
        weechat.quit()
        li.until("QUIT")
