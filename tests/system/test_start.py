"""Starting, what can go wrong with it, settings and where they come from, and stopping."""

import os
import re
import signal
import socket
import subprocess
import time

import pytest

from teahouse import (GREETING, PATIENCE, PROGRAM, SLOW, LineClient, Server, count, entered, left)


# What it prints

def test_prints_where_and_how(server):
    lines = server.out.lines
    port = server.address[1]
    assert lines[0] == f"listening on plain://127.0.0.1:{port}"
    assert lines[-1] == "ready"
    assert any(line.endswith(f"nc 127.0.0.1 {port}") for line in lines[1:-1]), lines


def test_help_and_version():
    for args in (["--help"], ["serve", "--help"]):
        shown = subprocess.run([PROGRAM, *args], capture_output=True, timeout=PATIENCE)
        assert shown.returncode == 0 and b"serve" in shown.stdout and not shown.stderr
    shown = subprocess.run([PROGRAM, "--version"], capture_output=True, timeout=PATIENCE)
    assert shown.returncode == 0
    assert re.fullmatch(rb"teahouse \d+\.\d+\.\d+\S*\n", shown.stdout), shown.stdout


def test_ready_within_50_ms(start, tmp_path):
    """On an empty data folder. Others may be busy on this machine, so the best of a few counts."""
    took = []
    for n in range(10):
        began = time.monotonic()
        server = start(data=tmp_path / f"data{n}")
        took.append(time.monotonic() - began)
        server.stop()
        if took[-1] < 0.05:
            return
    assert min(took) < 0.05 * SLOW, took


def test_creates_its_data_folder_for_itself_only(start, tmp_path):
    start(data=tmp_path / "deep" / "down" / "data")
    assert (tmp_path / "deep" / "down" / "data").stat().st_mode & 0o077 == 0


# Listeners

def test_several_listeners_lead_to_one_room(start):
    server = start(listen=["plain://127.0.0.1:0", "plain://127.0.0.1:0"])
    assert len(set(server.urls)) == 2
    port = int(server.urls[1].rsplit(":", 1)[1])
    first = LineClient(server, "老李")
    second = LineClient(server, "小王", address=("127.0.0.1", port))
    first.expect(entered("小王"))
    second.say("到了")
    first.expect("小王:到了\n")


def test_ipv6(start):
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("this machine has no ::1")
    server = start(listen=["plain://[::1]:0", "plain://127.0.0.1:0"])
    assert server.address[0] == "::1"
    first = LineClient(server, "老李")
    second = LineClient(server, "小王", address=("127.0.0.1", int(server.urls[1].split(":")[-1])))
    first.expect(entered("小王"))
    second.say("四通八达")
    first.expect("小王:四通八达\n")


def test_port_zero_takes_a_free_one(start, tmp_path):
    ports = {start(data=tmp_path / f"data{n}").address[1] for n in range(3)}
    assert len(ports) == 3 and 0 not in ports


def test_restarts_on_the_same_port_at_once(start, tmp_path):
    """Connections of the last run that linger in the kernel are in nobody's way."""
    first = start()
    port = first.address[1]
    with LineClient(first, "老李"):
        first.stop()
        second = start(listen=[f"plain://127.0.0.1:{port}"])
    assert second.address[1] == port


# Settings

def test_config_file(start, tmp_path):
    config = tmp_path / "teahouse.conf"
    config.write_text("; a comment\n[server]\nlang = en\nlobby = #garden\n"
                      "listen = plain://127.0.0.1:0\nlisten = plain://127.0.0.1:0\n"
                      "[history]\nreplay = 0\n")
    server = start(listen=[], args=["--config", config])
    assert len(server.urls) == 2
    client = LineClient(server)
    client.say("Li")
    client.until("/help")
    assert "昵称" not in client.seen.decode()
    assert "#garden" in client.ask("/rooms", "#garden")


def test_environment(start):
    server = start(env={"TEAHOUSE_SERVER_LANG": "en"})
    client = LineClient(server)
    client.say("Li")
    client.until("/help")
    assert "昵称" not in client.seen.decode()


