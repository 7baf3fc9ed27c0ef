"""What the transcripts cannot show: crowds, time, and yesterday."""

import re
import sqlite3
import time

import pytest

from crowd import Crowd
from seed import SeedClient
from teahouse import (ACCEPTED, GREETING, PATIENCE, SLOW, Deadline, LineClient, count, entered,
                      left, pause, readable)


def test_a_crowd_is_told_by_number(server):
    """More than ten entries in a second: ten by name, the rest at its end."""
    first = LineClient(server, "掌柜")
    with Crowd(server) as crowd:
        crowd.enter([f"客{n}" for n in range(40)])
        known = 0
        while known < 40:
            line = first.line()
            many = re.fullmatch(r"系统消息(\d+)人进入了聊天室", line)
            assert many or re.fullmatch(r"系统消息客\d+进入了聊天室", line), line
            known += int(many[1]) if many else 1
        assert known == 40


def test_idle_at_the_prompt_is_let_go(start):
    server = start(sets={"limits.register_timeout": 1})
    idle = LineClient(server)
    refused = LineClient(server)
    other = LineClient(server, "老李")
    began = time.monotonic()
    refused.send("不 行\n")
    assert idle.closed().startswith(GREETING)
    refused.closed()
    assert time.monotonic() - began < 3 * SLOW
    other.ask("/who", "老李")


def test_half_a_nick_is_let_go(start):
    server = start(sets={"limits.register_timeout": 1})
    half = LineClient(server)
    half.send(b"\xe8\x80")
    assert half.closed().startswith(GREETING)


def test_nick_that_never_ends_is_let_go(start):
    """Somebody who types without end does not stay at the prompt longer than somebody who waits."""
    server = start(sets={"limits.register_timeout": 1})
    typist = LineClient(server)
    deadline = Deadline()
    while not typist.ended:
        assert not deadline.passed(), typist.seen.decode()
        try:
            typist.send(" ")
        except (BrokenPipeError, ConnectionResetError):
            break
        if readable(typist.sock, 0.01):
            typist.more(deadline, "the end")
    assert ACCEPTED not in typist.seen.decode()


@pytest.mark.parametrize("threads", [1, 0])
def test_chunk_may_come_in_pieces(start, threads):
    """A pause shorter than 40 ms is none, also when nothing happened for a while before. On a busy
    machine our own pause may be longer, so one of several tries must do."""
    server = start(sets={"server.threads": threads})
    nc = LineClient(server, "听众")
    for n in range(5):
        guest = LineClient(server)
        guest.expect(GREETING)
        after_a_while(guest, "客", f"人{n}")
        guest.until("进入了")
        after_a_while(guest, "一二", "三四", "五六")
        guest.end()
        heard = nc.until("退出了")
        if heard == [f"系统消息客人{n}进入了聊天室", f"客人{n}:一二三四五六", f"系统消息客人{n}退出了聊天室"]:
            return
    raise AssertionError(f"taken apart: {nc.seen.decode()}")


def after_a_while(client, *pieces):
    """Says it in pieces, 10 ms apart, after a time in which the server had nothing to do."""
    pause(0.1)
    for piece in pieces:
        client.send(piece)
        pause(0.01)


def test_line_rate_delays_and_loses_nothing(start):
    """Whoever says too much at once is read later, and others are not."""
    server = start(sets={"limits.line_rate": 200})
    talker = LineClient(server, "话多")
    listener = LineClient(server, "听众")
    talker.expect(entered("听众"))
    lines = 2400  # ten seconds' worth may come at once; these take two more
    began = time.monotonic()
    talker.send("".join(f"第{n}句\n" for n in range(lines)))
    assert "听众" in listener.ask("/who", "有2人")
    listener.say("轮到我了")
    talker.until("听众:轮到我了")
    assert time.monotonic() - began < 1 * SLOW, "others had to wait"
    listener.until(f"话多:第{lines - 1}句")
    assert time.monotonic() - began > 1, "no rate was kept"
    heard = re.findall(r"^话多:第(\d+)句$", listener.seen.decode(), re.M)
    assert [int(n) for n in heard] == list(range(lines))


def test_exempt_addresses_have_no_rate(start):
    server = start(sets={"limits.line_rate": 1, "limits.exempt": "127.0.0.0/8"})
    talker = LineClient(server, "话多")
    listener = LineClient(server, "听众")
    for n in range(50):
        talker.say(f"第{n}句")
    listener.until("话多:第49句", 10 * SLOW)


