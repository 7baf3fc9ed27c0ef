"""teahouse account and teahouse oper, which ask the server that runs on the data folder."""

import os
import pty
import resource
import socket
import sqlite3
import stat
import subprocess
import threading

import pytest

from ircguest import IrcClient
from teahouse import PATIENCE, PROGRAM, SLOW, TAKEN, LineClient, pause

BOTH = ("plain://127.0.0.1:0", "irc://127.0.0.1:0")


def teahouse(data, *words, password=None, env=None):
    """(exit code, what it said on standard output, and on standard error)"""
    done = subprocess.run([PROGRAM, *words, "--data", str(data)], capture_output=True,
                          input=b"" if password is None else password, timeout=PATIENCE,
                          env=dict(os.environ, **(env or {})))
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def add(server, name, password=b"oolong\n"):
    return teahouse(server.data, "account", "add", name, password=password)


def records(server):
    """{name: {key: value}} of the accounts that are on disk."""
    db = sqlite3.connect(f"file:{server.data / 'history.db'}?mode=ro", uri=True)
    try:
        rows = db.execute("SELECT name, record FROM account").fetchall()
    finally:
        db.close()
    return {name: dict(line.split(" ", 1) for line in record.splitlines())
            for name, record in rows}


def nick_answer(client, nick):
    client.say(f"NICK {nick}")
    client.say("PING done")
    return [message.line for message in client.until("PONG")[:-1]]


def opers(server, name, password):
    with IrcClient(server, "asker") as client:
        client.say(f"OPER {name} {password}")
        client.say("PING done")
        return any(message.command == "381" for message in client.until("PONG"))


@pytest.fixture
def server(start):
    return start(listen=BOTH)


def test_account_is_on_disk_when_it_says_so(server):
    for name in ("tea", "老李"):
        assert add(server, name) == (0, f"account {name} is registered\n", "")
    server.kill9()
    server.restart()
    kept = records(server)
    assert set(kept) == {"tea", "老李"}
    for record in kept.values():
        assert record["hash"].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert record["scram"].startswith("SCRAM-SHA-256$65536:")
    assert add(server, "tea")[0] == 1


def test_account_keeps_its_name_for_itself(server):
    guest = IrcClient(server, "guest")
    add(server, "Tea")
    for nick in ("tea", "TEA", "ｔｅａ", "Теа", "nickserv", "ChanServ"):
        answers = nick_answer(guest, nick)
        assert f" 433 guest {nick} :" in answers[0], answers
        assert " NOTICE guest :" in answers[1], answers
    assert " NICK :teapot" in nick_answer(guest, "teapot")[0]
    with LineClient(server) as plain:
        plain.expect("请输入昵称:")
        plain.say("tea")
        plain.expect(TAKEN)
    server.stop()
    server.restart()
    guest = IrcClient(server, "guest")
    assert " 433 " in nick_answer(guest, "tEa")[0]
    assert teahouse(server.data, "account", "drop", "tea") == (0, "account Tea is dropped\n", "")
    assert " NICK :tea" in nick_answer(guest, "tea")[0]


@pytest.mark.parametrize("name, why", [
    ("tea", "there is an account"), ("TEA", "there is an account"), ("ｔｅａ", "there is an account"),
    ("Теа", "there is an account"), ("NickServ", "the server itself"),
    ("ｃhanserv", "the server itself"), ("here", "somebody who is here"),
    ("HERE", "somebody who is here"), ("a,b", "cannot be"), ("#tea", "cannot be")])
def test_name_that_cannot_be_had(server, name, why):
    add(server, "tea")
    with IrcClient(server, "here"):
        code, out, err = add(server, name)
        assert code == 1 and why in err and not out
        assert len(err.splitlines()) == 1
    assert set(records(server)) == {"tea"}


def test_name_that_cannot_be_said(server):
    for name in ("", "a b", "a\nb", "a" * 33):
        code, out, err = add(server, name)
        assert code == 2 and "a name has 1 to 32 bytes" in err and not out


def test_one_of_many_gets_the_name(server):
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(add(server, "tea")))
               for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(code for code, _, _ in answers) == [0, 1, 1, 1, 1, 1], answers
    assert set(records(server)) == {"tea"}


@pytest.mark.parametrize("typed, code", [
    (b"x\n", 0), (b"x", 0), (b"x" * 1000 + b"\n", 0), ("茶 与 水\n".encode(), 0), (b" \n", 0),
    (b"x" * 1001 + b"\n", 2), (b"x" * 100000, 2), (b"", 2), (b"\n", 2), (b"\xe8\x8c\n", 2),
    (b"a\0b\n", 2)])
