"""What people of IRC are told when the disk takes nothing: it cannot be said in a transcript."""

import pytest

from teahouse import Deadline, LineClient

pytestmark = pytest.mark.crash


class Guest(LineClient):
    def __init__(self, server, nick, caps=""):
        super().__init__(server, address=server.address_of("irc"))
        self.name = nick
        self.tell(f"CAP REQ :{caps}" if caps else "CAP LS", f"NICK {nick}",
                  f"USER {nick} 0 * :{nick}", "CAP END")
        self.until(" 422 ")

    def tell(self, *lines):
        self.send("".join(f"{line}\r\n" for line in lines))

    def asks(self, line):
        """All that is answered, without the line ends."""
        self.tell(line, "PING done")
        return [line.rstrip("\r") for line in self.until("PONG")[:-1]]


@pytest.fixture
def broken(start, shim, listen, tmp_path):
    """A server with two in #r, whose disk is broken from here on."""
    switch = tmp_path / "switch"
    server = start(program=shim, listen=listen, env={"SHIM_FAIL": str(switch)},
                   sets={"server.lang": "en"})
    a = Guest(server, "a", "labeled-response batch draft/chathistory standard-replies")
    b = Guest(server, "b")
    a.tell("JOIN #r")
    a.until("End of /NAMES")
    b.tell("JOIN #r")
    b.until("End of /NAMES")
    a.until("JOIN #r")
    switch.write_text("full\n")
    a.asks("PRIVMSG #r :the first to fail")
    yield a, b
    switch.unlink()


# Shows: FAIL * CANNOT_STORE
def test_what_cannot_be_stored_is_said_to_nobody(broken):
    a, b = broken
    why = "Not sent: the server's disk takes nothing just now, please try again later"
    assert a.asks("@label=1 PRIVMSG #r :x") == [f"@label=1 :teahouse.local 404 a #r :{why}"]
    assert a.asks("PRIVMSG b :x") == [f":teahouse.local FAIL PRIVMSG CANNOT_STORE b :{why}"]
    assert a.asks("NOTICE #r :x") == [f":teahouse.local FAIL NOTICE CANNOT_STORE #r :{why}"]
    assert a.asks("TOPIC #r :x") == [f":teahouse.local FAIL TOPIC CANNOT_STORE #r :{why}"]
    assert b.asks("NOTICE #r :x") == [f":teahouse.local NOTICE b :{why}"]


# Shows: NOTE * NOT_STORED
def test_a_room_can_be_governed_all_the_same(broken):
    a, b = broken
    words = "Done, but not stored: the server's disk takes nothing just now"
    change, note = a.asks("MODE #r +m")
    assert change.endswith(" MODE #r +m")
    assert note == f":teahouse.local NOTE MODE NOT_STORED #r :{words}"
    assert b.line().endswith(" MODE #r +m\r")
    kick, note = a.asks("KICK #r b :out")
    assert kick.endswith(" KICK #r b :out")
    assert note == f":teahouse.local NOTE KICK NOT_STORED #r :{words}"
    assert b.line().endswith(" KICK #r b :out\r")


def test_operators_hear_of_it(start, shim, listen, tmp_path):
    switch = tmp_path / "switch"
    server = start(program=shim, listen=listen, env={"SHIM_FAIL": str(switch)},
                   sets={"oper.eve.password": "tea"})
    a = Guest(server, "a")
    a.tell("OPER eve tea", "MODE a +s", "JOIN #r")
    a.until("End of /NAMES")
    switch.write_text("full\n")
    a.tell("PRIVMSG #r :x")
    a.until("NOTICE a :*** the disk takes nothing: nothing new can be said")
    switch.unlink()
    a.until("NOTICE a :*** the disk takes everything again")


def test_history_is_read_while_the_disk_stalls(start, shim, listen, tmp_path):
    switch = tmp_path / "switch"
    server = start(program=shim, listen=listen, env={"SHIM_STALL": str(switch)})
    a, b = Guest(server, "a"), Guest(server, "b", "batch draft/chathistory")
    a.tell("JOIN #r", "PRIVMSG #r :before")
    a.asks("PING a")
    b.tell("JOIN #r")
    b.until("End of /NAMES")
    switch.touch()
    a.tell("PRIVMSG #r :on its way")
    deadline = Deadline(1)
    for _ in range(10):
        *_, said, _ = b.asks("CHATHISTORY LATEST #r * 10")
        assert said.endswith(" before")
    assert not deadline.passed()
    switch.unlink()
    b.until("on its way")