def test_twenty_messages_are_replayed(server):
    talker = LineClient(server, "话多")
    for n in range(30):
        talker.say(f"第{n}句")
    talker.ask("/who", "话多")
    newcomer = LineClient(server, "新客")
    shown = re.findall(r"^\[\d\d:\d\d\] 话多:第(\d+)句$", newcomer.seen.decode(), re.M)
    assert [int(n) for n in shown] == list(range(10, 30))


def test_yesterday_has_a_date(start):
    server = start()
    with LineClient(server, "老李") as client:
        client.say("明天见")
        client.ask("/who", "老李")
    server.stop()
    db = sqlite3.connect(server.data / "history.db")
    db.execute("UPDATE msg SET ms = ms - 3 * 86400 * 1000")
    db.commit()
    db.close()
    server.restart()
    newcomer = LineClient(server, "新客")
    when = time.strftime("%m-%d", time.localtime(time.time() - 3 * 86400))
    assert re.search(rf"^\[{when} \d\d:\d\d\] 老李:明天见$", newcomer.seen.decode(), re.M)


def test_nothing_is_replayed_twice_or_missed(server):
    """Someone who enters while others talk: old and new together have no gap and no double."""
    with Crowd(server) as crowd:
        talkers = crowd.enter([f"说{n}" for n in range(5)])
        newcomers = []
        for n in range(count(200, 1000)):
            talkers[n % 5].say(f"话{n}")
            if n % 10 == 0:
                newcomers.append(crowd.connect(f"新{n}"))
            crowd.turn()
        crowd.everyone_hears("/help", newcomers)
        talkers[0].say("完")
        crowd.everyone_hears("说0:完\n", newcomers)
        whole = [f"{row[3]}:{row[4]}" for row in server.history()]
        whole = whole[:whole.index("说0:完") + 1]
        for guest in newcomers:
            mine = [re.sub(r"^\[[^]]*\] ", "", line) for line in guest.messages(":")]
            mine = mine[:mine.index("说0:完") + 1]  # the others' last words may come after it
            assert mine == whole[-len(mine):], guest.nick


@pytest.mark.slow
def test_many_rooms(server):
    """Sleeping rooms keep what was said in them."""
    keeper = LineClient(server, "掌柜")
    for n in range(count(30, 300)):
        keeper.say(f"/join #雅座{n}")
        keeper.until("进入了聊天室")
        keeper.say(f"这里是{n}号")
        keeper.say("/part")
    keeper.ask("/who", "掌柜")
    keeper.say("quit")
    keeper.closed()
    guest = LineClient(server, "新客")
    guest.say("/join #雅座7")
    guest.until("掌柜:这里是7号")


def test_seed_client_sees_no_dates_and_no_help(server):
    talker = LineClient(server, "话多")
    talker.say("旧话")
    talker.ask("/who", "话多")
    guest = SeedClient(server, "客人")
    talker.expect(entered("客人"))
    talker.say("新话")
    guest.hears("话多:新话\n")
    assert guest.heard().endswith(entered("客人") + "话多:新话\n")
    guest.say("quit")
    talker.expect(left("客人"))
    guest.hears_end(PATIENCE)


def test_killed_talker_is_no_ghost(server):
    """What a killed client had sent is read a little while longer, and not at its rate to the end."""
    listener = LineClient(server, "听众")
    talker = LineClient(server, "话多")
    talker.send("说\n" * 100000)
    listener.until("话多:说")
    talker.vanish()
    began = time.monotonic()
    listener.until("系统消息话多退出了聊天室")
    assert time.monotonic() - began < 5 * SLOW
    assert "听众" in listener.ask("/who", "有1人")


def test_history_of_long_messages_is_no_slow_reader(server):
    """An answer has a ceiling well below that of what may wait for a connection."""
    talker = LineClient(server, "话多")
    for n in range(300):
        talker.say(f"{n}:" + "唠" * 1300)
    talker.ask("/who", "有1人")
    reader = LineClient(server, "读者")
    reader.seen = b""
    for _ in range(20):
        reader.say("/history 300")
    reader.ask("/who", "有2人")
    heard = reader.seen.decode()
    assert "299:唠" in heard and "话多:0:唠" not in heard
    assert "读得太慢" not in heard