def test_passwords(server, typed, code):
    got, _, err = add(server, "tea", typed)
    assert got == code and len(err.splitlines()) == (code > 0)
    assert ("tea" in records(server)) == (code == 0)
    assert teahouse(server.data, "oper", "add", "boss", password=typed)[0] == code


def test_password_comes_from_a_file_or_standard_input(server, tmp_path):
    file = tmp_path / "password"
    file.write_bytes(b"green\nnot read\n")
    words = ("oper", "add", "boss", "--password-file")
    assert teahouse(server.data, *words, str(file), password=b"ignored\n")[0] == 0
    assert opers(server, "boss", "green")
    assert teahouse(server.data, *words, "-", password=b"black\n")[0] == 0
    assert opers(server, "boss", "black") and not opers(server, "boss", "green")
    code, _, err = teahouse(server.data, *words, str(tmp_path / "none"))
    assert code == 1 and "cannot read" in err and "No such file" in err


def test_new_password_takes_the_place_of_the_old_one(server):
    add(server, "Tea")
    before = records(server)["Tea"]
    assert teahouse(server.data, "account", "passwd", "tea", password=b"green\n") == (
        0, "account Tea has a new password\n", "")
    after = records(server)["Tea"]
    assert before["hash"] != after["hash"] and before["scram"] != after["scram"]
    assert before["created"] == after["created"]
    server.stop()
    assert before["hash"].encode() not in (server.data / "history.db").read_bytes()
    server.restart()
    code, _, err = teahouse(server.data, "account", "passwd", "cup", password=b"green\n")
    assert code == 1 and "no such account" in err


def test_operator_is_added_and_stays(server):
    assert teahouse(server.data, "oper", "add", "boss", password=b"green\n") == (
        0, "boss is an operator\n", "")
    server.kill9()
    server.restart()
    assert opers(server, "boss", "green") and not opers(server, "boss", "black")
    assert stat.S_IMODE((server.data / "opers").stat().st_mode) == 0o600
    code, _, err = teahouse(server.data, "oper", "add", "a.b", password=b"green\n")
    assert code == 1 and "letters, digits" in err


def test_invitation(server):
    code, out, _ = teahouse(server.data, "account", "invite")
    assert code == 0 and len(out) == 20 and out.count("-") == 3
    assert teahouse(server.data, "account", "invite", "--hours", "8760")[0] == 0
    for hours in ("0", "8761", "-1", "x", "1x", ""):
        code, _, err = teahouse(server.data, "account", "invite", "--hours", hours)
        assert code == 1 and "1 to 8760 hours" in err or code == 1 and "cannot be asked" in err
    assert out.strip().encode() not in (server.data / "history.db-wal").read_bytes()


