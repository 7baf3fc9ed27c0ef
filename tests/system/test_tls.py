"""ircs://: its certificates, its handshakes, and clients that people use."""

import contextlib
import hashlib
import os
import pty
import signal
import socket
import stat
import subprocess
import time

import pytest

from crowd import Crowd
from irc_clients import TLS_CLIENTS
from ircguest import IrcClient, IrcGuest
from teahouse import PATIENCE, LineClient, Lines, Server, entered, left, readable
from tls import TlsSocket, any_server, fingerprint, make_certificate, openssl

pytestmark = pytest.mark.tls

LISTEN = ("ircs://127.0.0.1:0",)
ROOM = "#茶馆"
RSA = ("rsa:2048",)


@pytest.fixture
def house(start):
    return start(listen=LISTEN)


def printed(server):
    """The fingerprints that it showed when it started."""
    words = "certificate of ircs://, SHA-256: "
    return [line.removeprefix(words) for line in server.out.lines if line.startswith(words)]


def connect(server, **options):
    sock = TlsSocket(socket.socket(), **options)
    sock.settimeout(PATIENCE)
    sock.connect(server.address)
    return sock


def shown(server, name=None):
    """The fingerprint of the certificate that a client gets who asks for a name."""
    sock = connect(server, name=name)
    cert = sock.tls.getpeercert(binary_form=True)
    sock.close()
    return ":".join(f"{byte:02X}" for byte in hashlib.sha256(cert).digest())


def given(*pairs):
    """The settings for these certificates."""
    return {"tls.cert": " ".join(str(cert) for cert, _ in pairs),
            "tls.key": " ".join(str(key) for _, key in pairs)}


# Certificates

def test_its_own_certificate_lasts(start):
    server = start(listen=LISTEN, sets={"server.name": "tea.example.org"})
    cert, key, kept = (server.data / name for name in ("tls-cert.pem", "tls-key.pem", "tls-fingerprint"))
    assert printed(server) == [fingerprint(cert)] == [shown(server)]
    assert kept.read_text() == fingerprint(cert) + "\n"
    assert {stat.S_IMODE(path.stat().st_mode) for path in (cert, key, kept)} == {0o600}
    text = openssl("x509", "-in", cert, "-noout", "-subject", "-ext", "subjectAltName")
    assert "CN = tea.example.org" in text and "DNS:tea.example.org" in text
    years = 10 * 365 * 24 * 3600
    openssl("x509", "-in", cert, "-noout", "-checkend", years - 3600)
    before = cert.read_bytes(), key.read_bytes()
    server.stop()
    server.restart()
    assert (cert.read_bytes(), key.read_bytes()) == before
    assert printed(server) == [fingerprint(cert)] == [shown(server)]
    server.stop()
    cert.unlink()
    server.restart()
    assert printed(server) == [fingerprint(cert)] == [kept.read_text().strip()]
    assert cert.read_bytes() != before[0]


def test_nothing_is_made_without_a_listener(start):
    server = start()
    assert not list(server.data.glob("tls-*"))
    assert not printed(server)


def test_certificates_that_are_given(start, tmp_path):
    """With keys of two kinds: whoever asks for the second name gets that one, whatever it likes."""
    tea = make_certificate(tmp_path / "certs", "tea.example", kind=RSA)
    pot = make_certificate(tmp_path / "certs", "pot.example")
    server = start(listen=LISTEN, sets=given(tea, pot))
    assert printed(server) == [fingerprint(tea[0]), fingerprint(pot[0])]
    assert shown(server) == shown(server, "kettle.example") == fingerprint(tea[0])
    assert shown(server, "tea.example") == fingerprint(tea[0])
    assert shown(server, "pot.example") == fingerprint(pot[0])
    assert not list(server.data.glob("tls-*"))


def test_certificates_that_cannot_be_used(start, tmp_path):
    good = make_certificate(tmp_path / "certs", "tea.example")
    other = make_certificate(tmp_path / "certs", "pot.example")
    garbage = tmp_path / "garbage"
    garbage.write_text("a teapot\n")
    for pair, words in [
            ((tmp_path / "none", good[1]), "cannot read"),
            ((garbage, good[1]), "garbage is not a certificate in PEM form"),
            ((good[0], garbage), "garbage is not a key in PEM form"),
            ((good[0], other[1]), "pot.example.key does not belong to the certificate"),
            ((good[0], ""), "tls.cert and tls.key go together")]:
        server = start(listen=LISTEN, sets=given(pair), wait=False)
        assert words in server.failed()


