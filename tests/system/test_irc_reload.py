"""SIGHUP and REHASH: what the configuration may change while the server runs, and who is told."""

import os
import signal

import pytest

from ircguest import IrcClient

pytestmark = pytest.mark.wire

BOTH = ("irc://127.0.0.1:0", "ircs://127.0.0.1:0")


@pytest.fixture
def house(start, tmp_path):
    """A server with a configuration that the test may write: house.write(text)."""
    path = tmp_path / "teahouse.conf"
    motd = tmp_path / "motd"

    def write(duration, words="tea\n"):
        motd.write_text(words)
        path.write_text(f"[server]\nmotd = {motd}\n" +
                        (f"[tls]\nsts_duration = {duration}\n" if duration is not None else ""))

    write(None)
    server = start(listen=BOTH, args=("--config", str(path)))
    server.write = write
    server.path = path
    return server


def hang_up(server, log="configuration-reloaded"):
    known = len(server.log.lines)
    os.kill(server.pid, signal.SIGHUP)
    assert server.log.wait(lambda line: log in line, start=known)


def comers(server, cap):
    """One in plain text and one in TLS, who said that first, and are not in yet."""
    clients = []
    for scheme in ("irc", "ircs"):
        client = IrcClient(server, address=server.address_of(scheme))
        client.ask(cap, "CAP", "LS :" if "LS" in cap else "")
        clients.append(client)
    return clients


def test_who_knows_302_is_told_what_is_new(house):
    plain, secure = comers(house, "CAP LS 302")
    old = comers(house, "CAP REQ :cap-notify")
    nobody = IrcClient(house, address=house.address_of("irc"))
    port = house.address_of("ircs")[1]
    house.write(60)
    hang_up(house)
    assert plain.message().params == ["*", "NEW", f"sts=port={port}"]
    assert secure.message().params == ["*", "NEW", "sts=duration=60"]
    # The port stays what it is; so does the duration, the third time.
    for seconds in (3600, 3600):
        house.write(seconds)
        hang_up(house)
    assert secure.message().params == ["*", "NEW", "sts=duration=3600"]
    # It is never taken back, but by a duration of 0.
    house.write(None)
    hang_up(house)
    house.write(0)
    hang_up(house)
    assert secure.message().params == ["*", "NEW", "sts=duration=0"]
    house.write(60)
    hang_up(house)
    assert plain.message().params == ["*", "NEW", f"sts=port={port}"]
    assert secure.message().params == ["*", "NEW", "sts=duration=60"]
    for client in (plain, secure, *old, nobody):
        assert client.sync() == []


def test_the_motd_is_read_anew_and_what_is_wrong_changes_nothing(house):
    a = IrcClient(house, address=house.address_of("irc"))
    a.say("NICK a\r\nUSER a 0 * :a")
    a.until("376")
    house.write(None, "green tea\n")
    hang_up(house)
    assert a.ask("MOTD", "372").text == "- green tea"
    a.until("376")
    house.write("soon", "black tea\n")
    hang_up(house, "configuration-reload-failed")
    assert a.ask("MOTD", "372").text == "- green tea"
    house.write(60, "\0")
    hang_up(house, "configuration-reload-failed")
    a.say("CAP LS 302")
    assert "sts" not in "".join(message.text for message in a.until("CAP", "LS :"))
    assert a.ask("MOTD", "372").text == "- green tea"


# Shows: FAIL REHASH RELOAD_FAILED
def test_an_operator_is_told_that_it_cannot_be_read(house):
    code = [line.split()[-1] for line in house.out.lines if "OPER admin" in line]
    a = IrcClient(house, address=house.address_of("irc"))
    a.say("NICK a\r\nUSER a 0 * :a")
    a.ask(f"OPER admin {code[0]}", "381")
    house.write("soon")
    a.ask("REHASH", "382")
    assert a.message().params == ["REHASH", "RELOAD_FAILED",
                                  "Not all of it can be read: see the server's log"]
    house.write(None)
    a.ask("REHASH", "382")
    assert a.sync() == []
