"""Reads and plays the transcripts of tests/wire. README.md there describes how they are written."""

import re
from pathlib import Path

import teahouse
from tls import any_server, fingerprint, make_certificate

WIRE = Path(__file__).resolve().parent.parent / "wire"
SILENCE_S = 0.3  # how long "nothing more" listens
LEFTOVER_S = 0.05  # how long the end of a transcript does

ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|code|\{(.*?)\*(\d+)\}|<(\w+)>|.)", re.S)
STEP = re.compile(r"(?P<who>\w+(?: \w+)*)(?P<what>[<>:])(?: (?P<rest>.*))?$")
WORD = rb"[^ ;\r\n]+"
WILD = {"d": rb"[0-9]", "w": WORD, "*": rb"[^\n]*?"}
COMING = re.compile(r"(?:connects|enters as (?P<nick>\S+))(?: (?P<how>by ircs?|in chunks))?"
                    r"(?P<shows> showing a certificate)?"
                    r"(?: with (?P<caps>.+))?$")
PLAIN = {"n": b"\n", "r": b"\r", "t": b"\t", "0": b"\0", "\\": b"\\", "#": b"#"}


class Mistake(Exception):
    """The transcript itself is wrong."""


class Mismatch(AssertionError):
    """The server did something else."""


class Named(str):
    r"""A word that has a name: \<name>."""


def tokens(text, newline=b"\n"):
    """The text and its newline cut into literal bytes, wildcards and named words,
    [(literal?, bytes or Named)]."""
    found = []
    at = 0
    for escape in ESCAPE.finditer(text):
        found.append((True, text[at:escape.start()].encode()))
        at = escape.end()
        code = escape[1]
        if code == "c":
            newline = b""
        elif code == "code":
            found.append((False, Named(code)))
        elif code in WILD:
            found.append((False, WILD[code]))
        elif code in PLAIN:
            found.append((True, PLAIN[code]))
        elif code[0] == "x" and len(code) == 3:
            found.append((True, bytes([int(code[1:], 16)])))
        elif escape[3]:
            found.append((True, literal(escape[2], b"") * int(escape[3])))
        elif escape[4]:
            found.append((False, Named(escape[4])))
        else:
            raise Mistake(f"what is \\{code}?")
    found.append((True, text[at:].encode() + newline))
    return found


def literal(text, newline=b"\n", words=None):
    """What is sent. words: {name: bytes} of the words that have one."""
    sent = b""
    for is_literal, part in tokens(text, newline):
        if isinstance(part, Named) and words and part in words:
            part = words[part]
        elif isinstance(part, Named):
            raise Mistake(f"no word came that is called {part}")
        elif not is_literal:
            raise Mistake("what is sent has no wildcards")
        sent += part
    return sent


class Pattern:
    """What should come: literal bytes with wildcards in between."""

    def __init__(self, text, newline=b"\n", words=None):
        self.text = text
        self.start = b""  # up to the first wildcard
        self.newlines = 0
        regex = b""
        named = set()
        wild = False
        for is_literal, part in tokens(text, newline):
            if isinstance(part, Named) and words and part in words:
                is_literal, part = True, words[part]
            if is_literal:
                self.start += b"" if wild else part
                self.newlines += part.count(b"\n")
                regex += re.escape(part)
                continue
            wild = True
            if not isinstance(part, Named):
                regex += part
            elif part in named:
                regex += b"(?P=%s)" % part.encode()
            else:
                named.add(part)
                regex += b"(?P<%s>%s)" % (part.encode(), WORD)
        self.regex = re.compile(regex, re.S)

    def hopeless(self, unread):
        """Whatever still comes, unread will never match."""
        size = min(len(unread), len(self.start))
        return unread[:size] != self.start[:size] or 0 < self.newlines <= unread.count(b"\n")


class Step:
    def __init__(self, path, number, line):
        self.where = f"{path.name}:{number}"
        self.line = line
        match = STEP.match(line)
        if not match:
            raise Mistake(f"{self.where}: what does this line mean? {line}")
        self.who = match["who"].split()
        self.what = match["what"]
        self.rest = match["rest"] or ""
        try:
            parts = tokens(self.rest) if self.what in "<>" else []
            if self.what == ">" and any(part in WILD.values() for literally, part in parts
                                        if not literally):
                raise Mistake("what is sent has no wildcards")
        except Mistake as mistake:
            raise Mistake(f"{self.where}: {mistake}") from None


class Transcript:
    """tls: IRC is spoken in TLS, where it must look the same."""

    def __init__(self, path, tls=False):
        self.path = path
        self.tls = tls
        self.sets = {}
        self.motd = None
        self.listen = ["plain", "irc"]
        self.steps = []
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if not line or line.startswith("#"):
                continue
            step = Step(path, number, line)
            if step.who != ["server"] or self.steps or not self._sets(step.rest):
                self.steps.append(step)

    def _sets(self, rest):
        """What the server starts with; false: it is a step."""
        if rest.startswith("motd="):
            self.motd = literal(rest.removeprefix("motd="))
        elif rest.startswith("listens by "):
            self.listen = rest.split()[2:]
        elif "=" in rest:
            self.sets.update(word.split("=", 1) for word in rest.split())
        else:
            return False
        return True

    def start(self, start, folder):
        """A server that is as the transcript wants it; start is the fixture."""
        sets = dict(self.sets)
        if self.motd is not None:
            (folder / "motd").write_bytes(self.motd)
            sets["server.motd"] = folder / "motd"
        secure = {"irc": "ircs"} if self.tls and "ircs" not in self.listen else {}
        return start(sets=sets, listen=[f"{secure.get(scheme, scheme)}://127.0.0.1:0"
                                        for scheme in self.listen])