def test_an_expired_certificate_is_used_and_logged(start, tmp_path):
    cert, key = make_certificate(tmp_path / "certs", "tea.example")
    expired = tmp_path / "expired"
    openssl("x509", "-in", cert, "-signkey", key, "-days", -1, "-out", expired)
    server = start(listen=LISTEN, sets=given((expired, key)))
    server.wait_log(f'certificate-expired file="{expired}"')
    assert shown(server) == fingerprint(expired)


# SIGHUP

def test_reload_takes_what_is_good_and_nothing_else(start, tmp_path):
    cert, key = make_certificate(tmp_path / "certs", "tea.example")
    server = start(listen=LISTEN, sets=given((cert, key)))
    first = fingerprint(cert)
    guest = IrcClient(server, "客人")

    good = cert.read_bytes()
    for content, words in [(b"a teapot\n", "not a certificate"), (b"", "not a certificate"),
                           (None, "No such file")]:
        cert.unlink()
        if content is not None:
            cert.write_bytes(content)
        known = len(server.log.lines)
        os.kill(server.pid, signal.SIGHUP)
        assert server.log.wait(lambda line: "tls-reload-failed" in line and words in line, start=known)
        assert shown(server) == first
        cert.write_bytes(good)

    new = make_certificate(tmp_path / "new", "tea.example")
    new[0].replace(cert)
    known = len(server.log.lines)
    os.kill(server.pid, signal.SIGHUP)
    assert server.log.wait(lambda line: "tls-reload-failed" in line and "does not belong" in line,
                           start=known)
    assert shown(server) == first
    new[1].replace(key)
    os.kill(server.pid, signal.SIGHUP)
    server.wait_log(f"tls-reloaded fingerprint={fingerprint(cert)}")
    newcomer = IrcClient(server, "新客")
    assert shown(server) == fingerprint(cert) != first
    guest.sync()
    newcomer.say("PRIVMSG 客人 :你好")
    guest.until("PRIVMSG", "你好")


def test_reload_while_everyone_comes(house):
    """Each gets the old one or the new one, whole."""
    with Crowd(house, IrcGuest) as crowd:
        guests = []
        for group in range(20):
            os.kill(house.pid, signal.SIGHUP)
            guests += crowd.enter([f"客{group}·{n}" for n in range(5)])
        guests[0].say("都来了")
        crowd.everyone_hears(" :都来了\r\n", guests)
        assert not any(guest.gone for guest in guests)


def test_reload_without_tls(start):
    server = start()
    os.kill(server.pid, signal.SIGHUP)
    server.wait_log("configuration-reloaded")
    LineClient(server, "客人").ask("/who", "客人")


