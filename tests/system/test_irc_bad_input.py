"""docs/bad-input.md, the rows for IRC: what nobody should send, and what others notice of it, which
should be nothing."""

import itertools
import re

import pytest

from crowd import Crowd
from ircguest import LABEL_CAPS, LINE_BYTES, TAGS_BYTES, TALK_CAPS, IrcClient, IrcGuest, irc_guest
from teahouse import ROOT, SLOW, LineClient, count
from witness import Witness

LISTEN = ("irc://127.0.0.1:0", "plain://127.0.0.1:0")
ROOM = "#茶馆"
MANY_CAPS = LABEL_CAPS + ("draft/metadata-3", "draft/read-marker", "draft/message-redaction",
                          "draft/multiline", "sasl")


@pytest.fixture
def server(start):
    return start(listen=LISTEN, sets={"limits.line_rate": 0, "limits.login_rate": 0})


class Pair:
    """Someone whose input is bad, and someone who must not see any of it."""

    def __init__(self, server):
        self.server = server
        self.other = IrcClient(server, "好客人", caps=TALK_CAPS)
        self.other.join(ROOM)
        self.bad = IrcClient(server, "坏客人", caps=TALK_CAPS)
        self.bad.join(ROOM)
        self.other.until("JOIN")

    def refused(self, data, command, *params):
        """One answer to the one, nothing to the other, and both stay."""
        self.bad.send(data)
        [answer] = self.bad.sync()
        assert answer.command == command and list(params) == answer.params[:len(params)], answer
        assert self.talk() == []
        return answer

    def talk(self):
        """Both can talk. What the other heard from the bad one before, as messages."""
        self.bad.say(f"PRIVMSG {ROOM} :还在")
        self.bad.until("PRIVMSG", "还在")
        heard = self.other.until("PRIVMSG", "还在")[:-1]
        self.other.say(f"PRIVMSG {ROOM} :听见了")
        self.bad.until("PRIVMSG", "听见了")
        self.other.until("PRIVMSG", "听见了")
        return heard

    def longest_line(self):
        """One to the room that still fits with its source before it."""
        self.bad.say(f"PRIVMSG {ROOM} :我是谁")
        source = self.bad.until("PRIVMSG", "我是谁")[-1].source
        self.other.until("PRIVMSG", "我是谁")
        return padded(f"PRIVMSG {ROOM} :", LINE_BYTES - len(f":{source} ".encode()))


@pytest.fixture
def pair(server):
    return Pair(server)


def padded(head, size):
    """head with x at its end, size bytes with its CR LF."""
    return head.encode() + b"x" * (size - len(head.encode()) - 2) + b"\r\n"


# Lines

def test_irc_bad_input_line_too_long(pair):
    head = f"PRIVMSG {ROOM} :"
    pair.refused(padded(head, LINE_BYTES + 1), "417", "坏客人")
    pair.refused(padded(head, 100_000), "417", "坏客人")
    pair.refused(padded(head, 3_000_000), "417", "坏客人")
    pair.refused(padded("@label=1 " + head, LINE_BYTES + len("@label=1 ") + 1), "417", "坏客人")
    pair.refused(padded("", 6000), "417", "坏客人")


@pytest.mark.parametrize("ending", [b"\r\n", b"\n"])
def test_irc_bad_input_line_of_512_bytes(pair, ending):
    """With its source, that is: it is told as it came, and one byte more is too long."""
    line = pair.longest_line()
    pair.bad.send(line[:-2] + ending)
    [heard] = pair.talk()
    assert heard.text == line.decode().partition(" :")[2].strip()
    told = heard.line.encode()
    assert len(told.partition(b" ")[2] if told.startswith(b"@") else told) == LINE_BYTES - 2
    pair.refused(line[:-2] + b"x" + ending, "417", "坏客人")
    pair.bad.send(padded("NICK 坏客人 ", LINE_BYTES)[:-2] + ending)
    assert pair.bad.sync() == []


def test_irc_bad_input_tags_of_4096_bytes(pair):
    value = "x" * (TAGS_BYTES - len("@+a= "))
    pair.bad.send(f"@+a={value} ".encode() + pair.longest_line())
    [heard] = pair.talk()
    assert heard.tags["+a"] == value
    pair.bad.send(f"@+a={value} TAGMSG {ROOM}\r\n")
    [heard] = pair.talk()
    assert heard.command == "TAGMSG" and heard.tags["+a"] == value


