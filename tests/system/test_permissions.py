"""Who may do what in a room: every action, through each command that does it, asked by everybody from a
banned outsider to a server operator. What is expected is written down here a second time, by the lowest
rank that may, so that neither a row of the server's table nor a command that forgets to ask it goes
unnoticed. A cell that is wrong is printed; all of them are tried."""

import itertools

from ircguest import IrcClient

SETS = {"history.replay": 0, "server.lobby": "", "limits.line_rate": 0}
CAPS = ("message-tags", "server-time", "batch", "echo-message", "draft/chathistory",
        "draft/message-redaction", "draft/metadata-3")

# Each may do what those before him may.
OUTSIDER, MEMBER, VOICE, HALFOP, OPERATOR, ADMIN, OWNER, SERVER_OPERATOR, NOBODY = range(9)
LETTERS = {VOICE: "v", HALFOP: "h", OPERATOR: "o", ADMIN: "a", OWNER: "q"}
NAMES = {OUTSIDER: "outsider", MEMBER: "member", VOICE: "voice", HALFOP: "halfop",
         OPERATOR: "operator", ADMIN: "admin", OWNER: "owner", SERVER_OPERATOR: "server operator"}


class Cell:
    """lines: what is asked, one after another; the last one counts, and {said} is a message of the
    witness. sees: whether it was done, by what somebody reads: "actor", "witness" (an owner of the room)
    or "guest" (outside of it), and a part of a line. least: who may do it. refusal: the numerics that
    others are answered, "" for silence.
    speaks: a ban keeps those from it who have no rank. undo: what puts the room back, asked by the
    server operator; or who comes back. outside: whether those who are not in the room may, if that is
    no question of rank."""

    def __init__(self, action, modes, lines, sees, least, refusal, *, speaks=False, undo=(),
                 outside=None):
        self.action, self.modes, self.lines = action, modes, lines
        self.who, self.what = sees
        self.least, self.refusal, self.speaks = least, refusal, speaks
        self.undo, self.outside = undo, outside

    def allows(self, rank, banned):
        if banned and self.speaks and rank < VOICE:
            return False
        if rank in (OUTSIDER, SERVER_OPERATOR) and self.outside is not None:
            return self.outside
        return rank >= self.least


def talk(action, modes, text, least, *, notice_only=False):
    """Something said in every way there is."""
    ways = [("NOTICE", f"NOTICE #r :{text}", "")]
    if not notice_only:
        ways.append(("PRIVMSG", f"PRIVMSG #r :{text}", "404"))
    for verb, line, refusal in ways:
        yield Cell(f"{action} by {verb}", modes, [line], ("witness", f" {verb} #r :"), least, refusal,
                   speaks=True)


def speaking():
    for modes, least in (("-n", OUTSIDER), ("+n", MEMBER), ("-n+m", VOICE), ("+nm", VOICE),
                         ("-n+M", VOICE)):
        yield from talk("speak", modes, "hello", least)
        yield Cell("speak by ACTION", modes, ["PRIVMSG #r :\x01ACTION waves\x01"],
                   ("witness", "ACTION waves"), least, "404", speaks=True)
        yield Cell("speak by CTCP", modes, ["PRIVMSG #r :\x01PING\x01"], ("witness", "\x01PING"), least,
                   "404", speaks=True)
        yield Cell("speak by TAGMSG", modes, ["@+typing=active TAGMSG #r"], ("witness", " TAGMSG #r"),
                   least, "404", speaks=True)
    yield from talk("notice", "-n+T", "hello", SERVER_OPERATOR, notice_only=True)
    yield from talk("ctcp", "-n+C", "\x01VERSION\x01", SERVER_OPERATOR)
    yield from talk("colour", "-n+c", "\x02hello", SERVER_OPERATOR)
    yield Cell("ACTION with +C", "-n+C", ["PRIVMSG #r :\x01ACTION waves\x01"],
               ("witness", "ACTION waves"), OUTSIDER, "404", speaks=True)
    yield Cell("slow mode", "-n+d 3600", ["PRIVMSG #r :one", "PRIVMSG #r :two"],
               ("witness", ":two"), VOICE, "404", speaks=True)
    for prefix in "~&@%+":
        yield Cell(f"speak to {prefix}", "-n", [f"PRIVMSG {prefix}#r :hello"],
                   ("witness", f" PRIVMSG {prefix}#r :"), VOICE, "404 482", speaks=True)


