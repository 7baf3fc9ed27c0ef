"""Thousands of commands at once over IRC, and each answer in its place."""

import random
import re

import pytest

from crowd import Crowd, common_order
from ircguest import LABEL_CAPS, TALK_CAPS, IrcGuest, Message, ways
from teahouse import SLOW

pytestmark = pytest.mark.storm

SETS = {"limits.line_rate": 0}
COMMANDS = 10_000  # of each of two connections
ROOMS = ["#下棋", "#听书", "#garden", "#tea"]
ENTERING = {"366", "403", "405", "471", "473", "474", "475", "476"}
ANY_NUMBER = {"005", "366", "PRIVMSG", "ACK"}  # how often these come
SPEAKING = {"301", "401", "403", "404", "407", "442"}


class Asker:
    """Makes up commands: each a line, and what its answer may end with (ACK: there is none)."""

    def __init__(self, seed, name, other):
        self.chance = random.Random(seed)
        self.name = name
        self.nicks = [f"{name}{n}" for n in range(4)]
        self.others = [f"{other}{n}" for n in range(4)]
        self.nick = self.nicks[0]
        self.number = 0
        self.makers = [
            (10, self.talk), (4, self.whisper), (2, self.talk_to_oneself), (2, self.notice),
            (3, self.tagmsg), (1, self.ctcp), (2, self.topic), (3, self.room_modes), (1, self.own_modes),
            (2, self.rename), (4, self.join), (1, self.part), (1, self.kick), (2, self.invite),
            (2, self.names), (2, self.who), (2, self.whois), (2, self.away), (2, self.ping),
            (1, self.list), (3, self.history), (2, self.nonsense), (3, self.short)]

    def ask(self):
        self.number += 1
        makers = [maker for _, maker in self.makers]
        return self.chance.choices(makers, [weight for weight, _ in self.makers])[0]()

    def words(self):
        return f"{self.name}·{self.number}·" + "茶" * self.chance.randrange(20)

    def one(self, *of):
        return self.chance.choice(of)

    def room(self):
        return self.one(*ROOMS, *ROOMS, *ROOMS, "#nobody", "#")

    def other(self):
        return self.one(*self.others, "nobody")

    # Talking

    def talk(self):
        target = self.one(self.room(), self.room(), self.room(), f"{self.room()},{self.room()}",
                          f"{self.room()},{self.other()},{self.nick}", "#a,#b,#c,#d,#e")
        return f"PRIVMSG {target} :{self.words()}", SPEAKING | {"PRIVMSG"}

    def whisper(self):
        return f"PRIVMSG {self.other()} :{self.words()}", {"PRIVMSG", "301", "401"}

    def talk_to_oneself(self):
        return f"PRIVMSG {self.nick} :{self.words()}", {"PRIVMSG"}

    def notice(self):
        target = self.one(self.room(), self.other(), self.nick)
        return f"NOTICE {target} :{self.words()}", {"NOTICE", "ACK"}

    def tagmsg(self):
        target = self.one(self.room(), self.other(), self.nick)
        return f"@+n={self.words()} TAGMSG {target}", SPEAKING | {"TAGMSG"}

    def ctcp(self):
        target = self.one(self.room(), self.other())
        what = self.one("ACTION", "PING", "VERSION")
        return f"PRIVMSG {target} :\x01{what} {self.words()}\x01", SPEAKING | {"PRIVMSG"}

    # Rooms

    def topic(self):
        if self.chance.random() < 0.5:
            return f"TOPIC {self.room()}", {"331", "333", "403", "442"}
        return (f"TOPIC {self.room()} :{self.one('', self.words())}",
                {"TOPIC", "403", "442", "482", "ACK"})

    def room_modes(self):
        change = self.one(
            "", "b", "e", "I", "+t-n", "-t+n", "+m", "-m", "+i", "-i", "+s", "-s", "-k *", "-l",
            "+k key", "+l 5", "+l x", "+k", "+xyz", f"+o {self.other()}", f"-o {self.other()}",
            f"+v {self.other()}", f"+b {self.other()}!*@*", f"-b {self.other()}!*@*",
            "+e *!guest@*", "+I *!*@*", f"+ov-v {self.nick} {self.nick} {self.other()}")
        return f"MODE {self.room()} {change}", {
            "MODE", "329", "347", "349", "368", "401", "403", "441", "442", "472", "482", "490", "696",
            "ACK"}

    def own_modes(self):
        return (f"MODE {self.one(self.nick, self.other())} {self.one('', '+i', '-i', '+wB', '-w', '+z')}",
                {"MODE", "221", "401", "501", "502", "ACK"})

    def join(self):
        room = self.one(self.room(), self.room(), ",".join(ROOMS), f"{self.room()} key")
        return f"JOIN {room}", ENTERING | {"ACK"}

    def part(self):
        return f"PART {self.one(self.room(), ','.join(ROOMS))} :bye", {"PART", "403", "442"}

    def kick(self):
        return (f"KICK {self.room()} {self.one(self.other(), self.other(), self.nick)} :out",
                {"KICK", "401", "403", "441", "442", "482"})

    def invite(self):
        if self.chance.random() < 0.2:
            return "INVITE", {"337"}
        return (f"INVITE {self.other()} {self.room()}",
                {"341", "301", "401", "403", "442", "443", "482"})

    # Questions

    def names(self):
        return f"NAMES {self.one(self.room(), ','.join(ROOMS), '')}", {"366"}

    def who(self):
        return f"WHO {self.one(self.room(), self.other(), self.nick, '*', '?0')}", {"315"}

    def whois(self):
        if self.chance.random() < 0.3:
            return f"WHOWAS {self.one(self.other(), self.nick)}", {"369"}
        return f"WHOIS {self.one(self.other(), self.nick)}", {"318"}

    def list(self):
        return f"LIST {self.one('', self.room())}", {"323"}

    def history(self):
        target = self.one(*ROOMS, self.other(), self.nick)
        line = self.one(f"HISTORY {target} 5", "HISTORY 3", f"CHATHISTORY LATEST {target} * 5",
                        f"CHATHISTORY BEFORE {target} msgid=ff 5", "CHATHISTORY NEVER")
        return line, {"BATCH", "FAIL", "461"}

    # The rest

    def rename(self):
        nick = self.one(*self.nicks, "系统消息", "#")
        if nick in self.nicks:
            self.nick = nick
        return f"NICK {nick}", {"NICK", "432", "ACK"}

    def away(self):
        return f"AWAY :{self.one('', 'tea')}", {"305", "306"}

    def ping(self):
        return f"PING :{self.words()}", {"PONG"}

    def nonsense(self):
        return self.one(("BREW tea", {"421"}), ("PRIVMSG", {"411"}), ("PRIVMSG x", {"412"}),
                        ("KICK #tea", {"461"}), ("USER a b c d", {"462"}), ("PASS x", {"462"}),
                        ("WALLOPS hi", {"481"}), ("CAP BREW", {"410"}), ("NICK", {"431"}))

    def short(self):
        return self.one((f"ISON {self.other()}", {"303"}), (f"USERHOST {self.nick}", {"302"}),
                        ("TIME", {"391"}), ("VERSION", {"005"}), ("MOTD", {"422"}), ("INFO", {"374"}),
                        ("LUSERS", {"266"}), ("PONG x", {"ACK"}), ("CAP LIST", {"CAP"}),
                        ("SETNAME :Tea", {"ACK"}), ("TIME elsewhere", {"402"}))