def test_irc_bad_input_tags_too_long(pair):
    value = "x" * (TAGS_BYTES - len("@+a= ") + 1)
    pair.refused(f"@+a={value} PRIVMSG {ROOM} :x\r\n", "417", "坏客人")
    pair.refused(f"@+a={value} TAGMSG {ROOM}\r\n", "417", "坏客人")
    pair.refused(f"@+a={value * 3}\r\n", "417", "坏客人")


def test_irc_bad_input_no_newline(pair):
    """What does not end yet is no line yet, and is not kept without end."""
    line = pair.longest_line()
    pair.bad.send(line[:-2])
    assert pair.other.sync() == []
    pair.bad.send(b"\r\n")
    assert "".join(message.text for message in pair.talk()).startswith("xxx")
    before = memory_of(pair.server)
    pair.bad.send(b"x" * 20_000_000)
    assert pair.other.sync() == []
    assert not has_grown(pair.server, before, 4_000_000)
    pair.refused(b"\r\n", "417", "坏客人")


def memory_of(server):
    """The bytes it has in memory."""
    with open(f"/proc/{server.pid}/status") as status:
        return 1024 * int(re.search(r"VmRSS:\s+(\d+) kB", status.read())[1])


def has_grown(server, before, much):
    """By so many bytes. A sanitizer keeps what was freed, so that says nothing."""
    return SLOW == 1 and memory_of(server) - before > much


def test_irc_bad_input_empty_lines(pair):
    pair.bad.send(b"\r\n\n\r\n   \r\n:source\r\n@tag\r\n@tag :source\r\n: \r\n@ \r\n")
    assert pair.bad.sync() == []
    assert pair.talk() == []


def test_irc_bad_input_one_byte_at_a_time(pair):
    """Characters are put together again wherever they were cut."""
    text = "早上好 🍵 yes"
    for byte in f"@+x=茶 privmsg {ROOM} :{text}\r\n".encode():
        pair.bad.send(bytes([byte]))
    [heard] = pair.talk()
    assert heard.text == text and heard.tags["+x"] == "茶"


# Bytes

