"""An IRC server of one room that does what a test wants it to do wrong."""

import datetime
import socket
import threading


class Faulty:
    """What it does is decided by functions that get a count, from 1 on, and what would be right, and return
    what is done instead:

    relay   the count-th message at one of its receivers, whose nick comes third: [line]
    echo    the count-th message at its own sender, if that asked for echo-message: [line]
    pong    the PING that the same client asks for the count-th time: [answer]
    past    the count-th CHATHISTORY of all: [(time, line) ...], or None for no answer
    taken   whether a nick that is asked for for the count-th time is refused: False
    """

    def __init__(self, relay=None, echo=None, pong=None, past=None, taken=None):
        self.relay = relay or (lambda _, line, nick: [line])
        self.echo = echo or (lambda _, line: [line])
        self.pong = pong or (lambda _, line: [line])
        self.past = past or (lambda _, lines: lines)
        self.taken = taken or (lambda _, right: right)
        self.remembered = []  # (time, line)
        self.questions = 0
        self.relayed = self.echoed = 0
        self.asked = {}  # nick: how often
        self.members = {}  # nick: socket
        self.echoing = set()
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        for sock in list(self.members.values()):
            sock.close()

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=Guest(self, sock).serve, daemon=True).start()

    def said(self, nick, line):
        now = datetime.datetime.now(datetime.timezone.utc)
        self.remembered.append((now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                                f":{nick}!bench@faulty {line}"))
        for other, sock in list(self.members.items()):
            if other != nick:
                self.relayed += 1
                pieces = self.relay(self.relayed, line, other)
            elif nick in self.echoing:
                self.echoed += 1
                pieces = self.echo(self.echoed, line)
            else:
                continue
            for piece in pieces:
                sock.sendall(f":{nick}!bench@faulty {piece}".encode())


class Guest:
    """One connection, on a thread of its own."""

    def __init__(self, server, sock):
        self.server, self.sock = server, sock
        self.nick = None
        self.pings = 0

    def answer(self, line):
        self.sock.sendall(f":faulty {line}\r\n".encode())

    def serve(self):
        try:
            with self.sock.makefile("r", newline="\n") as lines:
                for line in lines:
                    verb, _, rest = line.strip().partition(" ")
                    with self.server.lock:
                        getattr(self, "on_" + verb.lower(), lambda *_: None)(rest, line)
        except OSError:
            pass
        with self.server.lock:
            if self.server.members.get(self.nick) is self.sock:
                del self.server.members[self.nick]

    def on_cap(self, rest, _):
        if rest.startswith("REQ"):
            self.wants_echo = "echo-message" in rest
            self.answer(f"CAP * ACK {rest.partition(' ')[2]}")

    def on_nick(self, rest, _):
        count = self.server.asked[rest] = self.server.asked.get(rest, 0) + 1
        if self.server.taken(count, False):
            self.answer(f"433 * {rest} :taken")
            return
        self.nick = rest
        self.answer("001 you :welcome")

    def on_join(self, rest, _):
        self.server.members[self.nick] = self.sock
        if getattr(self, "wants_echo", False):
            self.server.echoing.add(self.nick)
        self.answer(f"366 {self.nick} {rest} :that is all")

    def on_ping(self, rest, _):
        self.pings += 1
        for line in self.server.pong(self.pings, f"PONG faulty {rest}"):
            self.answer(line)

    def on_chathistory(self, rest, _):
        self.server.questions += 1
        room, count = rest.split()[1], int(rest.split()[3])
        lines = self.server.past(self.server.questions, self.server.remembered[-count:])
        if lines is None:
            return
        self.answer(f"BATCH +b chathistory {room}")
        for time, line in lines:
            self.sock.sendall(f"@batch=b;time={time} {line}".encode())
        self.answer("BATCH -b")

    def on_privmsg(self, _, line):
        self.server.said(self.nick, line)
