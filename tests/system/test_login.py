"""Logging in to an account: by each mechanism, from the outside, and with clients that people use."""

import base64
import subprocess
import time

import pytest

from irc_clients import Catgirl
from ircguest import IrcClient
from login import authenticate, external, plain, scram, totp
from teahouse import PATIENCE, PROGRAM
from tls import any_server, fingerprint, make_certificate

ROOM = "#茶馆"
PASSWORD = "龙井 tea, = pot"
BOTH = ("irc://127.0.0.1:0", "ircs://127.0.0.1:0")
NO_RATES = {"limits.login_rate": 0, "limits.register_rate": 0}


@pytest.fixture
def house(start):
    """A server where wang has an account."""
    server = start(listen=BOTH, sets=NO_RATES)
    register(server, "wang", PASSWORD)
    return server


def register(server, nick, password):
    """Leaves when it has an account."""
    client = IrcClient(server, nick)
    client.ask(f"REGISTER * * :{password}", "900")
    client.ask("QUIT", "ERROR")
    client.close()


def connect(server, **options):
    """Somebody who is about to log in."""
    client = IrcClient(server, **options)
    client.ask("CAP REQ sasl", "CAP", "ACK")
    return client


def secure(server):
    return next(address for scheme, address in server._places() if scheme == "ircs")


def own_certificate(folder):
    """A context that shows it, the paths of its files, and its fingerprint."""
    files = make_certificate(folder, "wang.example")
    context = any_server()
    context.load_cert_chain(*files)
    return context, files, fingerprint(files[0]).replace(":", "").lower()


def add_certificate(server, digits):
    with IrcClient(server, "setup") as client:
        client.ask(f"NS IDENTIFY wang {PASSWORD}", "900")
        client.ask(f"NS CERT ADD {digits}", "NOTICE", "完成")
        client.ask("QUIT", "ERROR")


# Mechanisms

@pytest.mark.parametrize("way", [plain, scram], ids=lambda way: way.__name__)
def test_passwords(house, way):
    client = connect(house)
    assert way(client, "wang", PASSWORD[:-1]) == "904"
    assert way(client, "nobody", PASSWORD) == "904"
    assert way(client, "WANG", PASSWORD) == "903"
    client.say("NICK wang\r\nUSER w 0 * :w\r\nCAP END")
    client.until("422")
    assert way(client, "wang", PASSWORD) == "903"