def test_environment_beats_the_file_and_set_beats_both(start, tmp_path):
    config = tmp_path / "teahouse.conf"
    config.write_text("[server]\nlang = en\n")
    chinese, english = ({"TEAHOUSE_SERVER_LANG": lang} for lang in ("zh", "en"))
    server = start(data=tmp_path / "a", args=["--config", config], env=chinese)
    LineClient(server).expect(GREETING)
    server = start(data=tmp_path / "b", env=english, sets={"server.lang": "zh"})
    LineClient(server).expect(GREETING)


def test_set_names_the_lobby(start):
    server = start(sets={"server.lobby": "#garden"})
    client = LineClient(server, "老李")
    assert "#garden" in client.ask("/rooms", "#garden")


def test_no_lobby(start):
    """Without a lobby a guest starts in no room, and one line says what to do."""
    server = start(sets={"server.lobby": ""})
    client = LineClient(server)
    client.say("老李")
    client.until("/help")
    client.ask("有人吗")
    client.say("/join #下棋")
    client.until("老李")
    other = LineClient(server)
    other.say("小王")
    other.until("/help")
    other.say("/join #下棋")
    client.expect(entered("小王"))
    client.say("来一盘")
    other.until("老李:来一盘")


def test_data_by_default_in_xdg_state_home(tmp_path):
    env = dict(os.environ, XDG_STATE_HOME=str(tmp_path))
    server = Server(tmp_path / "unused", env=env)
    at = server.command.index("--data")
    del server.command[at:at + 2]
    server.start()
    try:
        assert (tmp_path / "teahouse" / "history.db").exists()
    finally:
        server.stop()


# Errors at the start: one sentence that names the thing, and an exit code

def refusal(start, **options):
    return start(wait=False, **options).failed()


def test_port_taken(start):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = refusal(start, listen=[f"plain://127.0.0.1:{port}"])
    assert str(port) in said


def test_port_held_by_another_server(start, tmp_path):
    first = start()
    said = refusal(start, data=tmp_path / "other", listen=first.urls)
    assert str(first.address[1]) in said
    LineClient(first, "老李")


@pytest.mark.parametrize("url", ["plain://127.0.0.1:99999", "plain://127.0.0.1:x", "127.0.0.1:4567",
                                 "ftp://127.0.0.1:1", "plain://no.such.host.invalid:0", "plain://"])
def test_listener_that_cannot_be(start, url):
    said = refusal(start, listen=[url])
    assert url.removeprefix("plain://").split(":")[0] in said


def test_unknown_option(start):
    assert "--teapot" in refusal(start, args=["--teapot"])


def test_unknown_command():
    shown = subprocess.run([PROGRAM, "brew"], capture_output=True, timeout=PATIENCE)
    assert shown.returncode > 0 and b"brew" in shown.stderr
    assert len(shown.stderr.splitlines()) == 1


def test_option_without_its_value(start):
    assert "--config" in refusal(start, args=["--config"])


@pytest.mark.parametrize("setting, named", [
    ("server.teapot=1", "server.teapot"), ("teapot.server=1", "teapot"), ("server.lang", "lang"),
    ("server.lang=fr", "fr"), ("history.replay=many", "many"), ("history.replay=-1", "-1"),
    ("history.replay=99999999999999999999", "history.replay"), ("server.durability=maybe", "maybe"),
    ("server.threads=1000000", "server.threads"), ("server.lobby=#a b", "server.lobby"),
    ("server.name=nodot", "nodot"), ("server.password_hash=tea", "server.password_hash"),
    ("oper.alice.host=example.org", "alice"), ("server.motd=/no/such/file", "/no/such/file")])
def test_set_that_cannot_be(start, setting, named):
    assert named in refusal(start, args=["--set", setting])


def test_environment_that_cannot_be(start):
    assert "TEAHOUSE_SERVER_LANG" in refusal(start, env={"TEAHOUSE_SERVER_LANG": "fr"})


@pytest.mark.parametrize("text, line, named", [
    ("[server]\nlang = zh\nteapot = 1\n", 3, "teapot"),
    ("\n[teapot]\nserver = 1\n", 3, "teapot"),
    ("[server]\nlang zh\n", 2, ""),
    ("[history]\n\n\nreplay = lots\n", 4, "lots")])
def test_config_line_that_cannot_be(start, tmp_path, text, line, named):
    config = tmp_path / "teahouse.conf"
    config.write_text(text)
    said = refusal(start, args=["--config", config])
    assert str(config) in said and named in said
    assert re.search(rf"\b{line}\b", said.replace(str(config), "")), said