class Player:
    """Plays one transcript against one server."""

    def __init__(self, transcript, server):
        self.transcript = transcript
        self.server = server
        self.people = {}
        self.words = {}  # those that have a name
        self.certificate = None  # what somebody shows: the paths of two files
        self.said = {}  # name: [(step text, what was sent or matched)]
        self._find_code()

    def play(self):
        for step in self.transcript.steps:
            try:
                for who in step.who:
                    self._step(step, who)
            except (AssertionError, OSError) as problem:
                raise Mismatch(f"{step.where}: {step.line}\n{problem}\n{self._so_far(step.who)}") \
                    from None
        self._leftovers()

    def close(self):
        for client in self.people.values():
            client.close()

    def _step(self, step, who):
        if who == "server":
            self._server(step)
        elif step.what == ":":
            self._does(step, who)
        elif step.what == ">":
            client = self._person(step, who)
            client.send(self._literal(step, client))
        else:
            self._expect(step.rest, self._person(step, who))
        self.said.setdefault(who, []).append(step.line)

    def _person(self, step, who):
        if who not in self.people:
            raise Mistake(f"{step.where}: {who} is not connected yet")
        return self.people[who]

    def _literal(self, step, client):
        try:
            return literal(step.rest, client.newline, self.words)
        except Mistake as mistake:
            raise Mistake(f"{step.where}: {mistake}") from None

    def _find_code(self):
        """What makes somebody an operator of the server, once: it prints that when it is new."""
        for line in self.server.out.lines:
            if line.startswith("to become operator: OPER admin "):
                self.words["code"] = line.split()[-1].encode()

    def _server(self, step):
        if step.rest != "restarts":
            raise Mistake(f"{step.where}: the server only restarts")
        self.close()
        self.people.clear()
        self.server.stop()
        self.server.restart()

    def _does(self, step, who):
        coming = COMING.match(step.rest)
        if coming:
            self._comes(who, coming)
            return
        client = self._person(step, who)
        if step.rest == "closed":
            rest = client.closed()
            assert not rest, f"  before the end came: {rest!r}"
        elif step.rest == "nothing more":
            client.silent(SILENCE_S)
        elif step.rest == "ends":
            client.end()
        elif step.rest == "vanishes":
            client.vanish()
            del self.people[who]
        elif step.rest.startswith("reads up to "):
            client.until(step.rest.removeprefix("reads up to "))
        else:
            raise Mistake(f"{step.where}: nobody can do this: {step.rest}")

    def _comes(self, who, coming):
        scheme = (coming["how"] or "").removeprefix("by ")
        scheme = scheme if scheme.startswith("irc") else "plain"
        client = teahouse.LineClient(self.server, address=self.server.address_of(scheme),
                                     context=self._showing() if coming["shows"] else None)
        client.name = who
        client.newline = b"\n" if scheme == "plain" else b"\r\n"
        self.people[who] = client
        if not coming["nick"]:
            return
        if scheme != "plain":
            self._enter_irc(client, coming["nick"], coming["caps"])
        else:
            self._enter(client, coming["nick"], coming["how"] == "in chunks")

    def _showing(self):
        """Makes the certificate, if it must; its fingerprint is a word that is called like it."""
        if not self.certificate:
            self.certificate = make_certificate(self.server.data.parent / "shown", "guest.example")
            digits = fingerprint(self.certificate[0]).replace(":", "").lower()
            self.words["certificate"] = digits.encode()
        context = any_server()
        context.load_cert_chain(*self.certificate)
        return context

    def _enter(self, client, nick, in_chunks):
        self._expect(r"\*:\c", client)
        client.send(nick if in_chunks else nick + "\n")
        client.until(nick if in_chunks else "/help")

    def _enter_irc(self, client, nick, caps):
        client.send(f"CAP LS 302\r\nCAP REQ :{caps}\r\n" if caps else "")
        client.send(f"NICK {nick}\r\nUSER {nick} 0 * :{nick}\r\n")
        client.send("CAP END\r\n" if caps else "")
        came = ""
        while " 376 " not in came and " 422 " not in came:
            came = client.line()
            assert " NAK " not in came, came

    def _expect(self, text, client):
        pattern = Pattern(text, client.newline, self.words)
        deadline = teahouse.Deadline()
        while not (match := pattern.regex.match(client.unread())):
            unread = client.unread()
            late = ""
            if not pattern.hopeless(unread):
                try:
                    if client.more(deadline, "more"):
                        continue
                    late = ", and then the connection closed"
                except AssertionError:
                    late = ", and then nothing for a long time"
            raise Mismatch(f"  expected: {pattern.text}\n  came:     {readable(unread)}{late}")
        client.take(match.end())
        self.words.update(match.groupdict())

    def _so_far(self, names):
        return "\n".join(f"  so far with {name}:\n" + "\n".join(
            f"    {line}" for line in self.said.get(name, ["nothing"])) for name in names)

    def _leftovers(self):
        """At the end, everything that came must have been in the transcript."""
        deadline = teahouse.Deadline(LEFTOVER_S)
        for client in self.people.values():
            if not client.ended and teahouse.readable(client.sock, deadline.left()):
                client.more(teahouse.Deadline(1), "nothing")
        for name, client in self.people.items():
            if client.unread():
                raise Mismatch(f"{self.transcript.path.name}: at the end {name} had not read: "
                               f"{readable(client.unread())}")


def readable(data):
    """Bytes as a transcript would write them, on one line."""
    text = data[:600].decode("utf-8", "backslashreplace")
    text = text.replace("\n", "\\n").replace("\r", "\\r").replace("\0", "\\0")
    return (text or "nothing") + (f" … {len(data)} bytes" if len(data) > 600 else "")
