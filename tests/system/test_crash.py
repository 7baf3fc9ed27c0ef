"""Seen means durable: kill -9 in the middle of everything, power cuts, full and silent disks."""

import random
import resource

import pytest

from crash import gather, talk, talk_and_kill
from crowd import Crowd, common_order
from disk import Talk, fill, small_disk
from teahouse import PATIENCE, SYSTEM, Deadline, LineClient, count, entered

pytestmark = pytest.mark.crash


def kept(server, tag):
    """What a restarted server knows of it."""
    server.restart()
    newcomer = LineClient(server, "后来的人")
    newcomer.ask("/who", "后来的人")
    newcomer.close()
    server.stop()
    return [f"{row[3]}:{row[4]}" for row in server.history() if row[4].startswith(f"{tag}·")]


def nothing_is_missing(seen, views, history):
    """What was seen is the beginning of the history: all of it, once, in that order."""
    assert len(set(history)) == len(history), "something is in the history twice"
    assert seen == history[:len(seen)]
    for nick, view in views.items():
        others = [line for line in history if not line.startswith(f"{nick}:")]
        assert view == others[:len(view)], f"{nick} saw something else"


@pytest.mark.parametrize("threads", [None, 0])
def test_kill_in_the_middle(start, threads):
    sets = {"limits.line_rate": 0} | ({} if threads is None else {"server.threads": threads})
    server = start(sets=sets)
    chance = random.Random(20)
    for turn in range(count(4, 20)):
        tag = f"第{turn}轮"
        seen, views = talk_and_kill(server, tag, chance.randrange(20_000, 1_000_000))
        nothing_is_missing(seen, views, kept(server, tag))
        server.restart()


def test_power_cut_loses_nothing_seen(start, shim):
    """Writes that were not synced are gone at the kill; what was seen was synced."""
    server = start(program=shim, sets={"limits.line_rate": 0, "server.durability": "full"})
    chance = random.Random(21)
    for turn in range(count(4, 20)):
        tag = f"第{turn}轮"
        seen, views = talk_and_kill(server, tag, chance.randrange(20_000, 1_000_000))
        nothing_is_missing(seen, views, kept(server, tag))
        server.restart()


def test_power_cut_loses_something_when_relaxed(start, shim, tmp_path):
    """Which is what relaxed means, and how we know that the test above can tell."""
    for turn in range(5):
        server = start(program=shim, data=tmp_path / f"data{turn}",
                       sets={"limits.line_rate": 0, "server.durability": "relaxed"})
        seen, _ = talk_and_kill(server, "轮", 100_000)
        history = set(kept(server, "轮"))
        if any(line not in history for line in seen):
            return
    raise AssertionError("five power cuts, and nothing was lost: this disk is not cutting anything")


def test_relaxed_survives_a_kill(start):
    """Without a power cut, what the kernel was given is there. Only order and once are promised."""
    server = start(sets={"limits.line_rate": 0, "server.durability": "relaxed"})
    seen, _ = talk_and_kill(server, "轮", 100_000)
    history = kept(server, "轮")
    assert len(set(history)) == len(history)
    both = min(len(seen), len(history))
    assert seen[:both] == history[:both]


# Full

def full_disk(server, make_full, make_room):
    talk = Talk(server)
    bystander = LineClient(server, "旁人")
    talk.speaker.expect(entered("旁人"))
    talk.until_heard()
    make_full()
    refusal = talk.until_refused()
    assert refusal.startswith(SYSTEM)

    # The speaker is told each time; the others stay, are answered, come and go.
    assert talk.say() or talk.say()
    bystander.say("我也说一句")
    bystander.until(SYSTEM)
    bystander.ask("/who", "听话人")
    talk.reader_is_answered()
    newcomer = LineClient(server, "新客")
    newcomer.ask("/who", "新客")
    newcomer.say("quit")
    newcomer.closed()

    make_room()
    talk.until_heard()
    assert talk.say() is None
    assert talk.hears(f"第{talk.said}句", PATIENCE)
    newcomer = LineClient(server, "新客")
    newcomer.say("又能说话了")
    assert talk.hears("新客:又能说话了", PATIENCE)
    server.stop()
    talk.check()


