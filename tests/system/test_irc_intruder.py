"""docs/bad-input.md, what is tried by those who may not: to read, change or be what is somebody else's.
Each is refused in words, nobody else notices, and everybody goes on."""

import pytest

from ircguest import IrcClient
from login import plain
from teahouse import count
from test_accounts import teahouse

ROOM, SECRET = "#茶馆", "#密室"
CAPS = ("message-tags", "server-time", "batch", "echo-message", "draft/chathistory",
        "draft/message-redaction", "draft/metadata-3", "draft/read-marker", "invite-notify")
SETS = {"history.replay": 0, "limits.line_rate": 0, "limits.login_rate": 0, "limits.register_rate": 0,
        "accounts.custom_name": "yes"}
LISTEN = ("irc://127.0.0.1:0",)


@pytest.fixture
def server(start):
    return start(listen=LISTEN, sets=SETS)


def guest(server, nick, *rooms):
    client = IrcClient(server, nick, caps=CAPS)
    for room in rooms:
        client.join(room)
    return client


def register(server, nick, password="壶"):
    client = IrcClient(server, nick, caps=CAPS)
    client.ask(f"REGISTER * * {password}", "900")
    return client


def said(client, target, text):
    """Its id."""
    client.say(f"PRIVMSG {target} :{text}")
    return client.until("PRIVMSG", text)[-1].tags["msgid"]


def fails(client, line):
    """[(command, code)] of all that is answered."""
    client.say(line)
    return [(m.command, m.params[1]) for m in client.sync()]


def texts(client, target):
    return [message.text for message in client.history(target)]


# What was said

def test_redacting_what_others_said(server):
    victim = guest(server, "主人", ROOM, SECRET)
    outsider, member = guest(server, "外人"), guest(server, "坏客人", ROOM)
    open_id, secret_id = said(victim, ROOM, "早上好"), said(victim, SECRET, "机密")
    private = said(victim, "外人", "悄悄")
    assert fails(outsider, f"REDACT {ROOM} {open_id}")[-1] == ("FAIL", "INVALID_TARGET")
    assert fails(member, f"REDACT {ROOM} {open_id}") == [("PRIVMSG", "早上好"), ("FAIL", "REDACT_FORBIDDEN")]
    # Through a room or a talk of one's own.
    assert fails(member, f"REDACT {ROOM} {secret_id}") == [("FAIL", "UNKNOWN_MSGID")]
    assert fails(member, f"REDACT 坏客人 {private}") == [("FAIL", "UNKNOWN_MSGID")]
    assert fails(member, f"REDACT 主人 {private}") == [("FAIL", "UNKNOWN_MSGID")]
    assert fails(outsider, f"REDACT 主人 {private}") == [("FAIL", "REDACT_FORBIDDEN")]
    for nonsense in ("0", "-1", "x", "ffffffffffffffff", "f" * 400, "%s", "p1", ":", "*"):
        assert fails(member, f"REDACT {ROOM} {nonsense}") == [("FAIL", "UNKNOWN_MSGID")], nonsense
    victim.sync()
    assert texts(victim, ROOM) == ["早上好"] and texts(victim, SECRET) == ["机密"]
    assert texts(victim, "外人") == ["悄悄"]
    # Banned, he still may take back what is his, and says nothing by it.
    own = said(member, ROOM, "胡说")
    victim.ask(f"MODE {ROOM} +b 坏客人", "MODE")
    member.until("MODE")
    member.say(f"REDACT {ROOM} {own} :听着")
    assert victim.until("REDACT")[-1].params[:2] == [ROOM, own]
    member.sync()
    assert "听着" not in (victim.seen + member.seen).decode()
    assert texts(victim, ROOM) == ["早上好"]


