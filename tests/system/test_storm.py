"""Hundreds of people who do everything at once, and the few who watch them and must agree."""

import random

import pytest

from crowd import Crowd, common_order
from teahouse import PATIENCE, SLOW, LineClient, count

pytestmark = pytest.mark.storm

GUESTS = 200
WATCHERS = 8
ROOMS = ["#下棋", "#听书", "#garden", "#lobby"]


class Storm:
    def __init__(self, crowd, seed):
        self.crowd = crowd
        self.chance = random.Random(seed)
        self.number = 0
        self.guests = []
        self.actions = [
            (60, self.talk), (5, self.act), (5, self.rename), (8, self.join), (4, self.part),
            (6, self.whisper), (3, self.look), (1, self.topic), (1, self.garbage), (3, self.leave),
            (4, self.vanish)]

    def next(self):
        self.number += 1
        return self.number

    def arrive(self):
        """A new guest, one in ten of them in chunk mode."""
        nick = f"客{self.next()}"
        chunk = self.chance.random() < 0.1
        guest = self.crowd.connect(nick, first=nick.encode() + (b"" if chunk else b"\n"))
        guest.chunk = chunk
        self.guests.append(guest)

    def say(self, guest, text):
        guest.send(text.encode() + (b"" if guest.chunk else b"\n"))

    def talk(self, guest):
        self.say(guest, f"第{self.next()}句" + "茶" * self.chance.randrange(30))

    def act(self, guest):
        self.say(guest, f"/me 做第{self.next()}件事")

    def rename(self, guest):
        """Sometimes to a name that is taken."""
        self.say(guest, f"/nick 客{self.chance.randrange(self.number + 50)}")

    def join(self, guest):
        self.say(guest, f"/join {self.chance.choice(ROOMS)}")

    def part(self, guest):
        self.say(guest, "/part")

    def whisper(self, guest):
        self.say(guest, f"/msg 客{self.chance.randrange(self.number + 1)} 悄悄话")

    def look(self, guest):
        self.say(guest, self.chance.choice(["/who", "/rooms", "/history 5", "/topic", "/help"]))

    def topic(self, guest):
        self.say(guest, f"/topic 第{self.next()}个话题")

    def garbage(self, guest):
        guest.send(self.chance.choice([b"\xff\xfe\n", b"\0\n", b"x" * 5000 + b"\n", b"\n\n\n"]))

    def leave(self, guest):
        self.say(guest, "quit")
        self.guests.remove(guest)
        self.arrive()

    def vanish(self, guest):
        guest.vanish()
        self.guests.remove(guest)
        self.arrive()

    def blow(self, steps):
        weights = [weight for weight, _ in self.actions]
        for step in range(steps):
            guest = self.chance.choice(self.guests)
            if guest.gone:
                self.guests.remove(guest)
                self.arrive()
            elif len(guest.out) < 1000:
                self.chance.choices(self.actions, weights)[0][1](guest)
            if step % 10 == 0:
                self.crowd.turn()


@pytest.mark.parametrize("threads", [1, 2, 0])
def test_storm(start, threads):
    server = start(sets={"server.threads": threads, "limits.line_rate": 0})
    with Crowd(server) as crowd:
        watchers = crowd.enter([f"旁观者{n}" for n in range(WATCHERS)])
        storm = Storm(crowd, seed=threads)
        for _ in range(GUESTS):
            storm.arrive()
        storm.blow(count(10_000, 60_000) // min(SLOW, 3))
        assert not any(watcher.gone for watcher in watchers), server.log.text()

        crowd.until(lambda: all(g.gone or not g.out for g in storm.guests), 3 * PATIENCE)

        # Half of them go at once; then the last word, which everyone who watched must hear.
        for guest in storm.guests[::2]:
            guest.vanish()
        last = crowd.enter(["说书人"])[0]
        last.say("散了散了")
        crowd.everyone_hears("说书人:散了散了\n", watchers, 3 * PATIENCE)
        # Guests may still talk after the last word, so a view may be a little longer than another.
        seen = common_order(watchers, "")
        assert len(seen) > 500 / min(SLOW, 3), "a storm in a tea cup"
        client = LineClient(server, "最后一个")
        client.ask("/who", "旁观者0")
    assert server.stop() < 3 * SLOW
    assert shown(server)[:len(seen)] == seen


def shown(server):
    """The lines that the history of the lobby makes. A message in chunk mode may be several."""
    actions = {row[0] for row in server.history(kinds=(2,))}
    return [f"* {nick} {line}" if seq in actions else f"{nick}:{line}"
            for seq, _, _, nick, body in server.history(kinds=(1, 2))
            for line in body.split("\n") if line]


def test_everybody_renames_at_once(start):
    """One free name and two hundred who want it: one gets it, and all others are told so."""
    server = start(sets={"limits.line_rate": 0})
    with Crowd(server) as crowd:
        guests = crowd.enter([f"客{n}" for n in range(count(100, 200))])
        for guest in guests:
            guest.say("/nick 茶王")
            guest.say("谁是茶王？")
        crowd.until(lambda: sum(not guest.has("茶王:谁是茶王？\n") for guest in guests) == 1)
        crowd.everyone_hears("改名为茶王\n", guests)


def test_everybody_wants_the_same_nick(start):
    """At the door: one is in, the others are asked again."""
    server = start()
    with Crowd(server) as crowd:
        guests = [crowd.connect("茶王") for _ in range(100)]
        crowd.until(lambda: sum(guest.has("/help") for guest in guests) == 1
                    and sum(guest.has("当前昵称已经存在") for guest in guests) == 99)
        assert not any(guest.gone for guest in guests)
