"""WEBIRC in TLS: whoever a gateway brings came securely only if all of the way was."""

import pytest

from ircguest import IrcClient

pytestmark = pytest.mark.wire

SETS = {"webirc.kiwi.password": "tea", "webirc.kiwi.hosts": "127.0.0.1"}


@pytest.mark.parametrize("scheme, options, secure", [
    ("ircs", ":local-port=6697 secure", True), ("ircs", "secure=yes", True), ("ircs", "", False),
    ("ircs", ":insecure secured=1", False), ("irc", "secure", False)])
def test_secure_is_what_both_are(start, scheme, options, secure):
    server = start(listen=(f"{scheme}://127.0.0.1:0",), sets=SETS)
    client = IrcClient(server)
    client.say(f"WEBIRC tea kiwi tea.example 198.51.100.3 {options}")
    client.say("NICK a\r\nUSER a 0 * :a")
    client.until("422")
    client.say("WHOIS a")
    assert ("671" in [message.command for message in client.until("318")]) == secure
