"""Reads and plays the transcripts of tests/wire. README.md there describes how they are written."""

import re
import select
from pathlib import Path

import teahouse

WIRE = Path(__file__).resolve().parent.parent / "wire"
SILENCE_S = 0.3  # how long "nothing more" listens
LEFTOVER_S = 0.05  # how long the end of a transcript does

ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|\{(.*?)\*(\d+)\}|.)", re.S)
STEP = re.compile(r"(?P<who>\w+(?: \w+)*)(?P<what>[<>:])(?: (?P<rest>.*))?$")
WILD = {"d": rb"[0-9]", "*": rb"[^\n]*?"}
PLAIN = {"n": b"\n", "r": b"\r", "t": b"\t", "0": b"\0", "\\": b"\\", "#": b"#"}


class Mistake(Exception):
    """The transcript itself is wrong."""


class Mismatch(AssertionError):
    """The server did something else."""


def tokens(text):
    """The text cut into literal bytes and wildcards, [(literal?, bytes)], with its newline."""
    found = []
    at = 0
    newline = True
    for escape in ESCAPE.finditer(text):
        found.append((True, text[at:escape.start()].encode()))
        at = escape.end()
        code = escape[1]
        if code == "c":
            newline = False
        elif code in WILD:
            found.append((False, WILD[code]))
        elif code in PLAIN:
            found.append((True, PLAIN[code]))
        elif code[0] == "x" and len(code) == 3:
            found.append((True, bytes([int(code[1:], 16)])))
        elif escape[3]:
            found.append((True, literal(escape[2] + r"\c") * int(escape[3])))
        else:
            raise Mistake(f"what is \\{code}?")
    found.append((True, text[at:].encode() + (b"\n" if newline else b"")))
    return found


def literal(text):
    parts = tokens(text)
    if not all(is_literal for is_literal, _ in parts):
        raise Mistake("what is sent has no wildcards")
    return b"".join(part for _, part in parts)


class Pattern:
    """What should come: literal bytes with wildcards in between."""

    def __init__(self, text):
        self.text = text
        parts = tokens(text)
        self.regex = re.compile(
            b"".join(re.escape(part) if is_literal else part for is_literal, part in parts), re.S)
        self.start = b""  # up to the first wildcard
        for is_literal, part in parts:
            if not is_literal:
                break
            self.start += part
        self.newlines = sum(part.count(b"\n") for is_literal, part in parts if is_literal)

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
            self.bytes = literal(self.rest) if self.what == ">" else None
            self.pattern = Pattern(self.rest) if self.what == "<" else None
        except Mistake as mistake:
            raise Mistake(f"{self.where}: {mistake}") from None


class Transcript:
    def __init__(self, path):
        self.path = path
        self.sets = {}
        self.steps = []
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if not line or line.startswith("#"):
                continue
            step = Step(path, number, line)
            if step.who == ["server"] and not self.steps and "=" in step.rest:
                self.sets.update(word.split("=", 1) for word in step.rest.split())
            else:
                self.steps.append(step)


class Player:
    """Plays one transcript against one server."""

    def __init__(self, transcript, server):
        self.transcript = transcript
        self.server = server
        self.people = {}
        self.said = {}  # name: [(step text, what was sent or matched)]

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
            self._person(step, who).send(step.bytes)
        else:
            self._expect(step.pattern, self._person(step, who))
        self.said.setdefault(who, []).append(step.line)

    def _person(self, step, who):
        if who not in self.people:
            raise Mistake(f"{step.where}: {who} is not connected yet")
        return self.people[who]

    def _server(self, step):
        if step.rest != "restarts":
            raise Mistake(f"{step.where}: the server only restarts")
        self.close()
        self.people.clear()
        self.server.stop()
        self.server.restart()

    def _does(self, step, who):
        verb, _, rest = step.rest.partition(" ")
        if verb in ("connects", "enters"):
            client = teahouse.LineClient(self.server)
            self.people[who] = client
            client.name = who
            if verb == "enters":
                self._enter(step, client, rest)
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

    def _enter(self, step, client, rest):
        words = rest.split(" ", 2)
        if words[0] != "as" or len(words) < 2 or words[2:] not in ([], ["in chunks"]):
            raise Mistake(f"{step.where}: enters as NICK, or enters as NICK in chunks")
        in_chunks = len(words) > 2
        self._expect(Pattern(r"\*:\c"), client)
        client.send(words[1] if in_chunks else words[1] + "\n")
        client.until(words[1] if in_chunks else "/help")

    def _expect(self, pattern, client):
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

    def _so_far(self, names):
        return "\n".join(f"  so far with {name}:\n" + "\n".join(
            f"    {line}" for line in self.said.get(name, ["nothing"])) for name in names)

    def _leftovers(self):
        """At the end, everything that came must have been in the transcript."""
        socks = {client.sock: client for client in self.people.values() if not client.ended}
        for sock in select.select(list(socks), [], [], LEFTOVER_S)[0] if socks else ():
            socks[sock].more(teahouse.Deadline(1), "nothing")
        for name, client in self.people.items():
            if client.unread():
                raise Mismatch(f"{self.transcript.path.name}: at the end {name} had not read: "
                               f"{readable(client.unread())}")


def readable(data):
    """Bytes as a transcript would write them, on one line."""
    text = data[:600].decode("utf-8", "backslashreplace")
    text = text.replace("\n", "\\n").replace("\r", "\\r").replace("\0", "\\0")
    return (text or "nothing") + (f" … {len(data)} bytes" if len(data) > 600 else "")
