"""The client of the seed, which compares whole pieces and decodes them strictly, gets in every time
and is never hurt by what the others do."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from crowd import Crowd
from seed import SeedClient, SeedProgram, extract_program
from teahouse import ACCEPTED, GREETING, INVALID, TAKEN, LineClient, count, entered, left

CROWD = 20


def test_gets_in_every_time(server):
    """Each while the ones before it are there and talk."""
    witness = LineClient(server, "掌柜")
    guests = []
    for n in range(count(20, 50)):
        guest = SeedClient(server, f"客人{n}")
        guest.hears(entered(guest.nick))
        assert guest.pieces[:3] == [GREETING, ACCEPTED, entered(guest.nick)]
        witness.expect(entered(guest.nick))
        guests.append(guest)
    guests[0].say("都到了")
    for guest in guests[1:]:
        guest.hears("客人0:都到了\n")
    for guest in guests:
        guest.close()


@pytest.mark.parametrize("late", [0.002, 0.05])
def test_gets_in_when_it_reads_late(server, late):
    """A reader that comes late finds in one recv whatever was sent meanwhile."""
    talker = LineClient(server, "话多")
    for n in range(count(4, 20)):
        guest = SeedClient(server, "话多", f"客人{n}", late=late)
        talker.say("我说个不停")
        guest.hears(entered(guest.nick))
        assert guest.pieces[:4] == [GREETING, TAKEN, GREETING, ACCEPTED]
        assert guest.pieces[4].startswith(entered(guest.nick))
        guest.close()


def test_gets_in_while_everyone_talks(server):
    talker = LineClient(server, "话多")
    for n in range(10):
        for line in range(20):
            talker.say(f"第{n}个客人之前的第{line}句")
        guest = SeedClient(server, f"客人{n}")
        talker.say(f"欢迎客人{n}")
        guest.hears(f"话多:欢迎客人{n}\n")
        assert guest.pieces[:2] == [GREETING, ACCEPTED]
        guest.close()


def test_twenty_at_once(server):
    """All connect, all knock, and all are in."""
    with ThreadPoolExecutor(CROWD) as pool:
        guests = list(pool.map(lambda n: SeedClient(server, f"客人{n}"), range(CROWD)))
    for guest in guests:
        assert guest.pieces[:2] == [GREETING, ACCEPTED]
    newcomer = LineClient(server, "最后一个")
    newcomer.say("大家好")
    for guest in guests:
        guest.hears("最后一个:大家好\n")
        guest.close()


def test_asks_again_when_taken(server):
    first = SeedClient(server, "老李")
    second = SeedClient(server, "老李", "老李", "小王")
    assert second.nick == "小王"
    second.hears(entered("小王"))
    assert second.pieces == [GREETING, TAKEN, GREETING, TAKEN, GREETING, ACCEPTED, entered("小王")]
    first.close()
    second.close()


def test_asks_again_when_invalid(server):
    guest = SeedClient(server, "老 李", "老李")
    guest.hears(entered("老李"))
    assert guest.pieces == [GREETING, INVALID, GREETING, ACCEPTED, entered("老李")]
    guest.close()


def test_two_of_them_and_nc_talk(server):
    nc = LineClient(server, "茶馆老板")
    li = SeedClient(server, "老李")
    nc.expect(entered("老李"))
    wang = SeedClient(server, "小王")
    nc.expect(entered("小王"))
    li.hears(entered("小王"))

    li.say("早上好，老板！")
    nc.expect("老李:早上好，老板！\n")
    wang.hears("老李:早上好，老板！\n")
    nc.say("两位早，喝点什么？")
    li.hears("茶馆老板:两位早，喝点什么？\n")
    wang.hears("茶馆老板:两位早，喝点什么？\n")
    wang.say("龙井 🍵")
    nc.expect("小王:龙井 🍵\n")
    li.hears("小王:龙井 🍵\n")

    wang.say("quit")
    nc.expect(left("小王"))
    li.hears(left("小王"))
    wang.hears("退出")
    wang.hears_end()
    assert "小王:" not in wang.heard(), "nobody hears himself"
    li.close()
    nc.expect(left("老李"))


def test_long_lines_come_in_whole_characters(server):
    """A line of 4096 bytes is cut where a strict decoder can bear it, and arrives whole."""
    nc = LineClient(server, "说书人")
    guest = SeedClient(server, "听众")
    nc.expect(entered("听众"))
    story = "话说天下大势分久必合合久必分" * 97
    assert 4000 < len(story.encode()) <= 4096
    nc.say(story)
    guest.hears(f"说书人:{story}\n")
    assert all(len(piece.encode()) <= 1024 for piece in guest.pieces)
    guest.close()


def test_crowded_entries_do_not_break_it(server):
    """Thirty entry lines in one write, with a character across byte 1024, killed a seed client."""
    guest = SeedClient(server, "听众")
    with Crowd(server) as crowd:
        crowd.enter([f"名字很长的客人{n:02}" for n in range(40)])
        crowd.guests[0].say("坐满了")
        crowd.until(lambda: not crowd.guests[0].out)
        guest.hears("名字很长的客人00:坐满了\n")
    guest.close()
    assert guest.problem is None


def test_message_longer_than_one_recv(server):
    """What the client sends in one piece is one message, even one longer than its own reads."""
    nc = LineClient(server, "听众")
    guest = SeedClient(server, "说书人")
    nc.expect(entered("说书人"))
    story = "天下大势" * 250
    guest.say(story)
    nc.expect(f"说书人:{story}\n")
    guest.close()


@pytest.fixture
def program(server, tmp_path):
    """program(nick) starts the seed's own client program against this test's server."""
    path = extract_program(tmp_path, server.address)
    if path is None:
        pytest.skip("the seed's document is not beside this tree, so its own program is not here")
    running = []

    def go(nick):
        running.append(SeedProgram(path, nick))
        return running[-1]

    yield go
    for client in running:
        client.end()


def test_seed_program_gets_in_every_time(program, server):
    """And is announced when it says goodbye, and when it is killed."""
    witness = LineClient(server, "掌柜")
    turns = count(20, 50)
    for n in range(turns):
        guest = program(f"客人{n}")
        guest.logged_in()
        if n % 2:
            guest.say("quit")
            guest.prints("退出")
        guest.end()
    # Where they come and go faster than ten in a second, some of them are told by number.
    while counted(witness, "退出了") < turns:
        witness.line()
    assert counted(witness, "进入了") == turns
    assert counted(witness, "退出了") == turns


def counted(witness, what):
    """How many guests entered, or left, as a witness was told."""
    told = re.findall(rf"^系统消息(?:客人\d+|(\d+)人){what}聊天室$", witness.seen.decode(), re.M)
    return sum(int(number or 1) for number in told)


def test_seed_program_twenty_at_once(program, server):
    witness = LineClient(server, "掌柜")
    guests = [program(f"客人{n}") for n in range(CROWD)]
    for guest in guests:
        guest.logged_in()
    witness.say("都到了？")
    for guest in guests:
        guest.prints("掌柜:都到了？\n")


def test_seed_programs_and_nc_talk(program, server):
    nc = LineClient(server, "茶馆老板")
    li = program("老李")
    nc.expect(entered("老李"))
    wang = program("老李")
    wang.prints(TAKEN)
    wang.say("小王")
    nc.expect(entered("小王"))
    li.prints(entered("小王"))
    wang.logged_in()
    li.logged_in()
    li.say("早上好，老板！")
    nc.expect("老李:早上好，老板！\n")
    wang.prints("老李:早上好，老板！\n")
    wang.say("来壶龙井")
    nc.expect("小王:来壶龙井\n")
    li.prints("小王:来壶龙井\n")
    nc.say("好嘞")
    li.prints("茶馆老板:好嘞\n")
    wang.prints("茶馆老板:好嘞\n")
    li.say("quit")
    nc.expect(left("老李"))
    wang.prints(left("老李"))
    wang.end()
    nc.expect(left("小王"))