def answers_by_label(messages):
    """[(label, messages of the answer)] in the order they came. Besides there are only events."""
    answers = []
    batches = {}
    for message in messages:
        batch, label = message.tags.get("batch"), message.tags.get("label")
        answer = batches[batch] if batch else None
        if label:
            assert not batches, f"{message} begins inside of another answer"
            answer = []
            answers.append((label, answer))
        if answer is not None:
            answer.append(message)
        if message.command == "BATCH" and message.params[0][0] == "+":
            assert answer is not None, f"nobody asked for {message}"
            batches[message.params[0][1:]] = answer
        elif message.command == "BATCH":
            answer = batches.pop(message.params[0][1:])
            if answer[0].params[1:2] != ["labeled-response"]:
                answer.append(message)
        elif answer is None:
            assert message.command in EVENTS, f"{message} answers nothing"
    assert not batches
    return answers


EVENTS = {"PRIVMSG", "NOTICE", "TAGMSG", "JOIN", "PART", "KICK", "NICK", "MODE", "TOPIC", "INVITE",
          "QUIT"}


def numbers_of(messages, name):
    """The numbers in the words that somebody said, in the order they came, those of answers not."""
    found = []
    for message in messages:
        if message.command in ("PRIVMSG", "NOTICE", "TAGMSG") and "batch" not in message.tags:
            words = message.tags["+n"] if message.command == "TAGMSG" else message.text
            found += map(int, re.findall(rf"{name}·(\d+)·", words))
    return found


