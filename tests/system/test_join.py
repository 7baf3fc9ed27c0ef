"""teahouse join: in the seed's chat room and in a teahouse, in pipes and at a terminal."""

import os
import re
import subprocess
import unicodedata
from contextlib import ExitStack

import pytest

import teahouse
from irc_clients import Irssi
from ircguest import IrcClient
from joiner import ENVIRONMENT, FakeServer, Join, JoinTerminal, free_port, url
from seed import SeedClient, SeedServer, SeedServerProgram, extract_server
from teahouse import PATIENCE, LineClient, count, entered, left

LISTEN = ("irc://127.0.0.1:0", "plain://127.0.0.1:0")


@pytest.fixture
def stack():
    with ExitStack() as what:
        yield what


@pytest.fixture
def join(stack, tmp_path):
    """join(*args) starts a client between two pipes."""
    def go(*args):
        client = Join(tmp_path, *args)
        stack.callback(client.close)
        return client
    return go


@pytest.fixture
def at_terminal(stack, tmp_path):
    """at_terminal(*args) starts a client in a terminal of its own."""
    def go(nick, address, *args, scheme="irc", **size):
        client = JoinTerminal(tmp_path / nick, "--nick", nick, url(address, scheme), *args, **size)
        stack.callback(client.close)
        return client
    return go


@pytest.fixture
def fake(stack):
    server = FakeServer()
    stack.callback(server.close)
    return server


@pytest.fixture
def house(start):
    """A server that speaks both."""
    return start(listen=LISTEN)


# The seed's chat room

@pytest.fixture(params=["its program", "our own"])
def room(request, stack, tmp_path):
    """The seed's server."""
    if request.param == "our own":
        server = SeedServer()
    else:
        address = ("127.0.0.1", free_port())
        path = extract_server(tmp_path, address)
        if path is None:
            pytest.skip("the seed's document is not beside this tree, so its server is not here")
        server = SeedServerProgram(path, address)
    stack.callback(server.close)
    return server


@pytest.mark.parametrize("named", [True, False], ids=["by URL", "by greeting"])
def test_joins_the_seed_server(room, join, named):
    """And its nickname is taken: by another client, which hears all and is heard."""
    place = url(room.address, "plain") if named else "%s:%d" % room.address
    guest = SeedClient(room, "老李", patient=True)
    for n in range(count(3, 10)):
        client = join("--nick", "老李", place).enters("老李_")
        guest.hears(entered("老李_"), after=f"🍵{n - 1}" if n else "")
        client.say(f"大家好，我来了 🍵{n}")
        guest.hears(f"老李_:大家好，我来了 🍵{n}\n")
        guest.say(f"第{n}回，欢迎！")
        client.shows(f"老李: 第{n}回，欢迎！")
        assert client.end().code() == 0, client.told()
        guest.hears(left("老李_"), after=f"🍵{n}")
    guest.say("quit")
    guest.hears_end()
    guest.close()


@pytest.fixture
def seed_room(stack):
    server = SeedServer()
    stack.callback(server.close)
    return server


def test_whatever_the_seed_server_reads_is_one_message(seed_room, join):
    """However much was piped in at once, and goodbye is alone."""
    client = join("--nick", "说书人", url(seed_room.address, "plain"))
    story = "话说天下大势分久必合合久必分" * 60
    said = [f"第{n}句，不长不短" for n in range(10)]
    client.say(*said, story, "", "完")
    assert client.end().code() == 0, client.told()
    pieces = seed_room.pieces("说书人")
    assert all(len(piece.encode()) <= 1024 for piece in pieces)
    assert pieces[:10] == said
    assert "".join(pieces[10:-2]) == story
    assert pieces[-2:] == ["完", "quit"]


def test_the_word_quit_is_said_and_leaves_nobody_out(seed_room, join):
    guest = SeedClient(seed_room, "老李", patient=True)
    client = join("--nick", "小王", url(seed_room.address, "plain"))
    client.say("quit", "还在")
    guest.hears("小王:还在\n")
    assert client.end().code() == 0, client.told()
    assert [piece.strip() for piece in seed_room.pieces("小王")] == ["quit", "还在", "quit"]
    guest.close()


def test_the_seed_server_that_goes_is_told(seed_room, join):
    client = join("--nick", "小王", url(seed_room.address, "plain"))
    client.shows("-- 小王进入了聊天室")
    seed_room.close()
    assert client.code() == 3
    client.tells("连不上")


