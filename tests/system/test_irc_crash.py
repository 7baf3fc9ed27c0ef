"""Seen means durable, over IRC: what anyone saw is in the CHATHISTORY of the server that comes after,
in the same order, with the same msgid and time, and exactly once."""

import random
import resource

import pytest

from crash import gather, talk, talk_and_kill
from crowd import Crowd, common_order
from disk import IrcTalk, fill, small_disk
from ircguest import TALK_CAPS, TLS_IF_LONG, IrcClient, IrcGuest, Message, irc_guest, ways
from teahouse import PATIENCE, SLOW, Deadline, count

pytestmark = pytest.mark.crash

SETS = {"limits.line_rate": 0}


def kept(server, room):
    """What a restarted server knows of it."""
    server.restart()
    with IrcClient(server, "后来的人", caps=TALK_CAPS) as newcomer:
        newcomer.join(room)
        history = [message.seen() for message in newcomer.history(room)]
    server.stop()
    return history


def nothing_is_missing(seen, views, history):
    """What was seen is the beginning of the history: all of it, once, in that order. A sender's view
    has the echoes of its own words, too."""
    assert len({msgid for msgid, _, _, _ in history}) == len(history), "something is there twice"
    assert len({text for _, _, _, text in history}) == len(history), "something is there twice"
    assert seen == history[:len(seen)]
    for nick, view in views.items():
        assert view == history[:len(view)], f"{nick} saw something else"


def crash_again_and_again(start, seed, **options):
    server = start(**options)
    chance = random.Random(seed)
    for turn in range(count(2, 20)):
        room = f"#第{turn}轮"
        seen, views = talk_and_kill(server, f"第{turn}轮", chance.randrange(20_000, 1_000_000),
                                    irc_guest(room))
        assert any(nick == sender for sender, view in views.items() for _, _, nick, _ in view)
        nothing_is_missing(seen, views, kept(server, room))
        server.restart()


@pytest.mark.parametrize("listen, threads", ways(None, 0), indirect=["listen"])
def test_irc_kill_in_the_middle(start, listen, threads):
    more = {} if threads is None else {"server.threads": threads}
    crash_again_and_again(start, 22, listen=listen, sets=SETS | more)


@pytest.mark.parametrize("listen", TLS_IF_LONG, indirect=True)
def test_irc_power_cut_loses_nothing_seen(start, shim, listen):
    """Writes that were not synced are gone at the kill; what was seen was synced."""
    crash_again_and_again(start, 23, program=shim, listen=listen,
                          sets=SETS | {"server.durability": "full"})


# Full

def full_disk(server, make_full, make_room):
    conversation = IrcTalk(server)
    bystander = IrcClient(server, "旁人", caps=TALK_CAPS)
    bystander.join(conversation.room)
    conversation.until_heard()
    make_full()
    refusal = conversation.until_refused()
    assert refusal.command == "404" and refusal.params[1] == conversation.room

    # The speaker is told each time; the others stay, are answered, come and go.
    assert conversation.say() or conversation.say()
    bystander.ask(f"PRIVMSG {conversation.room} :我也说一句", "404")
    bystander.ask("PRIVMSG 听话人 :悄悄话", "FAIL", "PRIVMSG CANNOT_STORE 听话人")
    bystander.ask(f"NOTICE {conversation.room} :注意", "FAIL", "NOTICE CANNOT_STORE")
    conversation.reader.ask(f"TOPIC {conversation.room} :新话题", "FAIL", "TOPIC CANNOT_STORE")
    bystander.ask("WHO 听话人", "315")
    conversation.reader_is_answered()
    newcomer = IrcClient(server, "新客")
    newcomer.join(conversation.room)
    newcomer.ask(f"NAMES {conversation.room}", "366")
    newcomer.say("QUIT")
    newcomer.closed()

    make_room()
    conversation.until_heard()
    assert conversation.say() is None
    assert conversation.hears(f"第{conversation.said}句", PATIENCE)
    newcomer = IrcClient(server, "新客")
    newcomer.join(conversation.room)
    newcomer.say(f"PRIVMSG {conversation.room} :又能说话了")
    assert conversation.hears(" :又能说话了", PATIENCE)
    for words in ("悄悄话", "注意", "新话题"):
        assert words not in conversation.reader.seen.decode()
    server.stop()
    conversation.check()


def test_irc_data_folder_full(start, listen, tmp_path):
    with small_disk(tmp_path / "disk", 4) as disk:
        server = start(data=disk / "data", listen=listen, sets=SETS)
        filler = disk / "filler"
        full_disk(server, lambda: fill(filler), filler.unlink)


def test_irc_file_size_limit(start, listen):
    """The same by RLIMIT_FSIZE, which needs no mount."""
    server = start(listen=listen, sets=SETS)
    unlimited = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)

    def make_full():
        size = max(file.stat().st_size for file in server.data.iterdir())
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size + 50_000, unlimited[1]))

    full_disk(server, make_full,
              lambda: resource.prlimit(server.pid, resource.RLIMIT_FSIZE, unlimited))