def test_config_file_that_is_not_there(start, tmp_path):
    assert "nothing.conf" in refusal(start, args=["--config", tmp_path / "nothing.conf"])


@pytest.mark.parametrize("text, why", [
    (b"\xe8\x8c", "UTF-8"), (b"a\0b", "UTF-8"), (b"x" * 65537, "65536"), (None, "directory")])
def test_motd_that_cannot_be(start, tmp_path, text, why):
    motd = tmp_path / "motd"
    motd.mkdir() if text is None else motd.write_bytes(text)
    said = refusal(start, sets={"server.motd": motd})
    assert "server.motd" in said and str(motd) in said and why in said


@pytest.mark.parametrize("text", [b"", "茶\n".encode(), b"x" * 65536])
def test_motd_that_can_be(start, tmp_path, text):
    (tmp_path / "motd").write_bytes(text)
    start(sets={"server.motd": tmp_path / "motd"})


def test_code_file_that_is_damaged(start, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "oper-code").write_text("tea")
    assert "oper-code" in refusal(start)


def test_no_code_where_nobody_could_say_it(start, tmp_path):
    """It is shown once, so it is kept for the first start with a protocol that has OPER."""
    server = start()
    assert not any("OPER" in line for line in server.out.lines)
    assert not (tmp_path / "data" / "oper-code").exists()


def test_data_is_a_file(start, tmp_path):
    (tmp_path / "file").write_text("")
    assert "file" in refusal(start, data=tmp_path / "file")


def test_data_is_free_again_after_a_crash(start):
    first = start()
    first.kill9()
    start()


def test_database_that_is_none(start, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "history.db").write_bytes(b"tea leaves " * 1000)
    assert "history.db" in refusal(start)


# Stopping

@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("clients", [0, 20])
def test_stops_within_200_ms(start, tmp_path, sig, clients):
    """When nothing is waiting. The best of a few counts, since the machine may be busy."""
    took = []
    for n in range(5):
        server = start(data=tmp_path / f"data{n}")
        people = [LineClient(server, f"客人{n}") for n in range(clients)]
        took.append(server.stop(sig))
        for client in people:
            client.closed()
            client.close()
        if took[-1] < 0.2:
            return
    assert min(took) < 0.2 * SLOW, took


def test_stops_within_2_s_when_somebody_does_not_read(start):
    server = start(sets={"limits.line_rate": 0})
    deaf = LineClient(server, "聋子", receive_buffer=4096)
    talker = LineClient(server, "话多")
    listener = LineClient(server, "听众")
    talker.expect(entered("听众"))
    for n in range(100):
        talker.say(f"{n} " + "唠叨" * 600)
        listener.until(f"话多:{n} ")
    assert server.stop() < 2.2 * SLOW
    deaf.close()


def test_stop_keeps_what_was_said(start):
    server = start()
    talker = LineClient(server, "话多")
    listener = LineClient(server, "听众")
    for n in range(200):
        talker.say(f"第{n}句")
    listener.until("话多:第0句")
    server.stop()
    heard = ["话多:第0句"] + [line for line in listener.closed().split("\n") if "话多:第" in line]
    kept = [f"{row[3]}:{row[4]}" for row in server.history()]
    assert kept[:len(heard)] == heard, "what was heard must have been kept"


def test_leaves_the_others_told(start):
    """A goodbye to the room is heard by it before the server ends."""
    server = start()
    first = LineClient(server, "老李")
    second = LineClient(server, "小王")
    first.expect(entered("小王"))
    second.say("quit")
    first.expect(left("小王"))
    server.stop()
    first.closed()


@pytest.mark.slow
def test_starts_and_stops_again_and_again(start):
    server = start()
    days = count(5, 50)
    for n in range(days):
        with LineClient(server, "老李") as client:
            client.say(f"第{n}天")
            client.ask("/who", "老李")
        server.stop()
        server.restart()
    server.stop()
    assert [row[4] for row in server.history()] == [f"第{n}天" for n in range(days)]


def test_stops_though_somebody_comes_at_that_moment(start):
    """The signal and the connection are seen in one wait."""
    server = start()
    server.process.send_signal(signal.SIGSTOP)
    server.process.send_signal(signal.SIGTERM)
    late = socket.create_connection(server.address)
    server.process.send_signal(signal.SIGCONT)
    assert server.process.wait(2 * SLOW) == 0
    late.close()