OLD, NEW = "timestamp=2000-01-01T00:00:00.000Z", "timestamp=2999-01-01T00:00:00.000Z"
ASKING = [f"CHATHISTORY LATEST {ROOM} * 10", f"CHATHISTORY BEFORE {ROOM} {NEW} 10",
          f"CHATHISTORY AFTER {ROOM} {OLD} 10", f"CHATHISTORY AROUND {ROOM} msgid={{id}} 10",
          f"CHATHISTORY BETWEEN {ROOM} msgid={{id}} msgid={{id}} 10", f"HISTORY {ROOM} 10"]


def test_reading_where_one_is_not_or_is_banned(server):
    victim = guest(server, "主人", ROOM)
    number = said(victim, ROOM, "机密")
    outsider, banned = guest(server, "外人"), guest(server, "坏客人", ROOM)
    victim.ask(f"MODE {ROOM} +b 坏客人", "MODE")
    banned.until("MODE")
    for someone in outsider, banned:
        for line in ASKING:
            answers = fails(someone, line.format(id=number))
            assert answers == [("FAIL", "INVALID_TARGET")], (line, answers)
        someone.say(f"CHATHISTORY TARGETS {OLD} {NEW} 10")
        assert ROOM not in "".join(message.line for message in someone.sync())
        # An id of another room bounds one's own as any other, and shows nothing.
        someone.join("#own")
        someone.say(f"CHATHISTORY AROUND #own msgid={number} 10")
        assert {m.command for m in someone.sync()} <= {"BATCH", "FAIL"}
    assert "机密" not in (outsider.seen + banned.seen).decode()
    # He who comes, and whom it was said to, may.
    victim.ask(f"MODE {ROOM} -b 坏客人!*@*", "MODE")
    assert texts(banned, ROOM) == ["机密"]


def test_reading_what_others_say_in_private(server):
    one, other, spy = register(server, "一"), register(server, "二"), guest(server, "三")
    number = said(one, "二", "悄悄")
    other.until("PRIVMSG", "悄悄")
    for target in "一", "二", "三":
        spy.say(f"CHATHISTORY LATEST {target} * 10")
        spy.say(f"CHATHISTORY AROUND {target} msgid={number} 10")
        spy.say(f"HISTORY {target} 10")
    spy.say(f"CHATHISTORY TARGETS {OLD} {NEW} 10")
    spy.sync()
    # Nor with the nick of who has left.
    other.ask("QUIT", "ERROR")
    other.close()
    spy.say("NICK 二")
    spy.until("433")
    assert "悄悄" not in spy.seen.decode()
    assert texts(one, "二") == ["悄悄"]


# What is hidden

LOOKING = ["NAMES", f"NAMES {SECRET}", "LIST", f"LIST {SECRET}", "LIST *密*", "LIST >0,C<10",
           f"WHO {SECRET}", "WHO *", f"WHO {SECRET} %tcuihsnfdlaor,1", "WHO 主人 %c", "WHOIS 主人",
           f"TOPIC {SECRET}", f"MODE {SECRET}", f"MODE {SECRET} b", f"MODE {SECRET} e",
           f"MODE {SECRET} +I", f"MODE {SECRET} +k", f"KNOCK {SECRET} :开门", f"INVITE 外人 {SECRET}",
           f"INVITE 主人 {SECRET}", "INVITE", f"METADATA {SECRET} GET url", f"METADATA {SECRET} LIST",
           f"METADATA {SECRET} SYNC", f"METADATA {SECRET} SET url x", f"METADATA {SECRET} CLEAR",
           "METADATA * SUB url", f"MARKREAD {SECRET}", f"CHATHISTORY LATEST {SECRET} * 10",
           f"HISTORY {SECRET}", f"PRIVMSG {SECRET} :x", f"PRIVMSG @{SECRET} :x",
           f"NOTICE {SECRET} :x", f"@+typing=active TAGMSG {SECRET}", f"RENAME {SECRET} #mine",
           f"RENAME #own {SECRET}", f"KICK {SECRET} 主人", f"PART {SECRET}", f"TOPIC {SECRET} :x",
           f"REDACT {SECRET} 1", "MONITOR + 主人", "MONITOR S", "WHOWAS 主人", f"MODE #own +f {SECRET}",
           f"JOIN {SECRET}", f"JOIN {SECRET} wrong", "LUSERS", "STATS m", "TRACE 主人", "USERHOST 主人",
           f"SAJOIN 外人 {SECRET}", f"SAMODE {SECRET} -k *", "KILL 主人 :x"]