@pytest.mark.parametrize("how", ["full", "io"])
def test_irc_disk_that_fails(start, shim, listen, tmp_path, how):
    """The shim's disk refuses writes while a file says so."""
    switch = tmp_path / "switch"
    server = start(program=shim, env={"SHIM_FAIL": str(switch)}, listen=listen, sets=SETS)
    full_disk(server, lambda: switch.write_text(f"{how}\n"), switch.unlink)


class Noted(IrcGuest):
    """Remembers what it said."""

    def say(self, text):
        self.said = getattr(self, "said", []) + [text]
        super().say(text)

    def refused(self):
        """What of that was refused. Each word is echoed or refused, in their order."""
        answers = [message for message in map(Message, self.lines()) if message.command == "404"
                   or message.command == "PRIVMSG" and message.nick == self.nick]
        assert len(answers) == len(self.said)
        for text, answer in zip(self.said, answers):
            assert answer.command == "404" or answer.text == text
        return {text for text, answer in zip(self.said, answers) if answer.command == "404"}


def test_irc_full_while_everyone_talks(start, shim, listen, tmp_path):
    """The disk fills up in the middle of it: nobody saw a refused word, and all others are kept."""
    switch = tmp_path / "switch"
    server = start(program=shim, env={"SHIM_FAIL": str(switch)}, listen=listen, sets=SETS)
    with Crowd(server, Noted) as crowd:
        listeners, senders = gather(crowd)
        talk(crowd, senders, "先", lambda: len(listeners[0].seen) > 100_000)
        switch.write_text("full\n")
        talk(crowd, senders, "满", lambda: all(sender.has(" 404 ") for sender in senders))
        switch.unlink()
        # It is noticed within a second that the disk takes something again.
        talk(crowd, senders, "后", lambda: all(sender.messages("后·") for sender in senders))
        for sender in senders:
            sender.ask("PING done")
        crowd.everyone_hears("PONG teahouse.local :done\r\n", senders)
        senders[0].say("完")
        crowd.everyone_hears(" :完\r\n", crowd.guests)
        seen = common_order(crowd.guests)
        assert not any(guest.gone for guest in crowd.guests)
        server.stop()
    refused = set().union(*(sender.refused() for sender in senders))
    said = {text for sender in senders for text in sender.said}
    assert refused and {text for _, _, _, text in seen} == said - refused
    assert kept(server, IrcGuest.room) == seen


# Silent

@pytest.mark.parametrize("listen", TLS_IF_LONG, indirect=True)
def test_irc_disk_that_stalls(start, shim, listen, tmp_path):
    """For a few seconds no sync ends. Those who do not need the disk are answered as ever; who would
    write is refused once it is clear; what was on its way arrives afterwards, in order, and only
    then what its speaker asked behind it is answered."""
    switch = tmp_path / "switch"
    server = start(program=shim, env={"SHIM_STALL": str(switch)}, listen=listen, sets=SETS)
    conversation = IrcTalk(server)
    bystander = IrcClient(server, "旁人", caps=TALK_CAPS)
    bystander.join(conversation.room)
    conversation.until_heard()
    switch.write_text("")
    for n in (1, 2, 3):
        conversation.speaker.say(f"PRIVMSG {conversation.room} :在途{n}")
    stall = Deadline(4)
    visits = 0
    while not stall.passed():
        bystander.ask("WHO 听话人", "315")
        newcomer = IrcClient(server, f"新客{visits}")
        newcomer.ask("WHO 说话人", "315")
        newcomer.join(conversation.room)
        newcomer.say("QUIT")
        newcomer.closed()
        visits += 1
        assert not conversation.hears("在途", 0.1), "seen before it was on disk"
    assert visits > 3
    bystander.ask(f"PRIVMSG {conversation.room} :现在说得了吗", "404")
    conversation.speaker.say("PING behind")

    switch.unlink()
    answers = [message.text for message in conversation.speaker.until("PONG", "behind")
               if message.command in ("PRIVMSG", "PONG")]
    assert answers == ["在途1", "在途2", "在途3", "behind"]
    assert conversation.hears(" :在途3\r\n", PATIENCE)
    conversation.until_heard()
    assert "现在说得了吗" not in conversation.reader.seen.decode()
    server.stop()
    assert [row[3] for row in conversation.heard() if "在途" in row[3]] == ["在途1", "在途2", "在途3"]
    conversation.check()


def test_irc_stop_while_the_disk_stalls(start, shim, listen, tmp_path):
    """Two seconds at most, even then; what was not seen may be lost, and nothing else."""
    switch = tmp_path / "switch"
    server = start(program=shim, env={"SHIM_STALL": str(switch)}, listen=listen)
    conversation = IrcTalk(server)
    conversation.until_heard()
    switch.write_text("")
    conversation.speaker.say(f"PRIVMSG {conversation.room} :在途")
    server.process.terminate()
    server.wait_end(5 * SLOW)
    switch.unlink()
    server.discard()
    assert "在途" not in conversation.reader.closed()
    conversation.check()