@pytest.mark.parametrize("way", [plain, scram], ids=lambda way: way.__name__)
@pytest.mark.parametrize("length", [592, 1000])
def test_a_long_password(start, way, length):
    """Longer than a line of IRC: given at the server's own terminal, and said in chunks."""
    server = start(listen=BOTH[:1])
    password = "茶" * (length // 3) + "x" * (length % 3)
    subprocess.run([PROGRAM, "account", "add", "wang", "--data", server.data,
                    "--password-file", "-"], input=password.encode(), check=True, timeout=PATIENCE,
                   stdout=subprocess.DEVNULL)
    assert way(connect(server), "wang", password) == "903"


def test_scram_does_not_tell_who_has_an_account(house):
    """Salt and iterations of nobody's password look like anybody's, and are always the same."""
    client = connect(house)
    real, none, again, other = {}, {}, {}, {}
    assert scram(client, "wang", "wrong", real) == "904"
    assert scram(client, "nobody", "wrong", none) == "904"
    assert scram(client, "NoBody", "wrong", again) == "904"
    assert scram(client, "nobody2", "wrong", other) == "904"
    assert none == again and none["i"] == real["i"] and none["s"] not in (real["s"], other["s"])
    assert len(base64.b64decode(none["s"])) == len(base64.b64decode(real["s"]))


def test_scram_outlives_nothing(house):
    """A password that was changed between the proof and its end is no longer one."""
    client, owner = connect(house), IrcClient(house, "owner")
    owner.ask(f"NS IDENTIFY wang {PASSWORD}", "900")
    client.say("AUTHENTICATE SCRAM-SHA-256")
    client.until("AUTHENTICATE")
    authenticate(client, b"n,,n=wang,r=x")
    client.until("AUTHENTICATE")
    owner.ask("NS SET PASSWORD another", "NOTICE", "完成")
    authenticate(client, b"c=biws,r=x,p=" + base64.b64encode(bytes(32)))
    assert client.message().command == "904"
    assert scram(client, "wang", "another") == "903"


def test_certificates(house, tmp_path):
    context, _, digits = own_certificate(tmp_path / "certs")
    stranger = connect(house, address=secure(house), context=context)
    assert external(stranger) == "904"
    add_certificate(house, digits)
    assert external(stranger, "somebody") == "904"
    assert external(stranger, "Wang") == "903"
    assert external(stranger) == "903"
    assert external(connect(house, address=secure(house))) == "904"
    client = connect(house)
    client.say("AUTHENTICATE EXTERNAL")
    assert client.message().params == ["*", "PLAIN,SCRAM-SHA-256", "are available SASL mechanisms"]
    assert client.message().command == "904"


def test_a_second_factor(house):
    owner, client = IrcClient(house, "owner"), connect(house)
    owner.ask(f"NS IDENTIFY wang {PASSWORD}", "900")
    secret = owner.ask("NS SET TOTP ON", "NOTICE", "SET TOTP").text.split()[-1]
    assert plain(client, "wang", PASSWORD) == "903"  # not yet
    first = totp(secret)
    owner.ask(f"NS SET TOTP {first}", "NOTICE", "完成")
    assert plain(client, "wang", PASSWORD) == "904"
    assert plain(client, "wang", f"{PASSWORD} 000000") == "904"
    assert plain(client, "wang", f"{PASSWORD} {first}") == "904", "a code is good once"
    assert scram(client, "wang", PASSWORD) == "904"
    later = totp(secret, time.time() + 30)  # one step early is fine
    assert plain(client, "wang", f"{PASSWORD} {later}") == "903"
    assert plain(client, "wang", f"{PASSWORD} {later}") == "904"


def test_a_flood_of_authenticate(house):
    """400 kB of one message."""
    client = connect(house)
    client.say("AUTHENTICATE PLAIN")
    client.send((f"AUTHENTICATE {'A' * 400}\r\n" * 1000).encode())
    assert client.until("904")
    client.sync()
    assert plain(client, "wang", PASSWORD) == "903"


# PASS

def enter(server, *lines):
    client = IrcClient(server)
    for line in (*lines, "NICK wang", "USER wang 0 * :wang"):
        client.say(line)
    return client


def test_pass_logs_in(house):
    client = enter(house, f"PASS :wang:{PASSWORD}")
    assert client.until("422")[0].line.endswith(" 900 * *!*@* wang :You are now logged in as wang")
    again = enter(house, f"PASS :wang:{PASSWORD}")
    again.until("422")
    again.say("PRIVMSG wang :it is me")
    client.until("PRIVMSG", "it is me")
    wrong = enter(house, "PASS wang:wrong")
    assert [wrong.message().command, wrong.message().command] == ["464", "ERROR"]


def test_pass_after_the_servers_own(start):
    server = start(listen=BOTH[:1], sets={"server.password": "open:sesame", **NO_RATES})
    client = enter(server, "PASS open:sesame")
    client.until("422")
    client.ask("REGISTER * * secret", "900")
    client.ask("QUIT", "ERROR")
    client = enter(server, "PASS open:sesame", "PASS wang:secret")
    assert client.until("422")[0].command == "900"
    client.ask("QUIT", "ERROR")
    assert enter(server, "PASS wang:secret").message().command == "464"
    assert enter(server, "PASS open:sesame", "PASS wang:wrong").message().command == "464"


# A client with a certificate; test_irc_clients.py has the others, with passwords

class ExternalCatgirl(Catgirl):
    def start(self):
        cert, key = self.files
        with open(self.wire.file, "wb") as wire:
            self.run("env", f"XDG_DATA_HOME={self.shown.path}", "catgirl", "-v", "-l", "-h", self.host,
                     "-p", self.port, "-n", self.nick, "-j", self.room, "-t", self.certificate,
                     "-c", cert, "-k", key, "-e", stderr=wire)


def test_catgirl_with_a_certificate(house, tmp_path):
    _, files, digits = own_certificate(tmp_path / "certs")
    add_certificate(house, digits)
    guest = IrcClient(house, "guest", caps=("extended-join",))
    guest.join(ROOM)
    kind = type("Catgirl", (ExternalCatgirl,), {"files": files})
    folder = tmp_path / "wang"
    folder.mkdir()
    client = kind(folder, house, "wang", ROOM)
    try:
        assert guest.until("JOIN", ":wang!")[-1].params[:2] == [ROOM, "wang"]
        client.quit()
        guest.until("QUIT")
        client.wait_end()
    finally:
        client.close()