def test_a_secret_room(server):
    """None of what is there comes out, by whatever is asked."""
    host = guest(server, "主人", SECRET)
    host.ask("MODE 主人 +i", "MODE")
    for line, command in ((f"TOPIC {SECRET} :谜底", "TOPIC"), (f"MODE {SECRET} +sk 钥匙", "MODE"),
                          (f"MODE {SECRET} +b 仇人", "MODE"), (f"MODE {SECRET} +e 恩人", "MODE"),
                          (f"MODE {SECRET} +I 友人", "MODE"), (f"METADATA {SECRET} SET url 暗号", "761")):
        host.ask(line, command)
    said(host, SECRET, "机密")
    spy = guest(server, "外人", "#own")
    for line in LOOKING:
        spy.say(line)
        answers = [m.line for m in spy.sync()]
        for word in "谜底", "钥匙", "仇人", "恩人", "友人", "暗号", "机密", "@主人":
            assert not any(word in answer for answer in answers), (line, word, answers)
        if SECRET not in line:
            assert not any(SECRET in answer for answer in answers), (line, answers)
        assert not any(answer.split()[1:2] == ["JOIN"] for answer in answers), (line, answers)
    assert host.sync() == []


# Who somebody is

LIKE = ["wang", "Wang", "WANG", "ｗａｎｇ", "w\u0430ng", "W\u0410NG", "wan\u0261", "\u051dang",
        "w\u0430n\u0261"]


def test_an_account_that_looks_like_another(server):
    owner = register(server, "wang")
    owner.ask("QUIT", "ERROR")
    owner.close()
    thief = guest(server, "贼")
    for name in LIKE:
        assert fails(thief, f"REGISTER {name} * 壶") == [("FAIL", "ACCOUNT_EXISTS")], name
        thief.say(f"NICK {name}")
        assert [m.command for m in thief.sync()] == ["433", "NOTICE"], name
        code, _, why = teahouse(server.data, "account", "add", name, password="壶\n".encode())
        assert code == 1 and "an account of that name, or of one like it" in why, name
    for name in "NickServ", "\u039dickServ", "nickserv", "ChanServ", "Ch\u0430nServ":
        assert fails(thief, f"REGISTER {name} * 壶") == [("FAIL", "BAD_ACCOUNT_NAME")], name
        thief.say(f"NICK {name}")
        assert thief.sync()[0].command == "433", name
    for name in "w\u200bang", "wang\u202e", "wa ng", "系统消息", "w" * 33, "#wang", "wang!", "*x", ":":
        assert [m[0] for m in fails(thief, f"REGISTER {name} * 壶")] in (["FAIL"], ["461"]), name
    # Somebody who is here has that nick, without an account.
    other = guest(server, "小王")
    assert fails(thief, "REGISTER 小王 * 壶") == [("FAIL", "BAD_ACCOUNT_NAME")]
    assert other.sync() == []


def test_putting_out_a_ghost_that_is_none(server):
    victim, thief = register(server, "wang"), register(server, "zhao", "锅")
    for words in ("wang", "wang wrong", "Wang 锅", "wang  ", "zhao 锅 wang", "wang \x01", "NickServ x",
                  "nobody x"):
        thief.say(f"NS GHOST {words}")
        assert {m.command for m in thief.sync()} == {"NOTICE"}, words
    assert victim.sync() == []
    spare = IrcClient(server, "旁人")
    assert spare.ask("NS GHOST wang 壶", "NOTICE").text
    assert "ERROR" in victim.closed()