def seeing():
    for modes, least in (("-s", OUTSIDER), ("+s", MEMBER)):
        yield Cell("see by NAMES", modes, ["NAMES #r"], ("actor", " 353 "), least, "366")
        yield Cell("see by LIST", modes, ["LIST #r"], ("actor", " 322 "), least, "323")
        yield Cell("see by WHO", modes, ["WHO #r"], ("actor", " 352 "), least, "315")
        yield Cell("see by TOPIC", modes, ["TOPIC #r"], ("actor", " 331 "), least, "442")
        yield Cell("see by MODE", modes, ["MODE #r"], ("actor", " 324 "), least, "442")
        yield Cell("see the bans", modes, ["MODE #r b"], ("actor", " 368 "), least, "442")
        yield Cell("see by WHOIS", modes, ["WHOIS witness"], ("actor", " 319 "), least, "318")
    yield Cell("see the exceptions", "", ["MODE #r e"], ("actor", " 349 "), HALFOP, "482")
    yield Cell("see who is invited", "", ["MODE #r +I"], ("actor", " 347 "), HALFOP, "482")


def governing():
    for modes, least in (("-t", MEMBER), ("+t", HALFOP)):
        yield Cell("topic", modes, ["TOPIC #r :tea"], ("witness", " TOPIC #r :tea"), least, "442 482",
                   undo=["TOPIC #r :"])
    for modes, least in (("-i", MEMBER), ("+i", HALFOP)):
        yield Cell("invite", modes, ["INVITE guest #r"], ("guest", " INVITE guest #r"), least, "442 482")
    for rank, least in ((MEMBER, HALFOP), (VOICE, HALFOP), (HALFOP, HALFOP), (OPERATOR, OPERATOR),
                        (ADMIN, ADMIN), (OWNER, OWNER)):
        victim = f"victim{rank}"
        yield Cell(f"kick {NAMES[rank]}", "", [f"KICK #r {victim}"],
                   ("witness", f" KICK #r {victim}"), least, "442 482", undo=[victim])
        if rank == MEMBER:
            continue
        letter = LETTERS[rank]
        gives = {VOICE: HALFOP, HALFOP: OPERATOR, OPERATOR: OPERATOR, ADMIN: OWNER, OWNER: OWNER}[rank]
        yield Cell(f"give {letter}", "", [f"MODE #r +{letter} victim1"],
                   ("witness", f" MODE #r +{letter} victim1"), gives, "482",
                   undo=[f"MODE #r -{letter} victim1"])
        yield Cell(f"take {letter}", "", [f"MODE #r -{letter} {victim}"],
                   ("witness", f" MODE #r -{letter} {victim}"), max(gives, least), "482",
                   undo=[f"MODE #r +{letter} {victim}"])
        # A voice of somebody above is above, too.
        yield Cell(f"take v of {NAMES[rank]}", "", [f"MODE #r -v {victim}"],
                   ("witness", f" MODE #r -v {victim}"), max(HALFOP, least), "482",
                   undo=[f"MODE #r +v {victim}"])
    for letter in "beI":
        yield Cell(f"set {letter}", "", [f"MODE #r +{letter} x"],
                   ("witness", f" MODE #r +{letter} x!*@*"), HALFOP, "482",
                   undo=[f"MODE #r -{letter} x"])
    for change, undo in (("+C", "-C"), ("+M", "-M"), ("+N", "-N"), ("+R", "-R"), ("+T", "-T"),
                         ("+c", "-c"), ("+i", "-i"), ("+m", "-m"), ("-n", "+n"), ("+s", "-s"), ("-t", "+t"),
                         ("+k key", "-k"), ("+l 90", "-l"), ("+d 9", "-d")):
        yield Cell(f"set {change}", "", [f"MODE #r {change}"], ("witness", f" MODE #r {change}"),
                   OPERATOR, "482", undo=[f"MODE #r {undo}"])
    yield Cell("set r", "", ["MODE #r +r"], ("witness", " MODE #r +r"), NOBODY, "468 482")
    yield Cell("rename", "", ["RENAME #r #renamed"], ("witness", " #renamed"), OPERATOR, "442 482",
               undo=["RENAME #renamed #r"])
    yield Cell("change nick", "+N", ["NICK changed"], ("actor", " NICK :changed"), VOICE, "447",
               outside=True, undo=["actor"])
    yield Cell("knock", "+i", ["KNOCK #r"], ("actor", " 711 "), NOBODY, "404 714", outside=True,
               speaks=True)
    yield Cell("redact", "", ["REDACT #r {said} :away"], ("witness", " REDACT #r "), HALFOP, "FAIL")
    yield Cell("set metadata", "", ["METADATA #r SET url :https://tea.example"], ("actor", " 761 "),
               OPERATOR, "FAIL", undo=["METADATA #r SET url"])
    yield Cell("read history", "", ["CHATHISTORY LATEST #r * 1"], ("actor", " BATCH +"),
               MEMBER, "FAIL", outside=False,
               speaks=True)