BAD_BYTES = [b"\xfe", b"\x80", b"\xe4\xb8", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80"]
PLACES = ["@+x=%s PRIVMSG #茶馆 :x", ":%s PRIVMSG #茶馆 :x", "PRIVMSG %s :x", "PRIVMSG #茶馆 :%s",
          "PRIVMSG #茶馆 %s", "NOTICE #茶馆 :%s", "@+x=%s TAGMSG #茶馆", "NICK %s", "SETNAME :%s",
          "TOPIC #茶馆 :%s", "PART #茶馆 :%s", "JOIN #%s", "KICK #茶馆 好客人 :%s", "AWAY :%s", "MODE #茶馆 +%s",
          "MODE #茶馆 +b %s", "WHO %s", "WHOIS %s", "QUIT :%s", "PING %s", "USER a b c :%s", "CAP %s"]


@pytest.mark.parametrize("place", PLACES)
def test_irc_bad_input_invalid_utf8(pair, place):
    before, after = place.encode().split(b"%s")
    verb = re.search(r"(?:^|\s)([A-Z]+) ", place)[1]
    for data in BAD_BYTES:
        pair.refused(before + data + after + b"\r\n", "FAIL", verb, "INVALID_UTF8")


def test_irc_bad_input_invalid_utf8_instead_of_a_command(pair):
    pair.refused(b"\xff\r\n", "FAIL", "*", "INVALID_UTF8")
    pair.refused(b"PRIV\xffMSG #x :y\r\n", "FAIL", "*", "INVALID_UTF8")
    pair.refused(b"@\xff\r\n", "FAIL", "*", "INVALID_UTF8")


@pytest.mark.parametrize("line", [b"USER \xff 0 * :x", b"USER x 0 * :\xff", b"NICK \xff"])
def test_irc_bad_input_invalid_utf8_before_registration(server, line):
    client = IrcClient(server)
    client.send(line + b"\r\n")
    [answer] = client.sync()
    assert answer.command == "FAIL" and answer.params[1] == "INVALID_UTF8"
    client.enter("客人")
    assert client.ask("WHOIS 客人", "311").text == "A guest"


@pytest.mark.parametrize("place", PLACES)
def test_irc_bad_input_nul(pair, place):
    verb = re.search(r"(?:^|\s)([A-Z]+) ", place)[1]
    pair.refused(place.replace("%s", "a\0b").encode() + b"\r\n", "FAIL", verb, "INVALID_UTF8")
    assert b"\0" not in pair.other.seen + pair.bad.seen


@pytest.mark.parametrize("place", PLACES)
def test_irc_bad_input_bare_cr(pair, place):
    """Would end the line for some, and begin one that somebody else seems to have sent."""
    verb = re.search(r"(?:^|\s)([A-Z]+) ", place)[1]
    pair.refused(place.replace("%s", "a\rQUIT").encode() + b"\r\n", "FAIL", verb, "INVALID_UTF8")
    assert b"\r" not in (pair.bad.seen + pair.other.seen).replace(b"\r\n", b"")


# Commands

def table():
    """[(verb, when it may be asked, how many arguments it needs)] of the server's own table."""
    source = (ROOT / "src/protocols/irc/commands.c").read_text()
    rows = re.findall(r'ROW\("([A-Z]+)"\), +\S+ +(ANY|PRE|REG), (\d+),', source)
    assert len(rows) > 30
    return [(verb, when, int(needed)) for verb, when, needed in rows]


ARGUMENTS = ["", ":", "x", "#x", ":#x", "#x x", "x #x", "* *", "0", "-1", ", ,", "#x,,#y :", ":x y z",
             "x x x", "x x x x", "= = = =", "#x +b", "#x +ov x x", "x x x x x x x x",
             " ".join("x" * 15), " ".join("x" * 20), "x " * 200, "\x01\x02\x7f\x1b[0m", "茶" * 100,
             "%s%n%d", "99999999999999999999 99999999999999999999"]


# Whatever they say: both end the connection, WEBIRC of those who are no gateway.
ENDING = ["QUIT", "WEBIRC"]


@pytest.mark.parametrize("verb,when,needed", [row for row in table() if row[0] not in ENDING])
def test_irc_bad_input_any_arguments(server, verb, when, needed):
    """Before being in and afterwards, with no, too few and too many: the connection stays."""
    stranger = IrcClient(server)
    stranger.say("CAP LS 302")
    stranger.until("CAP", "LS :")
    client = IrcClient(server, "客人", caps=LABEL_CAPS)
    client.join("#x")
    for number, arguments in enumerate(ARGUMENTS):
        for someone, is_in in (stranger, False), (client, True):
            someone.say(f"{verb} {arguments}")
            answers = [m for m in someone.sync(f"s{number}") if m.source == "teahouse.local"]
            codes = [answer.command for answer in answers]
            if when == "REG" and not is_in:
                assert codes == ["451"], f"{verb} {arguments}: {answers}"
            elif when == "PRE" and is_in:
                assert codes == ["462"], f"{verb} {arguments}: {answers}"
            elif needed > 0 and not arguments:
                assert codes == ["461"] and answers[0].params[1] == verb, answers
    for someone in stranger, client:
        for line in someone.seen.split(b"\r\n"):
            assert len(line.partition(b" ")[2] if line.startswith(b"@") else line) <= LINE_BYTES - 2
    LineClient(server, "旁人", address=server.address_of("plain")).ask("/who", "旁人")


# Those that are several commands: what they are asked, and what must be said in the first place.
SEVERAL = {
    "CHATHISTORY": ["LATEST", "BEFORE", "AFTER", "BETWEEN", "AROUND", "TARGETS", "BREW"],
    "METADATA x": ["GET", "LIST", "SET", "CLEAR", "SUB", "UNSUB", "SUBS", "SYNC", "BREW"],
    "METADATA *": ["GET", "LIST", "SET", "CLEAR", "SUB", "UNSUB", "SUBS", "SYNC"],
    "METADATA #x": ["GET", "LIST", "SET", "CLEAR", "SYNC"],
    "MONITOR": ["+", "-", "C", "L", "S", "B"],
    "NS": ["REGISTER", "IDENTIFY", "LOGOUT", "GHOST", "INFO", "SET PASSWORD", "SET EMAIL", "SET TOTP",
           "CERT ADD", "CERT DEL", "SESSIONS", "DROP", "RESETPASS", "SUSPEND", "UNSUSPEND", "INVITE", "HELP", "BREW"],
    "CAP": ["LS", "REQ", "LIST", "ACK", "BREW"],
}
BOUNDS = ["timestamp=", "timestamp=x", "timestamp=-1", "msgid=", "msgid=0", "msgid=ffffffffffffffff",
          "msgid=fffffffffffffffff 10", "timestamp=9999-99-99T99:99:99.999Z timestamp=0 10",
          "#x * 10", "#x msgid=1 0", "#x msgid=1 -1", "#x msgid=1 99999999999999999999", "#x msgid=1 1x",
          "#x timestamp=2026-01-01T00:00:00.000Z msgid=1 10", "#x timestamp=10000000-01-01T00:00:00.000Z 10",
          "timestamp=2999-01-01T00:00:00.000Z timestamp=1970-01-01T00:00:00.000Z 500",
          "#x msgid=1 msgid=1 msgid=1 msgid=1"]


@pytest.mark.parametrize("command", SEVERAL)
def test_irc_bad_input_any_subcommand(server, command):
    """Whatever it is asked with, one who is in stays, can still talk, and nobody else hears of it."""
    other, client = IrcClient(server, "旁人"), IrcClient(server, "客人", caps=MANY_CAPS)
    other.join("#x")
    client.join("#x")
    other.until("JOIN")
    for number, (sub, arguments) in enumerate(itertools.product(SEVERAL[command], ARGUMENTS + BOUNDS)):
        client.say(f"{command} {sub} {arguments}")
        for answer in client.sync(f"s{number}"):
            assert answer.command not in ("421", "ERROR"), (sub, arguments, answer)
    client.say("PRIVMSG #x :还在")
    assert [m.command for m in other.until("PRIVMSG", "还在")] == ["PRIVMSG"]


def test_irc_bad_input_unknown_commands(pair):
    for verb in "X", "PRIVMSGS", "PRIV", "000", "茶", "%s", "X" * 400:
        pair.refused(f"{verb} {ROOM} :x\r\n", "421", "坏客人")


def test_irc_bad_input_everything_in_one_packet(server):
    """All of it is answered, in order, before the goodbye; and others see it."""
    other = IrcClient(server, "旁人")
    other.join(ROOM)
    other.ask(f"MODE {ROOM} -t", "MODE")
    hasty = IrcClient(server)
    hasty.send(f"NICK 急\r\nUSER a 0 * :b\r\nJOIN {ROOM}\r\nPRIVMSG {ROOM} :早\r\nTOPIC {ROOM} :急事\r\n"
               f"PART {ROOM} :走\r\nQUIT :再见\r\nPRIVMSG 旁人 :x\r\n")
    lines = hasty.closed().split("\r\n")
    places = [next(n for n, line in enumerate(lines) if part in line) for part in
              (" 001 ", " 422 ", " JOIN ", " 366 ", " TOPIC ", " PART ", "ERROR :")]
    assert places == sorted(places) and lines[places[-1]:][1:] == [""], lines
    seen = [m.command for m in other.until("PART")]
    assert seen == ["JOIN", "PRIVMSG", "TOPIC", "PART"]
    assert other.sync() == []


def test_irc_bad_input_one_nick_for_two(server):
    """Exactly one is let in, the other is told, and may ask for another."""
    for n in range(count(50, 500)):
        with IrcClient(server) as first, IrcClient(server) as second:
            for client in first, second:
                client.send(f"USER a 0 * :b\r\nNICK 茶王{n}\r\nPING knock\r\n")
            burst = [[m.command for m in client.until("PONG")] for client in (first, second)]
            assert sorted(codes.count("001") for codes in burst) == [0, 1], burst
            loser = second if "001" in burst[0] else first
            assert "433" in burst[0 if loser is first else 1]
            loser.say(f"NICK 也好{n}")
            loser.until("422")


# Modes

def test_irc_bad_input_mask_of_stars(server):
    with Crowd(server, IrcGuest) as crowd, Witness(server) as witness:
        crowd.enter([f"a{n}" for n in range(count(100, 400))])
        client = IrcClient(server, "客人")
        client.join("#x")
        for mask in "*" * 500, "*a" * 240 + "b", "?*" * 240 + "b", "*" + "a?" * 240:
            mask = mask[:LINE_BYTES - 20]
            for _ in range(20):
                client.ask(f"WHO {mask}", "315")
            client.say(f"MODE #x +b {mask}")
            client.say(f"JOIN #x,{mask}")
            client.say(f"WHOIS {mask} x")
            client.sync()
        client.ask("MODE #x b", "368")
        witness.stays_calm()


def test_irc_bad_input_mode_with_100_letters(pair):
    pair.other.ask(f"MODE {ROOM} +o 坏客人", "MODE")
    pair.bad.until("MODE")
    letters = "".join(map(chr, range(33, 127))) * 2
    for text in letters[:100], letters, "+" + "b" * 100, "+-" * 50 + "m", "+" + "k" * 100, "茶" * 60:
        pair.bad.say(f"MODE {ROOM} {text}")
        answers = pair.bad.sync()
        assert len(answers) < 110
        pair.bad.say(f"MODE 坏客人 {text}")
        pair.bad.sync()
    pair.bad.ask(f"MODE {ROOM} +bbbbbbbbbbbbbbbbbb a b c d e f g h i j k l m n", "MODE")
    pair.talk()
    pair.bad.seen.decode()


@pytest.mark.parametrize("change", ["+k :", "+k", "+k : ", "+k :a b", "+k " + "x" * 24, "+k a,b", "+k ::x",
                                    "+k :\x01", "+l", "+l 0", "+l -1", "+l x", "+l 1x", "+l :1 2", "+l :",
                                    "+l 99999999999999999999", "+l 1000001", "+b :a b", "+b ::x"])
def test_irc_bad_input_invalid_mode_argument(server, change):
    client = IrcClient(server, "客人")
    client.join("#x")
    client.say("MODE #x")
    before = client.sync()[0].params
    client.say(f"MODE #x {change}")
    [answer] = client.sync()
    assert answer.command == "696" and answer.params[1:3] == ["#x", change[1]], answer
    assert client.ask("MODE #x", "324").params == before


def test_irc_bad_input_ban_list_full(pair):
    for n in range(100):
        pair.other.ask(f"MODE {ROOM} +b 坏{n}!*@*", "MODE")
    answer = pair.other.ask(f"MODE {ROOM} +b 好!*@*", "478")
    assert answer.params[1:3] == [ROOM, "b"]
    pair.other.say(f"MODE {ROOM} b")
    assert [m.command for m in pair.other.until("368")] == ["367"] * 100 + ["368"]
    pair.other.ask(f"MODE {ROOM} -b 坏0!*@*", "MODE")
    pair.other.ask(f"MODE {ROOM} +b 好!*@*", "MODE")


# Rooms

def test_irc_bad_input_101_rooms(server):
    client = IrcClient(server, "客人")
    client.send("".join(f"JOIN #r{n}\r\n" for n in range(150)))
    answers = client.sync()
    assert sum(m.command == "JOIN" for m in answers) == 100
    assert [m.params[1] for m in answers if m.command == "405"] == [f"#r{n}" for n in range(100, 150)]
    client.say("PART #r0")
    client.until("PART")
    client.join("#r149")
    client.say("JOIN " + ",".join(f"#s{n}" for n in range(60)))
    assert {m.command for m in client.sync()} == {"405"}


@pytest.mark.parametrize("name", ["x", "#", "##" + "x" * 80, "#a\x07b", "#a\x01b", "&x", "!x", "+x",
                                  "#\u202e", "#a\u3000b", "@#x"])
def test_irc_bad_input_room_name(server, name):
    """A bad name in a list harms none of the good ones."""
    client = IrcClient(server, "客人")
    client.say(f"JOIN #one,{name},#two")
    answers = client.sync()
    assert [m.params[0] for m in answers if m.command == "JOIN"] == ["#one", "#two"]
    errors = [m for m in answers if m.command in ("403", "476")]
    assert [m.params[1] for m in errors] == [name]


# Getting in, and staying

@pytest.mark.parametrize("words", ["nonsense", "message-tags nonsense", "message-tags -nonsense", "=",
                                   "-", "message-tags=1", "MESSAGE-TAGS", "\x01", "茶",
                                   "x" * 450, "x " * 200 + "x", "%s%n"])
def test_irc_bad_input_cap_req(server, words):
    """Refused as a whole, in the words it was asked in."""
    client = IrcClient(server)
    client.say(f"CAP REQ :{words}")
    [answer] = client.sync()
    assert answer.params[:2] == ["*", "NAK"] and words.startswith(answer.text), answer
    assert answer.text == words or len(answer.line.encode()) >= LINE_BYTES - 6
    client.say("CAP LIST")
    [answer] = client.sync()
    assert answer.params == ["*", "LIST", ""]
    client.say("CAP END")
    client.enter("客人")


def test_irc_bad_input_cap_out_of_order(server):
    client = IrcClient(server)
    for line in ("CAP REQ", "CAP REQ :", "CAP END", "CAP END", "CAP LS x", "CAP LS -1",
                 "CAP LS 99999999999999999999", "CAP ACK :x", "CAP BREW", "CAP :", "CAP LS 302", "CAP LS"):
        client.say(line)
        assert {m.command for m in client.sync()} <= {"CAP", "410", "461"}
    client.say("CAP END")
    client.enter("客人")


@pytest.mark.parametrize("nick", ["", ":", "*", "#x", "a!b", "a@b", "x" * 33, "x" * 400, "系统消息", "a,b",
                                  "\u202e", "@x", "+x", ":x y", "\x01"])
def test_irc_bad_input_nick(server, nick):
    client = IrcClient(server)
    client.say(f"NICK {nick}")
    [answer] = client.sync()
    assert answer.command in ("431", "432"), answer
    client.enter("客人")
    client.say(f"NICK {nick}")
    [answer] = client.sync()
    assert answer.command in ("431", "432"), answer


def test_irc_bad_input_no_pong(start):
    """Who does not answer is gone, and others are told why."""
    server = start(listen=LISTEN, sets={"limits.ping_interval": 1, "limits.ping_timeout": 1,
                                        "server.lang": "en"})
    other = IrcClient(server, "旁人")
    other.join(ROOM)
    silent = IrcClient(server, "哑巴")
    silent.join(ROOM)
    news = other.until("JOIN")
    while news[-1].command != "QUIT":
        news.append(other.message())
        other.say("PONG")  # it is awake
    assert news[-1].nick == "哑巴" and news[-1].text == "Ping timeout"
    rest = silent.closed()
    assert rest.startswith("PING :") and "ERROR :Closing link" in rest
    server.wait_log("ping-timeout")
    IrcClient(server, "哑巴")


# Other protocols

HELLO = b"\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03" + bytes(range(196))


@pytest.mark.parametrize("data", [HELLO, HELLO[:1], b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                                  b"POST / HTTP/1.0\r\nContent-Length: 20\r\n\r\nPRIVMSG #x :y\r\nQUIT\r\n",
                                  b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"])
def test_irc_bad_input_another_protocol(server, data):
    stranger = IrcClient(server)
    stranger.send(data)
    assert stranger.closed() == ""
    server.wait_log("wrong-protocol")
    IrcClient(server, "客人")


# Who asks without reading

QUESTIONS = ["WHO #big", "WHO *", "NAMES #big", "NAMES " + ",".join(["#big"] * 80),
             "LIST", "LIST " + ",".join(["#big"] * 80), "WHOIS big0", "CHATHISTORY LATEST #big * 500",
             "HISTORY #big 500", "VERSION", "WHO #big %tcuihsnfdlaor,1", "METADATA #big SYNC", "MONITOR S",
             "MODE #big b",
             "CHATHISTORY TARGETS timestamp=2000-01-01T00:00:00.000Z timestamp=2999-01-01T00:00:00.000Z 500",
             "PRIVMSG deaf,deaf,deaf,deaf :" + "x" * 400]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question[:16])
def test_irc_bad_input_asks_without_reading(start, question):
    """It is answered no faster than it reads; others are unharmed, and memory is bounded."""
    server = start(listen=LISTEN, sets={"limits.line_rate": 0})
    with Crowd(server, irc_guest("#big")) as crowd, Witness(server) as witness:
        guests = crowd.enter([f"big{n}" for n in range(count(150, 300))])
        for n in range(300):
            guests[0].say(f"{n} " + "茶" * 100)
        crowd.everyone_hears(" :299 ", guests[-1:])
        for n in range(100):
            guests[0].ask(f"MODE #big +b 坏{n}!{'x' * 10}@{'y' * 60}")
        for teller in guests[:20]:
            teller.ask(f"METADATA * SET url :{'茶' * 80}")
        deaf = IrcClient(server, "deaf", caps=MANY_CAPS, receive_buffer=4096)
        deaf.join("#big")
        deaf.say("METADATA * SUB url")
        deaf.say("MONITOR + " + ",".join(f"big{n}" for n in range(60)))
        for n in range(50):
            deaf.say(f"PRIVMSG big{n} :{n}")
        deaf.sync()
        before = memory_of(server)
        flood = f"{question}\r\n".encode() * 3000
        deaf.sock.settimeout(0.2 * SLOW)
        try:
            deaf.sock.sendall(flood)
        except TimeoutError:
            pass  # it is no longer read
        witness.stays_calm()
        guests[0].say("还在")
        crowd.everyone_hears(" :还在", guests)
        assert not has_grown(server, before, 16_000_000)
        deaf.vanish()
        crowd.until(lambda: re.search(rb":deaf!\S+ QUIT ", guests[-1].seen))