def test_a_seed_server_takes_no_name(seed_room, join, stack):
    for nick in ("老李", "老李_", "老李__", "老李___"):
        stack.callback(SeedClient(seed_room, nick, patient=True).close)
    assert join("--nick", "老李", url(seed_room.address, "plain")).code() == 6


# A pipe into a teahouse

def test_all_lines_arrive_in_order(house, join):
    witness = LineClient(house, "掌柜", address=house.address_of("plain"))
    said = [f"第{n}行 🍵" for n in range(200)]
    client = join("--nick", "老李", url(house.address))
    client.say(*said)
    assert client.end().code() == 0, client.told()
    assert [line for line in client.shown() if line.startswith("老李: ")] == [
        f"老李: {text}" for text in said]
    for text in said:
        witness.until(f"老李:{text}")
    witness.close()
    house.stop()
    assert [row[4] for row in house.history()] == said


def test_the_past_is_shown_and_two_pipes_talk(house, join):
    li = join("--nick", "老李", url(house.address))
    li.say("早先说过的话")
    li.shows("老李: 早先说过的话")
    wang = join("--nick", "小王", "%s:%d" % house.address)
    wang.shows("老李: 早先说过的话")
    li.shows("-- 小王进来了")
    wang.say("你好")
    li.shows("小王: 你好")
    li.say("/me 只是文字")
    wang.shows("老李: /me 只是文字")
    assert li.end().code() == 0, li.told()
    assert wang.out.wait(lambda line: "-- 老李离开了" in line), wang.told()
    assert wang.end().code() == 0, wang.told()


def test_a_line_that_is_refused_is_a_failure(house, join):
    owner = IrcClient(house, "掌柜")
    owner.join("#静室")
    owner.say("MODE #静室 +m")
    owner.sync()
    client = join("--nick", "老李", url(house.address), "静室").enters("老李")
    client.say("听得见吗")
    assert client.end().code() == 1, client.told()
    client.tells("没有发出: 听得见吗")
    owner.close()


def test_a_room_that_is_closed_is_a_failure(house, join):
    owner = IrcClient(house, "掌柜")
    owner.join("#密室")
    owner.say("MODE #密室 +k 芝麻")
    owner.sync()
    assert join("--nick", "老李", url(house.address), "密室").code() == 1
    owner.close()


@pytest.mark.parametrize("scheme", ["irc://", "plain://", ""])
def test_nobody_listens(join, scheme):
    client = join(f"{scheme}127.0.0.1:{free_port()}")
    assert client.code() == 3
    assert len(client.err.lines) == 1 and "连不上127.0.0.1" in client.err.lines[0], client.told()
    assert not client.out.lines


def test_the_password_opens_the_door(start, join, tmp_path):
    server = start(listen=LISTEN[:1], sets={"server.password": "芝麻开门"})
    for password, code in (("芝麻关门", 5), ("芝麻开门", 0)):
        (tmp_path / "password").write_text(f"{password}\n")
        client = join("--nick", "老李", "--password-file", tmp_path / "password", url(server.address))
        client.end()
        assert client.code() == code, client.told()
    client = join("--nick", "老李", url(server.address))
    assert client.code() == 5, client.told()


@pytest.mark.parametrize("scheme", ["irc", "plain"])
@pytest.mark.parametrize("nick", ["系统消息员", "老,李"])
def test_a_nick_that_nobody_may_have(house, join, nick, scheme):
    client = join("--nick", nick, url(house.address_of(scheme), scheme))
    assert client.code() == 6, client.told()
    client.tells(nick)


@pytest.mark.parametrize("scheme", ["irc", "plain"])
def test_a_nick_that_is_taken_four_times(house, join, stack, scheme):
    for nick in ("老李", "老李_", "老李__", "老李___"):
        stack.callback(IrcClient(house, nick).close)
    client = join("--nick", "老李", url(house.address_of(scheme), scheme))
    assert client.code() == 6, client.told()


@pytest.mark.parametrize("args", [
    ["--lang", "fr"], ["--no-such-option"], ["--nick"], ["--nick", "a b"], ["http://127.0.0.1"],
    ["irc://127.0.0.1:99999"], ["irc://127.0.0.1", "room", "more"], ["--color", "blue"],
    ["--password-file", "nowhere"]])
