"""Everyone talks, and then something terrible happens."""

from crowd import Crowd, Guest, common_order
from teahouse import Deadline

SENDERS = 20
LISTENERS = 50


def gather(crowd):
    """Listeners and senders, who are all in."""
    return (crowd.enter([f"听{n}" for n in range(LISTENERS)]),
            crowd.enter([f"说{n}" for n in range(SENDERS)]))


def talk(crowd, senders, tag, until):
    """Each sender says something new as soon as what it said before is sent, until until()."""
    deadline = Deadline()
    said = 0
    while not until():
        assert not deadline.passed()
        for sender in senders:
            if not sender.out:
                said += 1
                sender.say(f"{tag}·{sender.nick}·{said}")
        crowd.turn()


def talk_and_kill(server, tag, enough, guest=Guest):
    """Everyone talks until a listener got enough bytes; then the server dies in the middle of it.
    What the listeners saw, in the order all of them saw it, and every sender's own view."""
    with Crowd(server, guest) as crowd:
        listeners, senders = gather(crowd)
        before = len(listeners[0].seen)
        talk(crowd, senders, tag, lambda: len(listeners[0].seen) - before >= enough
             or any(guest.gone for guest in crowd.guests))
        assert not any(guest.gone for guest in crowd.guests), server.log.text()
        server.kill9()
        crowd.until(lambda: all(guest.gone for guest in crowd.guests))
        seen = common_order(listeners, f"{tag}·")
        views = {sender.nick: sender.messages(f"{tag}·") for sender in senders}
    assert seen, "nothing was seen, so nothing was tested"
    return seen, views
