"""Someone with a program for IRC: sends commands, reads messages that are cut into their parts."""

import re

from crowd import Guest
from teahouse import LONG, PATIENCE, Deadline, LineClient

TALK_CAPS = ("message-tags", "server-time", "echo-message", "batch", "standard-replies",
             "draft/chathistory")
LABEL_CAPS = TALK_CAPS + ("labeled-response",)
LISTEN = ("irc://127.0.0.1:0",)
LINE_BYTES = 512  # with its CR LF, without tags
TAGS_BYTES = 4096  # of a client, with "@" and the space behind
PAGE = 500  # CHATHISTORY= in 005


# For the listen of a test that takes its time: TLS only in ./test long.
TLS_IF_LONG = ["irc", "ircs"] if LONG else ["irc"]


def ways(*threads, tls=True):
    """(listen, threads) for a test that takes both: all in plain, with tls the first in TLS, too, and in
    ./test long all of them."""
    return [("irc", some) for some in threads] + [
        ("ircs", some) for some in (threads if LONG else threads[:1] if tls else ())]


class Message:
    """One line: tags {key: value}, source ("nick!user@host", or a server; "" if there is none),
    command (three digits, or a word) and params."""

    SHAPE = re.compile(r"(?:@(\S+) +)?(?::(\S+) +)?([A-Z]+|\d{3})((?: +[^: ][^ ]*)*)(?: +:(.*))?$",
                       re.S)

    def __init__(self, line):
        self.line = line
        shape = self.SHAPE.match(line)
        assert shape, f"this is no line of IRC: {line!r}"
        tags, source, self.command, words, last = shape.groups()
        self.tags = dict(tag.partition("=")[::2] for tag in tags.split(";")) if tags else {}
        self.source = source or ""
        self.params = words.split(" ")[1:] + ([last] if last is not None else [])

    @property
    def nick(self):
        return self.source.partition("!")[0]

    @property
    def text(self):
        return self.params[-1]

    def seen(self):
        """What everybody must agree on when it was said to a room."""
        return self.tags.get("msgid"), self.tags.get("time"), self.nick, self.text

    def __repr__(self):
        return f"<{self.line}>"


class IrcClient(LineClient):
    """nick: who is to be in when this returns; caps: what is asked for before."""

    def __init__(self, server, nick=None, *, caps=(), address=None, receive_buffer=None, context=None):
        self.caps = caps
        super().__init__(server, nick, address=address or server.address_of("irc"),
                         receive_buffer=receive_buffer, context=context)

    def enter(self, nick):
        self.name = nick
        if self.caps:
            self.say(f"CAP REQ :{' '.join(self.caps)}")
        self.say(f"NICK {nick}")
        self.say("USER guest 0 * :A guest")
        if self.caps:
            self.say("CAP END")
        burst = self.until("001") + self.until("422")
        assert not self.caps or any(m.command == "CAP" and "ACK" in m.params for m in burst), burst
        return self

    def say(self, line):
        self.send(line + "\r\n")

    def line(self, seconds=PATIENCE):
        line = super().line(seconds)
        assert line.endswith("\r") and "\r" not in line[:-1] and "\0" not in line, repr(line)
        return line[:-1]

    def message(self, seconds=PATIENCE):
        """The next message."""
        return Message(self.line(seconds))

    def until(self, command, holding="", seconds=PATIENCE):
        """Reads messages up to the first of this command whose line holds a text; all of them."""
        deadline = Deadline(seconds)
        messages = []
        while not messages or messages[-1].command != command or holding not in messages[-1].line:
            try:
                messages.append(self.message(max(0.001, deadline.left())))
            except AssertionError as problem:
                raise AssertionError(f"no {command} {holding}: {problem}") from None
        return messages

    def ask(self, line, command, holding=""):
        """Sends a line, and returns its answer: the first message of this command."""
        self.say(line)
        return self.until(command, holding)[-1]

    def join(self, room):
        self.say(f"JOIN {room}")
        return self.until("366", room)

    def sync(self, token="sync"):
        """What is answered to all that was sent before."""
        self.say(f"PING {token}")
        return self.until("PONG", token)[:-1]

    def page(self, target, subcommand, bound, limit=PAGE):
        """One CHATHISTORY: its messages, oldest first."""
        self.say(f"CHATHISTORY {subcommand} {target} {bound} {limit}")
        opening = self.until("BATCH", "chathistory")[-1]
        name = opening.params[0][1:]
        *messages, end = self.until("BATCH", f" -{name}")
        return [message for message in messages if message.tags.get("batch") == name]

    def history(self, target, limit=PAGE):
        """All that was ever said there, oldest first. Needs TALK_CAPS, and being in the room."""
        messages = page = self.page(target, "LATEST", "*", limit)
        while page:
            page = self.page(target, "BEFORE", f"msgid={page[0].tags['msgid']}", limit)
            messages = page + messages
        return messages


class IrcGuest(Guest):
    """A guest of a Crowd who speaks IRC, in one room."""

    scheme = "irc"
    room = "#茶馆"

    def hello(self):
        return (f"CAP REQ :{' '.join(TALK_CAPS)}\r\nNICK {self.nick}\r\nUSER guest 0 * :A guest\r\n"
                f"CAP END\r\nJOIN {self.room}\r\n").encode()

    def is_in(self):
        return self.has(f" 366 {self.nick} {self.room} ")

    def say(self, text):
        self.ask(f"PRIVMSG {self.room} :{text}")

    def ask(self, line):
        self.send(line.encode() + b"\r\n")

    def lines(self):
        return [line.removesuffix("\r") for line in super().lines()]

    def messages(self, holding=""):
        """What was said to the room and holds a text, as Message.seen() has it."""
        found = [Message(line) for line in self.lines()
                 if f" PRIVMSG {self.room} :" in line and holding in line]
        return [message.seen() for message in found if message.command == "PRIVMSG"]


def irc_guest(room_name):
    """The guests of that room."""
    return type("IrcGuest", (IrcGuest,), {"room": room_name})
