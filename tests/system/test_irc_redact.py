"""What is redacted is nowhere in the files any more: a transcript cannot look there."""

import pytest

from ircguest import IrcClient
from teahouse import Deadline, pause

CAPS = ("message-tags", "echo-message", "draft/message-redaction")
SECRET = "the tea is poisoned"


def remains(server):
    """The files of the history that still have the secret."""
    return [path.name for path in server.data.glob("history.db*")
            if SECRET.encode() in path.read_bytes()]


@pytest.mark.parametrize("threads", [0, 1])
def test_nothing_is_left_of_what_is_redacted(start, threads):
    server = start(listen=("irc://127.0.0.1:0",), args=("--threads", str(threads)))
    a = IrcClient(server, "a", caps=CAPS)
    a.join("#r")
    a.ask("PRIVMSG #r :before", "PRIVMSG")
    said = a.ask(f"PRIVMSG #r :{SECRET}", "PRIVMSG")
    a.ask("PRIVMSG #r :behind", "PRIVMSG")
    assert remains(server)
    a.ask(f"REDACT #r {said.tags['msgid']}", "REDACT")
    # A second after the last commit the write-ahead log is moved into the database.
    deadline = Deadline()
    while remains(server):
        assert not deadline.passed(), f"it is still in {remains(server)}"
        pause(0.1)
    assert [row[4] for row in server.history("#r")] == ["before", "behind"]
