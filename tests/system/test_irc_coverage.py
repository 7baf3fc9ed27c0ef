"""Every command, numeric and capability of IRC is in some transcript of tests/wire.

A command counts when somebody sends it, a numeric when somebody expects it (what "enters as" reads
by itself proves nothing), a capability when somebody asks for it."""

import re

import pytest

import teahouse
import transcript

pytestmark = pytest.mark.wire

IRC = teahouse.ROOT / "src/protocols/irc"
SENT = re.compile(r"[\w ]+> (?:@\S+ +)?(?::\S+ +)?([A-Za-z]+)")
EXPECTED = re.compile(r"[\w ]+< (?:@\S+ )?:\S+ (\d{3}) ")
ASKED = re.compile(r"[\w ]+> (?:@\S+ +)?CAP REQ :?(.*)|\w+: enters as \S+ by irc with (.*)", re.I)


def named(file, pattern):
    """What a source file has: [name, ...] or [(name, …), ...]."""
    found = re.findall(pattern, (IRC / file).read_text(encoding="utf-8"), re.M)
    assert found, f"nothing in {file} looks like {pattern}"
    return found


def seen(pattern):
    """What the transcripts of IRC have, in capital letters."""
    lines = [line for path in sorted(transcript.WIRE.glob("irc_*.txt"))
             for line in path.read_text(encoding="utf-8").split("\n")]
    words = set()
    for match in filter(None, map(pattern.match, lines)):
        for group in filter(None, match.groups()):
            words.update(group.upper().split())
    return words


def test_every_command_is_sent():
    missing = set(named("commands.c", r'^\s*{ ROW\("([A-Z]+)"\),')) - seen(SENT)
    assert missing == set(), f"no transcript sends {', '.join(sorted(missing))}"


def test_every_numeric_is_expected():
    numerics = named("numerics.h", r"^\s*X\((\w+), (\d+),")
    expected = seen(EXPECTED)
    missing = [f"{int(number):03} {name}" for name, number in numerics
               if f"{int(number):03}" not in expected]
    assert missing == [], f"no transcript expects {', '.join(missing)}"


def test_every_capability_is_asked_for():
    missing = {cap for cap in named("caps.c", r'^\s*{ "([^"]+)", CAP_')
               if cap.upper() not in seen(ASKED)}
    assert missing == set(), f"no transcript asks for {', '.join(sorted(missing))}"


def test_no_two_capabilities_share_a_bit():
    for pattern in (r"^#define CAP_\w+ BIT64\((\d+)\)", r"^\s*IRC_\w+ = BIT\((.+)\),"):
        bits = named("irc.h", pattern)
        assert len(set(bits)) == len(bits), f"used twice: {bits}"
