"""Hundreds or thousands of connections on one thread.

A Crowd is a set of guests and an event loop. Guests enter, say what the test hands them and keep
every byte that comes; what it means is looked at afterwards, because Python is slow and the server
is not. A Guest speaks the plain protocol in line mode, irc.IrcGuest speaks IRC."""

import errno
import selectors
import socket
import struct

from teahouse import GREETING, PATIENCE, SYSTEM, Deadline, socket_to

# Something has gone wrong at the other end, which is what some tests are about.
GONE = (errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED, errno.ECONNREFUSED, errno.ETIMEDOUT)


class Guest:
    """One connection. seen grows with what comes, out shrinks with what was sent."""

    scheme = "plain"  # of the listener it comes to

    def __init__(self, crowd, nick, sock):
        self.crowd = crowd
        self.nick = nick
        self.sock = sock
        self.seen = bytearray()
        self.out = bytearray()
        self.gone = False  # the stream has ended, at either end

    def hello(self):
        """What takes it in."""
        return self.nick.encode() + b"\n"

    def is_in(self):
        return self.has("/help")

    def say(self, text):
        self.send(text.encode() + b"\n")

    def send(self, data):
        self.out += data
        self.crowd.watch(self)

    def lines(self):
        """The whole lines that came so far."""
        return self.seen[:self.seen.rfind(b"\n") + 1].decode().split("\n")[:-1]

    def messages(self, holding=":"):
        """The lines that somebody said, not the server, and that hold a text."""
        return [line for line in self.lines()
                if holding in line and not line.startswith((SYSTEM, GREETING))]

    def has_to_send(self):
        """TLS keeps what the socket did not take."""
        return self.out or getattr(self.sock, "unsent", 0)

    def has(self, text):
        return text.encode() in self.seen

    def vanish(self):
        """Gone without a goodbye: the server gets a reset."""
        if not self.gone:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.crowd.drop(self)


class Crowd:
    def __init__(self, server, guest=Guest):
        self.server = server
        self.address = server.address_of(guest.scheme)
        self.guests = []
        self._guest = guest
        self._selector = selectors.DefaultSelector()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for guest in self.guests:
            self.drop(guest)
        self._selector.close()

    def connect(self, nick=None, first=None):
        """A new guest, who sends first, or else what takes it in, once it is connected."""
        sock = socket_to(self.server, self.address)
        sock.setblocking(False)
        sock.connect_ex(self.address)
        guest = self._guest(self, nick, sock)
        guest.out += first if first is not None else guest.hello() if nick else b""
        self.guests.append(guest)
        self._selector.register(sock, selectors.EVENT_READ | selectors.EVENT_WRITE, guest)
        return guest

    def enter(self, nicks, at_once=100, seconds=PATIENCE):
        """Guests with these nicks, once all of them are in; so many of them knock at once."""
        guests = []
        for start in range(0, len(nicks), at_once):
            some = [self.connect(nick) for nick in nicks[start:start + at_once]]
            self.until(lambda: all(guest.is_in() for guest in some), seconds,
                       lambda: f"not in yet: {[g.nick for g in some if not g.is_in()][:20]}")
            guests += some
        return guests

    def watch(self, guest):
        """Looks again whether this guest has something to send."""
        if not guest.gone:
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if guest.has_to_send() else 0)
            self._selector.modify(guest.sock, events, guest)

    def drop(self, guest):
        if not guest.gone:
            guest.gone = True
            self._selector.unregister(guest.sock)
            guest.sock.close()

    def turn(self, seconds=0.0):
        """Waits for at most so long until something can be read or sent, and does all of that."""
        for key, events in self._selector.select(seconds):
            guest = key.data
            if guest.gone:
                continue
            try:
                if events & selectors.EVENT_WRITE:
                    if guest.has_to_send():
                        del guest.out[:guest.sock.send(guest.out)]
                    self.watch(guest)
                if events & selectors.EVENT_READ:
                    data = guest.sock.recv(262144)
                    guest.seen += data
                    if not data:
                        self.drop(guest)
            except BlockingIOError:
                pass
            except OSError as problem:
                if problem.errno not in GONE:
                    raise
                self.drop(guest)

    def until(self, done, seconds=PATIENCE, why=lambda: ""):
        """Turns until done() holds; why() says what is missing when it does not in time."""
        deadline = Deadline(seconds)
        while not done():
            assert not deadline.passed(), f"still waiting after {seconds} s. {why()}"
            self.turn(min(0.05, deadline.left()))

    def everyone_hears(self, text, guests, seconds=PATIENCE):
        def missing():
            return [guest.nick for guest in guests if not guest.has(text)]

        self.until(lambda: not missing(), seconds, lambda: f"{text!r} not yet at {missing()[:20]}")


def common_order(guests, holding=":"):
    """What the guests saw, all the same up to where each of them stopped: the longest view. Fails
    where two of them saw different orders."""
    views = [guest.messages(holding) for guest in guests]
    longest = max(views, key=len)
    for guest, view in zip(guests, views):
        for place, (mine, theirs) in enumerate(zip(view, longest)):
            assert mine == theirs, f"message {place}: {guest.nick} saw {mine!r}, another {theirs!r}"
    return longest