def test_wrong_usage_is_one_sentence(join, args):
    client = join(*args)
    assert client.code() == 2
    assert len(client.err.lines) == 1 and client.err.lines[0].startswith("teahouse: "), client.told()
    assert not client.out.lines


@pytest.mark.parametrize("scheme", ["irc", "plain"])
def test_the_server_is_killed_in_mid_talk(house, join, scheme):
    client = join("--nick", "老李", url(house.address_of(scheme), scheme)).enters("老李")
    client.say("一句")
    client.shows("老李: 一句")
    house.kill9()
    assert client.code() in (1, 3), client.told()
    client.tells("连不上127.0.0.1")


def test_nobody_reads_what_is_shown(house, join, tmp_path):
    client = subprocess.Popen(
        [str(teahouse.PROGRAM), "join", "--nick", "老李", url(house.address)], cwd=tmp_path,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env={**ENVIRONMENT, "HOME": str(tmp_path)})
    with client, LineClient(house, "掌柜", address=house.address_of("plain")) as witness:
        client.stdout.close()
        client.stdin.write("一句\n".encode())
        client.stdin.flush()
        witness.until("老李:一句")
        assert client.wait(PATIENCE) == 1


# Servers that are none

def test_a_greeting_in_two_pieces(fake, join):
    client = join("--nick", "老李", "%s:%d" % fake.address)
    fake.accept()
    greeting = teahouse.GREETING.encode()
    fake.send(greeting[:5])
    fake.send(greeting[5:])
    fake.hears("老李")
    fake.send(teahouse.ACCEPTED[:4].encode())
    fake.send(teahouse.ACCEPTED[4:] + entered("老李") + "小王:你好\n")
    client.enters("老李").shows("小王: 你好")
    client.end()
    fake.hears("quit")
    fake.send("退出")
    fake.close()
    assert client.code() == 0, client.told()


def irc_welcome(fake, nick):
    fake.hears(f"NICK {nick}\r\n")
    fake.send(f":s CAP * LS :\r\n:s 001 {nick} :Welcome\r\n:{nick}!u@h JOIN #lobby\r\n"
              f":s 353 {nick} = #lobby :{nick}\r\n:s 366 {nick} #lobby :End\r\n")


def plain_welcome(fake, nick):
    fake.send(teahouse.GREETING)
    fake.hears(nick)
    fake.send(teahouse.ACCEPTED)