def test_a_server_ends_with_its_terminal(tmp_path):
    """The window is closed that it was started in: SIGHUP, and no terminal any more."""
    server = Server(tmp_path / "data")
    terminal, inside = pty.openpty()
    process = subprocess.Popen(["setsid", "-c", *server.command], stdin=inside, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    os.close(inside)
    try:
        out = Lines(process.stdout)
        assert out.wait(lambda line: line == "ready"), process.stderr.read()
        os.close(terminal)
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()
        out.join()
        process.stdout.close()
        process.stderr.close()


# Handshakes

@pytest.mark.parametrize("said, reason", [
    (b"NICK tea\r\nUSER tea 0 * :tea\r\n", "wrong version number"),
    (b"GET / HTTP/1.1\r\n\r\n", "http request"),
    (b"", "ended during the handshake")])
def test_what_is_no_handshake(house, said, reason):
    with socket.create_connection(house.address, PATIENCE) as sock:
        came = b""
        sock.sendall(said)
        with contextlib.suppress(OSError):  # it may be over already
            sock.shutdown(socket.SHUT_WR)
            while data := sock.recv(4096):
                came += data
        assert b"teahouse" not in came
    assert " conn=" in house.wait_log(f'reason="{reason}"')
    IrcClient(house, "客人").sync()


@pytest.mark.slow
def test_handshakes_that_never_end(house):
    """Ten seconds each; others come and go meanwhile."""
    began = time.monotonic()
    hello = bytes.fromhex("1603010200010001fc0303")
    slow = [socket.create_connection(house.address, PATIENCE) for _ in range(50)]
    for number, sock in enumerate(slow):
        sock.sendall(hello[:number % len(hello)])
    IrcClient(house, "客人").sync()
    assert time.monotonic() - began < 5 or PATIENCE > 10
    for sock in slow:
        assert readable(sock, 10 + PATIENCE)
        sock.close()
    assert time.monotonic() - began > 9
    house.stop()
    assert sum("handshake took too long" in line for line in house.log.lines) == len(slow)


@pytest.mark.parametrize("version, taken", [("tls1_1", False), ("tls1_2", True), ("tls1_3", True)])
def test_versions(house, version, taken):
    host, port = house.address
    run = subprocess.run(["openssl", "s_client", "-connect", f"{host}:{port}", f"-{version}",
                          "-cipher", "ALL:@SECLEVEL=0"], stdin=subprocess.DEVNULL, timeout=PATIENCE,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert (run.returncode == 0) == taken, run.stdout.decode()
    if not taken:
        house.wait_log('tls-failed conn=')


def test_certificates_of_guests(house, tmp_path):
    """Any is taken, and so is none."""
    context = any_server()
    context.load_cert_chain(*make_certificate(tmp_path / "certs", "guest.example"))
    sock = connect(house, context=context)
    sock.sendall("NICK 客人\r\nUSER guest 0 * :A guest\r\n".encode())
    assert readable(sock, PATIENCE) and b" 001 " in sock.recv(65536)
    sock.close()
    IrcClient(house, "别的客人").sync()


def test_resumption_by_ticket(house):
    context = any_server()
    first = connect(house, context=context)
    first.sendall(b"PING x\r\n")
    assert readable(first, PATIENCE)  # the ticket came before that
    again = connect(house, context=context, session=first.tls.session)
    assert again.tls.session_reused and not first.tls.session_reused
    first.close()
    again.close()


def test_half_of_them_vanish_at_once(house):
    with Crowd(house, IrcGuest) as crowd:
        guests = crowd.enter([f"客{n}" for n in range(200)])
        for guest in guests[::2]:
            guest.say("我先走了")
            guest.vanish()
        rest = guests[1::2]
        late = crowd.enter(["说书人"])[0]
        late.say("还剩谁？")
        crowd.everyone_hears(" :还剩谁？\r\n", rest)
        assert not any(guest.gone for guest in rest)


# Clients

def test_openssl_s_client(house):
    """A person with nothing but openssl."""
    host, port = house.address
    process = subprocess.Popen(["openssl", "s_client", "-quiet", "-connect", f"{host}:{port}"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    lines = Lines(process.stdout)
    try:
        process.stdin.write("NICK 客人\nUSER guest 0 * :A guest\n".encode())
        process.stdin.flush()
        assert lines.wait(lambda line: " 422 " in line), lines.text()
        process.stdin.write(b"QUIT\n")
        process.stdin.flush()
        assert lines.wait(lambda line: line.startswith("ERROR ")), lines.text()
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        lines.join()
        process.stdout.close()


@pytest.mark.parametrize("kind", TLS_CLIENTS, ids=lambda kind: kind.__name__)
def test_clients(start, tmp_path, kind):
    """They know the server by its certificate, and talk with somebody who has nc."""
    server = start(listen=("plain://127.0.0.1:0", *LISTEN))
    folder = tmp_path / "wang"
    folder.mkdir()
    with LineClient(server, "老李") as guest:
        guest.ask(f"/join {ROOM}", entered("老李").strip())
        client = kind(folder, server, "wang", ROOM)
        try:
            guest.until(entered("wang").strip())
            client.wait_in()
            client.say("大家好，来一壶龙井！")
            guest.until("wang:大家好，来一壶龙井！")
            guest.say("好嘞，这就来")
            client.shows("好嘞，这就来")
            client.quit()
            guest.until(left("wang").strip())
            client.wait_end()
        finally:
            client.close()
