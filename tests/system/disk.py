"""Disks that are full, and people who talk although theirs is."""

import contextlib
import errno
import os
import re
import subprocess

import pytest

from ircguest import TALK_CAPS, IrcClient, IrcGuest, Message
from teahouse import PATIENCE, Deadline, LineClient, entered, readable

NOT_SENT = "系统消息没有发出"


@contextlib.contextmanager
def small_disk(folder, megabytes):
    """A tmpfs of this size at folder, where mounting is allowed; a skipped test where it is not."""
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "teahouse-test",
                              str(folder)], stderr=subprocess.DEVNULL) if os.getuid() == 0 else None
    if mounted is None or mounted.returncode != 0:
        pytest.skip("mounting a tmpfs is not allowed here; the file size limit is tested instead")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(path):
    """Writes a file until nothing fits any longer."""
    with open(path, "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError as problem:
            assert problem.errno == errno.ENOSPC


class Talk:
    """A speaker, a reader who hears it all, and who was promised what."""

    def __init__(self, server):
        self.server = server
        self.speaker = LineClient(server, "说话人")
        self.reader = LineClient(server, "听话人")
        self.speaker.expect(entered("听话人"))
        self.said = 0
        self.refused = []

    def say(self, size=100):
        """Says something new. The system's line if it is refused, None if it is not."""
        self.said += 1
        text = f"第{self.said}句" + "。" * size
        self.speaker.say(text)
        self.speaker.say("/who")
        # /who is answered when the message is either heard or refused, and names both of us.
        answers = self.speaker.until("听话人")
        refusals = [line for line in answers if line.startswith(NOT_SENT)]
        if not refusals:
            return None
        self.refused.append(text)
        return refusals[0]

    def until_refused(self, limit=20_000):
        while limit > 0:
            refusal = self.say()
            if refusal:
                return refusal
            limit -= 1
        raise AssertionError("nothing is ever refused")

    def hears(self, text, seconds):
        """Does the reader hear this within so many seconds?"""
        deadline = Deadline(seconds)
        while text not in self.reader.seen.decode(errors="replace"):
            if not readable(self.reader.sock, deadline.left()):
                return False
            self.reader.more(Deadline(), text)
        return True

    def until_heard(self, seconds=PATIENCE):
        """Talks until somebody hears it: the disk takes something again."""
        deadline = Deadline(seconds)
        while self.say() or not self.hears(f"第{self.said}句", PATIENCE):
            assert not deadline.passed(), "messages never flow again"
            readable(self.reader.sock, 0.05)

    def reader_is_answered(self):
        self.reader.say("/who")
        assert self.hears("说话人", PATIENCE)
        self.reader.take(len(self.reader.unread()))
        self.reader.ask("/who", "说话人")

    def heard(self):
        return re.findall(r"^说话人:(.*)$", self.reader.seen.decode(), re.M)

    def check(self):
        """After the end of the server: what was heard is in the history, once and in its order, and
        what was refused is not."""
        kept = [row[4] for row in self.server.history() if row[3] == "说话人"]
        assert self.heard() == kept[:len(self.heard())]
        assert not set(self.refused) & set(kept), "refused, and stored all the same"
        assert len(set(kept)) == len(kept)


class IrcTalk(Talk):
    """The same over IRC, where the speaker hears itself, and kept is what CHATHISTORY says."""

    room = IrcGuest.room

    def __init__(self, server):
        self.server = server
        self.reader = IrcClient(server, "听话人", caps=TALK_CAPS)
        self.reader.join(self.room)
        self.speaker = IrcClient(server, "说话人", caps=TALK_CAPS)
        self.speaker.join(self.room)
        self.said = 0
        self.refused = []

    def say(self, size=100):
        """The 404 if it is refused, None if it is not."""
        self.said += 1
        text = f"第{self.said}句" + "。" * size
        self.speaker.say(f"PRIVMSG {self.room} :{text}")
        answers = [message for message in self.speaker.sync(f"第{self.said}问")
                   if message.command == "404" or message.command == "PRIVMSG"
                   and message.nick == "说话人"]
        assert len(answers) == 1, f"echoed or refused, and once: {answers}"
        if answers[0].command == "PRIVMSG":
            return None
        self.refused.append(text)
        return answers[0]

    def reader_is_answered(self):
        self.reader.sync()
        self.reader.ask("WHO 说话人", "315")

    def heard(self):
        return [message.seen() for message in self._messages(self.reader)]

    @staticmethod
    def _messages(client):
        lines = client.seen[:client.seen.rfind(b"\r\n")].decode().split("\r\n")
        return [message for message in map(Message, lines)
                if message.command == "PRIVMSG" and message.nick == "说话人"]

    def check(self):
        heard, echoed = self.heard(), [m.seen() for m in self._messages(self.speaker)]
        self.server.restart()
        with IrcClient(self.server, "后来的人", caps=TALK_CAPS) as newcomer:
            newcomer.join(self.room)
            kept = [m.seen() for m in newcomer.history(self.room) if m.nick == "说话人"]
        assert heard == kept[:len(heard)]
        assert echoed == kept[:len(echoed)]
        texts = [row[3] for row in kept]
        assert not set(self.refused) & set(texts), "refused, and stored all the same"
        assert len(set(texts)) == len(texts)