def is_clean(line):
    """Text that does nothing to a terminal."""
    bad = {chr(n) for n in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
    return not any(unicodedata.category(char) == "Cc" or char in bad for char in line)


@pytest.mark.parametrize("scheme", ["irc", "plain"])
def test_what_a_server_sends_can_do_nothing(fake, join, scheme):
    client = join("--nick", "li", url(fake.address, scheme))
    fake.accept()
    welcome, line = {
        "irc": (irc_welcome, b":%b!u@h PRIVMSG #lobby :%b\r\n"),
        "plain": (plain_welcome, b"%b:%b\n")}[scheme]
    welcome(fake, "li")
    client.enters("li")
    for n in range(10):
        fake.send(b"x" * 1_000_000)
    fake.send(b"\r\n")
    evil = "\x1b[2J\x1b]0;title\x07\x9b31m\u202e龙\t茶\x00\x7f".encode()
    fake.send(line % (b"\x1b[31mwang\xff", evil + b"\xff\xfe\xc3"))
    fake.send(line % (b"wang", evil))
    fake.send(line % ("小王".encode(), "完了".encode()))
    client.shows("小王: 完了")
    if teahouse.SLOW == 1:
        assert client.peak_kilobytes() < 30_000
    client.end()
    fake.hears("QUIT" if scheme == "irc" else "quit")
    fake.send("退出" if scheme == "plain" else "ERROR :bye\r\n")
    fake.close()
    assert client.code() == 0, client.told()
    assert client.out.lines and all(map(is_clean, client.out.lines + client.err.lines)), client.told()
    assert sum("龙" in line and "茶" in line for line in client.out.lines) == 2


# At a terminal

HALF_TYPED = "喝一杯龙井"


@pytest.fixture
def fixed_house(start):
    """A server that can come back where it was."""
    return start(listen=(f"irc://127.0.0.1:{free_port()}", "plain://127.0.0.1:0"))


def talker(house, nick="掌柜"):
    client = IrcClient(house, nick)
    client.join("#lobby")
    return client


def says(client, *texts):
    for text in texts:
        client.say(f"PRIVMSG #lobby :{text}")
    client.sync()


def test_a_half_typed_line_stays_while_others_talk(house, at_terminal):
    client = at_terminal("li", house.address)
    client.prompts("li #lobby>")
    client.terminal.type(HALF_TYPED)
    client.terminal.keys("Left", "Left")
    client.prompts("li #lobby> ", HALF_TYPED)
    other = talker(house)
    said = [f"第{n}句" for n in range(200)]
    says(other, *said)
    rows = client.terminal.wait(lambda rows: rows[-2].endswith("掌柜: 第199句"), "the last line")
    client.terminal.wait_cursor(17, len(rows) - 1)
    assert rows[-1] == f"li #lobby> {HALF_TYPED}"
    assert [row for row in client.shown() if row.startswith("掌柜: ")] == [
        f"掌柜: {text}" for text in said]
    assert client.shown().count(rows[-1]) == 1
    client.terminal.type("壶")
    client.prompts("li #lobby> ", "喝一杯壶龙井")
    client.terminal.keys("Enter")
    other.until("PRIVMSG", "喝一杯壶龙井")
    client.shows("li: 喝一杯壶龙井")
    client.prompts("li #lobby>")
    other.close()


def test_a_server_that_crashes_leaves_no_gap_and_no_double(fixed_house, at_terminal):
    house = fixed_house
    client = at_terminal("li", house.address)
    client.prompts("li #lobby>")
    other = talker(house)
    says(other, *(f"先前{n}" for n in range(20)))
    client.say("我先说")
    client.shows("li: 我先说", "掌柜: 先前19")
    house.kill9()
    client.terminal.wait(lambda rows: any("连接断了" in row for row in rows), "that it is gone")
    client.say("离线一")
    client.say("离线二")
    client.terminal.type(HALF_TYPED)
    client.prompts("li #lobby> ", HALF_TYPED)
    house.restart()
    other.close()
    other = talker(house)
    says(other, *(f"期间{n}" for n in range(20)))
    client.shows("掌柜: 期间19", "li: 离线一", "li: 离线二")
    client.prompts("li #lobby> ", HALF_TYPED)
    client.terminal.keys("Enter")
    says(other, *(f"之后{n}" for n in range(20)))
    client.shows("掌柜: 之后19", f"li: {HALF_TYPED}")
    shown = [row for row in client.shown() if re.match("(掌柜|li): ", row)]
    others = [f"掌柜: {when}{n}" for when in ("先前", "期间", "之后") for n in range(20)]
    assert [row for row in shown if row.startswith("掌柜: ")] == others
    assert [row for row in shown if row.startswith("li: ")] == [
        "li: 我先说", "li: 离线一", "li: 离线二", f"li: {HALF_TYPED}"]
    other.close()
    house.stop()
    said = [f"{row[3]}: {row[4]}" for row in house.history()]
    assert sorted(said) == sorted(shown), "it showed what was said, each once"


def test_a_server_that_crashes_in_mid_talk_loses_nothing(fixed_house, at_terminal):
    """What was just being sent may or may not have arrived: it is said once all the same."""
    house = fixed_house
    client = at_terminal("li", house.address)
    client.prompts("li #lobby>")
    for turn in range(count(2, 6)):
        client.terminal.paste("".join(f"第{turn}回{n}\n" for n in range(20)))
        client.terminal.keys("Enter")
        client.shows(f"li: 第{turn}回0")
        house.kill9()
        house.restart()
        client.shows(f"li: 第{turn}回19")
    shown = [row for row in client.shown() if row.startswith("li: ")]
    client.say("/quit")
    client.check_restored()
    house.stop()
    said = [row[4] for row in house.history()]
    assert said == [f"第{turn}回{n}" for turn in range(count(2, 6)) for n in range(20)]
    assert shown == [f"li: {text}" for text in said]


@pytest.mark.parametrize("how", ["C-z", "SIGTSTP", "SIGSTOP"])
def test_it_can_be_stopped_and_goes_on(house, at_terminal, how):
    client = at_terminal("li", house.address)
    client.prompts("li #lobby>")
    client.terminal.type(HALF_TYPED)
    client.prompts("li #lobby> ", HALF_TYPED)
    if how == "C-z":
        client.terminal.keys("C-z")
    else:
        client.kill(how)
    client.terminal.wait(lambda rows: "$" in rows, "the shell")
    if how != "SIGSTOP":
        client.check_restored()
    with talker(house) as other:
        says(other, "他不在的时候")
        client.terminal.type("stty sane; clear; fg")
        client.terminal.keys("C-j")
        client.terminal.wait(lambda rows: f"li #lobby> {HALF_TYPED}" in rows,
                             "the line again")
        client.shows("掌柜: 他不在的时候")
        client.terminal.resize(30, 8)
        client.terminal.resize(60, 20)
        client.terminal.type("茶")
        client.prompts("li #lobby> ", HALF_TYPED + "茶")
        client.terminal.keys("Enter")
        other.until("PRIVMSG", HALF_TYPED + "茶")


@pytest.mark.parametrize("how", ["SIGTERM", "SIGHUP", "SIGINT", "/quit", "C-d", "C-c"])
def test_every_end_leaves_the_terminal_as_it_was(house, at_terminal, how):
    client = at_terminal("li", house.address)
    client.prompts("li #lobby>")
    if how.startswith("SIG"):
        client.terminal.type(HALF_TYPED)
        client.prompts("li #lobby> ", HALF_TYPED)
        client.kill(how)
    elif how == "/quit":
        client.say(how)
    else:
        client.terminal.keys(how)
    client.check_restored()


def test_one_cell_is_enough(house, at_terminal):
    client = at_terminal("li", house.address)
    client.prompts("li #lobby>")
    client.terminal.type(HALF_TYPED)
    client.prompts("li #lobby> ", HALF_TYPED)
    client.terminal.resize(1, 1)
    with talker(house) as other:
        says(other, "一句", "两句")
        client.terminal.type("茶")
        client.terminal.resize(60, 20)
        client.prompts("li #lobby> ", HALF_TYPED + "茶")
        client.terminal.keys("Enter")
        other.until("PRIVMSG", HALF_TYPED + "茶")


def test_a_command_in_a_plain_room_waits_its_turn(house, at_terminal):
    client = at_terminal("li", house.address_of("plain"), scheme="plain")
    client.prompts("li>")
    client.terminal.paste("你好\n/topic 龙井\n/一条不是命令而且中间没有空格的很长很长的话\nquit\n完")
    client.terminal.keys("Enter")
    client.shows("-- li把话题改为:龙井", "li: /一条不是命令而且中间没有空格的很长很长的话", "li: 完")
    client.terminal.keys("C-d")
    client.check_restored()
    house.stop()
    assert [row[4].strip() for row in house.history()] == [
        "你好", "/一条不是命令而且中间没有空格的很长很长的话", "quit", "完"]


def test_a_taken_nick_is_asked_for(house, at_terminal, stack):
    for nick in ("li", "li_", "li__", "li___"):
        stack.callback(IrcClient(house, nick).close)
    client = at_terminal("li", house.address)
    client.prompts("昵称:")
    client.say("老李")
    client.prompts("老李 #lobby>")


def test_all_kinds_talk_in_one_room(house, at_terminal, stack, tmp_path):
    """Two at a terminal, one of them plain, with irssi, somebody with nc and the seed's client."""
    plain = house.address_of("plain")
    irc_join = at_terminal("li", house.address)
    irc_join.prompts("li #lobby>")
    plain_join = at_terminal("wang", plain, scheme="plain")
    plain_join.prompts("wang>")
    (tmp_path / "irssi").mkdir()
    irssi = Irssi(tmp_path / "irssi", house, "zhao", "#lobby")
    stack.callback(irssi.close)
    irssi.join()
    irssi.wire.wait_said(" 366 zhao #lobby ")
    nc = stack.enter_context(LineClient(house, "掌柜", address=plain))
    seed = SeedClient(type("Room", (), {"address": plain}), "老何")
    stack.callback(seed.close)
    nc.until(entered("老何").strip())
    kinds = {"li": irc_join.say, "wang": plain_join.say, "zhao": irssi.say, "掌柜": nc.say,
             "老何": seed.say}
    for nick, say in kinds.items():
        text = f"大家好，我是{nick} 🍵"
        say(text)
        irc_join.shows(f"{nick}: {text}")
        plain_join.shows(f"{nick}: {text}")
        irssi.shows(text)
        if nick != "掌柜":
            nc.until(f"{nick}:{text}")
        if nick != "老何":
            seed.hears(f"{nick}:{text}\n")