def test_nobody_is_there(server, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    server.kill9()
    for data in (empty, tmp_path / "none", server.data):
        code, out, err = teahouse(data, "account", "add", "tea", password=b"x\n")
        assert code == 1 and not out
        assert f"no server runs on {data}: start it with teahouse serve" in err
    server.restart()  # what was left behind is in nobody's way
    assert add(server, "tea")[0] == 0
    server.stop()
    assert not (server.data / "control.sock").exists()


def test_data_folder_with_a_long_name(start, tmp_path):
    data = tmp_path / ("a" * 100) / ("b" * 100)
    server = start(data=data, listen=BOTH)
    assert add(server, "tea")[0] == 0
    server.kill9()
    assert add(server, "cup")[0] == 1
    assert teahouse(tmp_path / ("c" * 200), "account", "drop", "tea")[0] == 1


def test_data_folder_of_the_environment(start, tmp_path):
    server = start(data=tmp_path / "teahouse", listen=BOTH)
    for env in ({"XDG_STATE_HOME": str(tmp_path)}, {"TEAHOUSE_SERVER_DATA": str(server.data)}):
        done = subprocess.run([PROGRAM, "account", "invite"], capture_output=True,
                              timeout=PATIENCE, env=dict(os.environ, **env))
        assert done.returncode == 0, done


def test_socket_is_for_this_user(server):
    assert stat.S_IMODE((server.data / "control.sock").stat().st_mode) == 0o600


def test_words_that_make_no_sense(server):
    for words, why in (
            (("account",), "needs to be told what to do"), (("account", "give"), "account give"),
            (("account", "add"), "takes one name"), (("account", "add", "a", "b"), "takes one name"),
            (("account", "invite", "a"), "takes no name"), (("oper", "drop", "a"), "oper drop"),
            (("account", "drop", "a", "--hours", "1"), "--hours is for invitations"),
            (("account", "drop", "a", "--password-file", "-"), "needs no password"),
            (("account", "add", "a", "--tea"), "--tea: there is no such option")):
        code, out, err = teahouse(server.data, *words)
        assert code == 2 and why in err and not out, (words, err)
    for word in ("account", "oper"):
        code, out, err = teahouse(server.data, word, "--help")
        assert code == 0 and f"usage: teahouse {word}" in out and not err


def raw(server):
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(PATIENCE)
    sock.connect(str(server.data / "control.sock"))
    return sock


@pytest.mark.parametrize("line, answer", [
    (b"tea\n", b"no that cannot be asked\n"), (b"\n", b"no that cannot be asked\n"),
    (b"account-add tea\n", b"no that cannot be asked\n"),
    (b"account-drop tea x\n", b"no that cannot be asked\n"),
    (b"account-add  x\n", b"no that cannot be asked\n"),
    (b"account-drop \xff\n", b"no that is no UTF-8 text\n"),
    (b"account-drop a\0b\n", b"no that is no UTF-8 text\n"),
    (b"account-drop " + b"x" * 33 + b"\n", b"no a name has at most 32 bytes\n"),
    (b"x" * 1200, b"no a request has at most 1200 bytes\n"),
    (b"account-add tea " + b"x" * 1001 + b"\n", b"no a password has at most 1000 bytes\n"),
    (b"account-drop tea\nmore\n", b"no there is no such account\n")])
def test_what_comes_over_the_socket(server, line, answer):
    with raw(server) as sock:
        sock.sendall(line)
        assert sock.recv(4096) == answer
        assert sock.recv(4096) == b""


def test_socket_that_says_nothing_is_in_nobodys_way(server):
    silent = [raw(server) for _ in range(8)]
    code, _, err = add(server, "tea")
    assert code == 1 and "busy" in err
    for sock in silent:
        assert sock.recv(1) == b""  # five seconds later
        sock.close()
    assert add(server, "tea")[0] == 0
    with raw(server) as sock:
        sock.sendall(b"account-add cup oolong\n")  # and is gone before it is answered
    with raw(server) as sock:
        sock.sendall(b"account-dr")
    assert add(server, "pot")[0] == 0


def test_socket_waits_for_a_descriptor(start):
    """And takes no time while it does."""
    limit = 60
    server = start(listen=BOTH, before=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)))
    crowd = [socket.create_connection(server.address) for _ in range(limit)]
    server.wait_log("no-descriptors")
    with raw(server) as sock:
        sock.sendall(b"account-drop tea\n")
        before = server_seconds(server)
        pause(1.5)
        assert server_seconds(server) - before < 0.15 * SLOW
        for one in crowd:
            one.close()
        assert sock.recv(4096) == b"no there is no such account\n"


def server_seconds(server):
    """Of a processor, that it has used."""
    with open(f"/proc/{server.pid}/stat") as stat:
        user, system = stat.read().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def test_disk_that_takes_nothing(start, shim, tmp_path):
    switch = tmp_path / "switch"
    server = start(program=shim, listen=BOTH, env={"SHIM_FAIL": str(switch)})
    add(server, "tea")
    switch.write_text("full\n")
    for words in (("account", "add", "cup"), ("account", "passwd", "tea"), ("account", "drop", "tea"),
                  ("account", "invite")):
        code, _, err = teahouse(server.data, *words, password=b"x\n")
        assert code == 1 and "the disk takes nothing just now" in err, err
    guest = IrcClient(server, "guest")
    assert " NICK :cup" in nick_answer(guest, "cup")[0]
    assert " 433 " in nick_answer(guest, "tea")[0]
    switch.unlink()
    server.wait_log("log-ready")
    assert teahouse(server.data, "account", "passwd", "tea", password=b"x\n")[0] == 0
    assert teahouse(server.data, "account", "drop", "tea")[0] == 0


def test_password_is_asked_for_at_a_terminal(server):
    fd, end = pty.openpty()
    process = subprocess.Popen([PROGRAM, "account", "add", "tea", "--data", str(server.data)],
                               stdin=end, stdout=subprocess.PIPE, stderr=end, start_new_session=True)
    shown = b""
    for prompt in (b"new password: ", b"once more: "):
        while not shown.endswith(prompt):
            shown += os.read(fd, 4096)
        os.write(fd, b"oolong\n")
    out, _ = process.communicate(timeout=PATIENCE)
    os.close(fd)
    os.close(end)
    assert out == b"account tea is registered\n" and b"oolong" not in shown


# Shows: FAIL * ACCOUNT_REQUIRED
def test_login_required(start):
    server = start(listen=BOTH, sets={"accounts.require_login": "yes"}, wait=False)
    assert "nobody can log in" in server.failed()
    server = start(listen=BOTH[1:], sets={"accounts.require_login": "yes"})
    client = IrcClient(server)
    client.say("NICK guest")
    client.say("USER guest 0 * :guest")
    client.until("FAIL", "ACCOUNT_REQUIRED")