def run_pipelines(start, listen, threads, caps, lines_of):
    """Two people send lines_of(number, line) of all their commands at once. For each of them: what was
    asked, [(line, how its answer may end)], and the messages that came."""
    server = start(listen=listen, args=["--exempt", "127.0.0.0/8"],
                   sets={} if threads is None else {"server.threads": threads})
    askers = [Asker(1, "甲", "乙"), Asker(2, "乙", "甲")]
    with Crowd(server, IrcGuest) as crowd:
        guests = crowd.enter([asker.nick for asker in askers])
        for guest in guests:
            guest.ask(f"CAP REQ :{' '.join(caps)}")
            guest.ask("PING begin")
        crowd.everyone_hears(":begin\r\n", guests)
        asked = []
        for guest, asker in zip(guests, askers):
            del guest.seen[:]
            asked.append([asker.ask() for _ in range(COMMANDS)])
            guest.send("".join(lines_of(number, line)
                               for number, (line, _) in enumerate(asked[-1])).encode())
            guest.ask("@label=end PING end")
        crowd.until(lambda: all(guest.has(":end\r\n") for guest in guests), 60 * SLOW)
        assert not any(guest.gone for guest in guests), server.log.text()
        # What one said last may still be on its way to the other.
        for guest in guests:
            guest.ask("PING over")
        crowd.everyone_hears(":over\r\n", guests)
        return [(some, [Message(line) for line in guest.lines()[:-1]])
                for some, guest in zip(asked, guests)]


def in_order_for_the_other(heard, name):
    """What came of the other's words came in the order they were said in."""
    numbers = numbers_of(heard, name)
    assert numbers and numbers == sorted(numbers)


@pytest.mark.parametrize("listen, threads", ways(None, 0), indirect=["listen"])
def test_irc_labelled_pipelines(start, listen, threads):
    """Every command is answered once, under its label, in their order."""
    def labelled(number, line):
        return f"@label={number}{';' if line[0] == '@' else ' '}{line.removeprefix('@')}\r\n"

    pipelines = run_pipelines(start, listen, threads, LABEL_CAPS, labelled)
    for (asked, heard), other in zip(pipelines, ("乙", "甲")):
        answers = answers_by_label(heard)
        assert [label for label, _ in answers] == [str(n) for n in range(COMMANDS)] + ["end"]
        for (line, ends), (_, answer) in zip(asked, answers):
            assert answer[-1].command in ends, f"{line} is answered {answer}"
        in_order_for_the_other(heard, other)


@pytest.mark.parametrize("listen, threads", ways(None, 0, tls=False), indirect=["listen"])
def test_irc_pipelines_with_pings(start, listen, threads):
    """The same without labels: what answers a command is before the PONG behind it."""
    pipelines = run_pipelines(start, listen, threads, TALK_CAPS,
                              lambda number, line: f"{line}\r\nPING {number}\r\n")
    for (asked, heard), name, other in zip(pipelines, "甲乙", "乙甲"):
        part, parts = [], []
        for message in heard:
            part.append(message)
            if message.command == "PONG" and re.fullmatch(r"\d+|end", message.text):
                parts.append(part)
                part = []
        assert [part[-1].text for part in parts] == [str(n) for n in range(COMMANDS)] + ["end"]
        for number, ((line, ends), part) in enumerate(zip(asked, parts), 1):
            answers = [message.command for message in part[:-1]]
            assert ends & set(answers) or "ACK" in ends, f"{line} is answered {part}"
            if len(ends) == 1 and not ends & ANY_NUMBER:
                assert answers.count(*ends) == 1, f"{line} is answered {part}"
            assert set(numbers_of(part, name)) <= {number}, f"{line} is answered {part}"
        in_order_for_the_other(heard, other)


@pytest.mark.parametrize("listen, threads", ways(2, 0), indirect=["listen"])
def test_irc_echoes_are_where_others_see_them(start, listen, threads):
    """Who talks sees its own words among all others where everybody sees them."""
    server = start(listen=listen, sets=SETS | {"server.threads": threads})
    with Crowd(server, IrcGuest) as crowd:
        guests = crowd.enter([f"客{n}" for n in range(4)])
        for n in range(1000):
            for guest in guests[1:]:
                guest.say(f"{n} " + "茶" * 100)
        for guest in guests[1:]:
            guest.ask("PING done")
        crowd.everyone_hears("PONG teahouse.local :done\r\n", guests[1:])
        guests[1].say("完")
        crowd.everyone_hears(" :完\r\n", guests)
        assert len(common_order(guests)) == 3001


def test_irc_what_is_not_stored_overtakes_nothing(start, listen):
    """A CTCP comes after what its sender said before it."""
    server = start(listen=listen, sets=SETS)
    with Crowd(server, IrcGuest) as crowd:
        talker, listener = crowd.enter(["客人", "听众"])
        for n in range(200):
            talker.say(f"{2 * n}")
            talker.say(f"\x01PING {2 * n + 1}\x01")
        crowd.everyone_hears("PING 399\x01\r\n", [talker, listener])
        for guest in talker, listener:
            said = [text.strip("\x01").removeprefix("PING ") for _, _, _, text in guest.messages()]
            assert said == [str(n) for n in range(400)], guest.nick
