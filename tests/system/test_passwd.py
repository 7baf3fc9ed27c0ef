"""teahouse passwd: from a pipe and at a terminal."""

import os
import pty
import signal
import subprocess
import termios

import pytest

from teahouse import PATIENCE, PROGRAM, Deadline, readable

PREFIX = "$argon2id$v=19$m=19456,t=2,p=1$"


def passwd(typed, *args):
    return subprocess.run([PROGRAM, "passwd", *args], input=typed, capture_output=True,
                          timeout=PATIENCE)


class Terminal:
    """teahouse passwd with a terminal of its own, which also is where its errors go."""

    def __init__(self):
        self.fd, self.end = pty.openpty()
        self.shown = b""
        self.process = subprocess.Popen(
            [PROGRAM, "passwd"], stdin=self.end, stdout=subprocess.PIPE, stderr=self.end,
            preexec_fn=self._take, start_new_session=True)

    def _take(self):
        os.close(os.open(os.ttyname(0), os.O_RDWR))  # the first one opened controls the session

    def until(self, text):
        deadline = Deadline()
        while text.encode() not in self.shown:
            assert readable(self.fd, deadline.left()), f"no {text!r} in {self.shown!r}"
            self.shown += os.read(self.fd, 4096)

    def answer(self, prompt, text):
        """Once the prompt is shown, nothing that is typed is."""
        self.until(prompt)
        os.write(self.fd, text)

    def echoes(self):
        return bool(termios.tcgetattr(self.end)[3] & termios.ECHO)

    def ended(self):
        out, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out.decode()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()
        os.close(self.fd)
        os.close(self.end)


@pytest.fixture
def terminal():
    it = Terminal()
    yield it
    it.close()


@pytest.mark.parametrize("typed", [b"x", b"x\n", b"x\nnot read\n", "茶 与 水\n".encode(), b" \n",
                                   b"x" * 1000 + b"\n"])
def test_prints_the_hash_of_one_line(typed):
    shown = passwd(typed)
    assert shown.returncode == 0 and not shown.stderr, shown
    assert shown.stdout.decode().startswith(PREFIX)
    assert len(shown.stdout.splitlines()) == 1


def test_no_two_hashes_are_alike():
    assert passwd(b"x\n").stdout != passwd(b"x\n").stdout


def test_serve_takes_the_hash(start):
    hashed = passwd(b"x\n").stdout.decode().strip()
    start(listen=["irc://127.0.0.1:0"],
          sets={"server.password_hash": hashed, "oper.alice.password_hash": hashed})


@pytest.mark.parametrize("typed, why", [
    (b"", b"at least one byte"), (b"\n", b"at least one byte"), (b"x" * 1001, b"at most 1000"),
    (b"x" * 100000 + b"\n", b"at most 1000"), (b"\xe8\x8c\n", b"UTF-8"), (b"a\0b\n", b"UTF-8")])
def test_password_that_cannot_be(typed, why):
    shown = passwd(typed)
    assert shown.returncode == 2 and why in shown.stderr and not shown.stdout, shown
    assert len(shown.stderr.splitlines()) == 1


def test_options():
    shown = passwd(b"", "--help")
    assert shown.returncode == 0 and b"usage: teahouse passwd" in shown.stdout
    shown = passwd(b"x\n", "tea")
    assert shown.returncode == 2 and b"tea" in shown.stderr and not shown.stdout


def test_terminal_asks_twice_and_shows_nothing(terminal):
    terminal.answer("new password: ", b"oolong\n")
    terminal.answer("once more: ", b"oolong\n")
    code, out = terminal.ended()
    assert code == 0 and out.startswith(PREFIX)
    assert b"oolong" not in terminal.shown and terminal.echoes()


def test_terminal_refuses_two_different_ones(terminal):
    terminal.answer("new password: ", b"oolong\n")
    terminal.answer("once more: ", b"green\n")
    assert terminal.ended() == (2, "")
    terminal.until("two different passwords")
    assert terminal.echoes()


# ThreadSanitizer puts a signal off while a program reads, for ever if nothing comes.
needs_signals = pytest.mark.skipif(os.environ.get("TEAHOUSE_BUILD") == "tsan",
                                   reason="this build sees no signal while it reads")


@needs_signals
@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_terminal_is_as_before_after_a_signal(terminal, sig):
    terminal.until("new password: ")
    assert not terminal.echoes()
    terminal.process.send_signal(sig)
    assert terminal.ended() == (-sig, "")
    assert terminal.echoes()


@needs_signals
def test_terminal_interrupted_by_its_own_key(terminal):
    terminal.answer("new password: ", b"ool\x03")
    assert terminal.ended() == (-signal.SIGINT, "")
    assert terminal.echoes()