class House:
    """A room with somebody of each rank, a server operator who sets it up, and who is tried."""

    def __init__(self, server):
        self.server = server
        self.oper = IrcClient(server, "oper", caps=CAPS)
        self.oper.ask(f"OPER admin {self.code()}", "381")
        self.people = {"witness": IrcClient(server, "witness", caps=CAPS),
                       "guest": IrcClient(server, "guest")}
        self.people["witness"].join("#r")
        for rank in range(MEMBER, SERVER_OPERATOR):
            self.people[f"victim{rank}"] = IrcClient(server, f"victim{rank}")
            self.come_back(f"victim{rank}")
        self.govern("MODE #r +q-o witness witness")

    def code(self):
        return next(line.split()[-1] for line in self.server.out.lines
                    if line.startswith("to become operator: OPER admin "))

    def govern(self, line):
        self.oper.say(line)
        self.oper.sync()

    def come_back(self, victim):
        self.people[victim].join("#r")
        rank = int(victim.removeprefix("victim"))
        letters = "v" if rank == VOICE else "" if rank == MEMBER else LETTERS[rank] + "v"
        if letters:
            self.govern(f"MODE #r +{letters} {' '.join([victim] * len(letters))}")

    def actor(self, name, rank, banned):
        """Somebody of that rank; banned by a ban that is put on when he is in."""
        actor = self.people["actor"] = IrcClient(self.server, name, caps=CAPS)
        if rank >= MEMBER:
            actor.join("#r")
        if rank in LETTERS:
            self.govern(f"MODE #r +{LETTERS[rank]} {name}")
        if banned:
            self.govern(f"MODE #r +b {name}")
        return actor

    def witness_says(self):
        """Returns the message's id."""
        return self.people["witness"].ask("PRIVMSG #r :said", "PRIVMSG", ":said").tags["msgid"]

    def attempt(self, actor, cell):
        """Whether it was done, and what actor was answered."""
        who = self.people[cell.who] if cell.who != "actor" else actor
        if cell.modes:
            self.govern(f"MODE #r {cell.modes}")
        for client in {who, actor}:
            client.sync()
        answers = []
        for line in cell.lines:
            said = self.witness_says() if "{said}" in line else ""
            actor.say(line.replace("{said}", said))
            answers = actor.sync()
        seen = answers if who is actor else who.sync()
        done = any(cell.what in message.line for message in seen)
        return done, [message for message in answers
                      if message.command.isdigit() or message.command == "FAIL"]

    def restore(self, actor, name, cell, done):
        self.govern("MODE #r -CMNRTcims+nt")
        self.govern("MODE #r -ld")
        for undo in cell.undo if done else ():
            if undo.startswith("victim"):
                self.come_back(undo)
            elif undo == "actor":
                actor.ask(f"NICK {name}", "NICK")
            else:
                self.govern(undo)


EVERYBODY = [(OUTSIDER, False), (OUTSIDER, True), (MEMBER, False), (MEMBER, True), (VOICE, False),
             (VOICE, True), (HALFOP, False), (OPERATOR, False), (ADMIN, False), (OWNER, False),
             (SERVER_OPERATOR, False)]


def wrong_with(cell, rank, banned, done, answers):
    """What a cell is not as it should be; None: nothing."""
    allowed = cell.allows(rank, banned)
    if done != allowed:
        return "was done" if done else f"was not done: {answers}"
    if allowed:
        return None
    if not cell.refusal:
        return f"was answered {answers}" if answers else None
    if not any(message.command in cell.refusal.split() for message in answers):
        return f"was answered {answers} and not {cell.refusal}"
    return None


def test_everybody_may_do_what_he_may(start):
    server = start(sets=SETS, listen=("irc://127.0.0.1:0",))
    house = House(server)
    wrong, tried = [], 0
    for number, (rank, banned) in enumerate(EVERYBODY):
        name = f"actor{number}"
        if rank == SERVER_OPERATOR:
            actor = house.people["actor"] = house.oper
            name = "oper"
        else:
            actor = house.actor(name, rank, banned)
        for cell in itertools.chain(speaking(), seeing(), governing()):
            done, answers = house.attempt(actor, cell)
            house.restore(actor, name, cell, done)
            problem = wrong_with(cell, rank, banned, done, answers)
            tried += 1
            if problem:
                who = ("banned " if banned else "") + NAMES[rank]
                wrong.append(f"{who} · {cell.action} · {cell.modes or 'no modes'}: {problem}")
        if banned:
            house.govern(f"MODE #r -b {name}")
        if actor is not house.oper:
            actor.close()
    print(f"{tried} cells")
    assert not wrong, "\n" + "\n".join(wrong)