def test_bad_input_data_folder_full(start, tmp_path):
    with small_disk(tmp_path / "disk", 4) as disk:
        server = start(data=disk / "data", sets={"limits.line_rate": 0})
        filler = disk / "filler"
        full_disk(server, lambda: fill(filler), filler.unlink)


def test_file_size_limit(start):
    """The same by RLIMIT_FSIZE, which needs no mount."""
    server = start(sets={"limits.line_rate": 0})
    unlimited = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)

    def make_full():
        size = max(file.stat().st_size for file in server.data.iterdir())
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size + 50_000, unlimited[1]))

    full_disk(server, make_full,
              lambda: resource.prlimit(server.pid, resource.RLIMIT_FSIZE, unlimited))


@pytest.mark.parametrize("how", ["full", "io"])
def test_disk_that_fails(start, shim, tmp_path, how):
    """The shim's disk refuses writes while a file says so."""
    switch = tmp_path / "switch"
    server = start(program=shim, env={"SHIM_FAIL": str(switch)}, sets={"limits.line_rate": 0})
    full_disk(server, lambda: switch.write_text(f"{how}\n"), switch.unlink)


def test_full_while_everyone_talks(start, tmp_path):
    """Nothing that any of fifty saw is missing when the disk filled up in the middle of it."""
    with small_disk(tmp_path / "disk", 4) as disk:
        server = start(data=disk / "data", sets={"limits.line_rate": 0})
        filler = disk / "filler"
        with Crowd(server) as crowd:
            listeners, senders = gather(crowd)
            talk(crowd, senders, "", lambda: len(listeners[0].seen) > 50_000)
            fill(filler)
            before = [len(sender.seen) for sender in senders]
            talk(crowd, senders, "", lambda: any(
                SYSTEM in sender.seen[size:].decode(errors="replace")
                for sender, size in zip(senders, before)))
            filler.unlink()
            last = LineClient(server, "最后一个")
            deadline = Deadline()
            while not listeners[0].has("最后一个:又好了"):
                assert not deadline.passed(), "messages never flow again"
                last.say("又好了")
                crowd.turn(0.1)
            last.say("完")
            crowd.everyone_hears("最后一个:完\n", listeners)
            seen = common_order(listeners)
            assert not any(guest.gone for guest in crowd.guests)
            server.stop()
        assert seen == [f"{row[3]}:{row[4]}" for row in server.history()][:len(seen)]


# Silent

def test_disk_that_stalls(start, shim, tmp_path):
    """For five seconds no sync ends. Those who do not need the disk are answered as ever; who would
    write is refused once it is clear; what was on its way arrives afterwards, in order."""
    switch = tmp_path / "switch"
    server = start(program=shim, env={"SHIM_STALL": str(switch)}, sets={"limits.line_rate": 0})
    talk = Talk(server)
    bystander = LineClient(server, "旁人")
    talk.until_heard()
    switch.write_text("")
    for n in (1, 2, 3):
        talk.speaker.say(f"在途{n}")
    stall = Deadline(5)
    visits = 0
    while not stall.passed():
        bystander.ask("/who", "听话人")
        newcomer = LineClient(server, f"新客{visits}")
        newcomer.ask("/who", "说话人")
        newcomer.say("quit")
        newcomer.closed()
        visits += 1
        assert not talk.hears("在途", 0.1), "seen before it was on disk"
    assert visits > 5
    bystander.drain()
    bystander.say("现在说得了吗")
    bystander.until(SYSTEM)
    talk.speaker.ask("/who", "听话人")

    switch.unlink()
    assert talk.hears("说话人:在途3\n", PATIENCE)
    talk.until_heard()
    assert "旁人:现在说得了吗" not in talk.reader.seen.decode()
    server.stop()
    assert [text for text in talk.heard() if "在途" in text] == ["在途1", "在途2", "在途3"]
    talk.check()


def test_stop_while_the_disk_stalls(start, shim, tmp_path):
    """Two seconds at most, even then."""
    switch = tmp_path / "switch"
    server = start(program=shim, env={"SHIM_STALL": str(switch)})
    talk = Talk(server)
    talk.until_heard()
    switch.write_text("")
    talk.speaker.say("在途")
    server.process.terminate()
    server.wait_end(PATIENCE)
    switch.unlink()
    server.discard()
    assert "在途" not in talk.reader.closed()
    server.restart()