@pytest.mark.parametrize("end", ["dropped", "suspended"])
def test_an_account_that_ends(server, end):
    """Those who are in are logged out; who is on his way in is nobody any longer."""
    one = register(server, "wang")
    one.join(ROOM)
    coming = IrcClient(server)
    coming.ask("CAP REQ sasl", "CAP", "ACK")
    assert plain(coming, "wang", "壶") == "903"
    if end == "dropped":
        assert teahouse(server.data, "account", "drop", "wang")[0] == 0
    else:
        operator = IrcClient(server, "掌柜")
        [code] = [line.split()[-1] for line in server.out.lines if "OPER admin" in line]
        operator.ask(f"OPER admin {code}", "381")
        operator.ask("NS SUSPEND wang :坏", "NOTICE")
        assert plain(guest_with_sasl(server), "wang", "壶") == "902"
    one.until("901")
    coming.say("NICK wang")
    coming.say("USER wang 0 * :x")
    coming.say("CAP END")
    assert coming.until("433")
    coming.say("NICK other")
    coming.until("422")
    assert not any(m.command == "330" for m in whois(coming, "other"))
    assert not any(m.command == "330" for m in whois(coming, "wang"))
    said(one, ROOM, "还在")


def guest_with_sasl(server):
    client = IrcClient(server)
    client.ask("CAP REQ sasl", "CAP", "ACK")
    return client


def whois(client, nick):
    client.say(f"WHOIS {nick}")
    return client.until("318")


def test_a_room_becomes_no_lobby(start):
    """Nobody is an operator of the lobby, also not by way of another room."""
    server = start(listen=LISTEN, sets=dict(SETS, **{"server.lobby": "#大厅"}))
    thief = guest(server, "贼", "#x")
    assert fails(thief, "RENAME #x #大厅") == [("FAIL", "CANNOT_RENAME")]
    thief.join("#大厅")
    thief.say("MODE #大厅 +m")
    assert [m.command for m in thief.sync()] == ["482"]


def test_many_who_come_and_go_while_their_passwords_are_looked_at(server):
    """Whoever goes leaves nothing behind that an answer could meet."""
    owner = register(server, "wang")
    for n in range(count(40, 400)):
        with IrcClient(server) as client:
            client.send("CAP REQ :sasl\r\nAUTHENTICATE PLAIN\r\nAUTHENTICATE AHdhbmcA5aO2\r\n"
                        f"NICK x{n}\r\nUSER x 0 * :x\r\nCAP END\r\n")
            if n % 3 == 0:
                client.send("OPER admin x\r\nNS IDENTIFY wang x\r\nNS REGISTER x\r\n")
            if n % 2 == 0:
                client.vanish()
        with IrcClient(server) as client:
            client.send("PASS wang:x\r\nNICK y\r\nUSER x 0 * :x\r\nUSER x 0 * :x\r\nNICK z\r\n")
            client.vanish()
    assert plain(guest_with_sasl(server), "wang", "壶") == "903"
    assert owner.sync() == []


def test_many_who_ask_for_much_and_go(server):
    """And ask for something to be stored, so that they are waited for."""
    host = guest(server, "主人", ROOM)
    host.ask(f"MODE {ROOM} -t", "MODE")
    for n in range(50):
        said(host, ROOM, f"{n}")
    for n in range(count(40, 400)):
        with guest(server, f"客{n}", ROOM) as client:
            client.send("".join(f"CHATHISTORY LATEST {ROOM} * 500\r\n" * 20
                                + f"OPER admin x\r\nTOPIC {ROOM} :{n}\r\nREDACT {ROOM} 1\r\n"
                                + f"CHATHISTORY TARGETS {OLD} {NEW} 500\r\n") * 2)
            client.vanish()
    host.say(f"PRIVMSG {ROOM} :还在")
    host.until("PRIVMSG", "还在")
    assert plain(guest_with_sasl(server), "wang", "壶") == "904"
