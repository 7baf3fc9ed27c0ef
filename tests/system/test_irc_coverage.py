"""Every row of the tables of docs/IRC.md is in some transcript of tests/wire.

A command counts when somebody sends it, a numeric or a standard reply when somebody expects it (what
"enters as" reads by itself proves nothing), a capability when somebody asks for it, a token when
somebody expects it in 005 or reads up to it, a mode of rooms or an extended ban when somebody sends it, a mode of users
when somebody sends or expects it. What only another test can show has a comment there that says so:

    # Shows: FAIL REHASH RELOAD_FAILED, sts
"""

import importlib.machinery
import importlib.util
import re

import pytest

import teahouse
import transcript

pytestmark = pytest.mark.wire

IRC = teahouse.ROOT / "src/protocols/irc"
TESTS = teahouse.ROOT / "tests"

SENT = r"[\w ]+> (?:@\S+ +)?(?::\S+ +)?"
EXPECTED = r"[\w ]+< (?:@\S+ )?"
NUMERIC = EXPECTED + r":\S+ (?:%s) \S+ "
NICK = r"[^#\s]\S* :?"


def load_tables():
    loader = importlib.machinery.SourceFileLoader("irc_tables",
                                                  str(teahouse.ROOT / "tools/irc-tables"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("irc_tables", loader))
    loader.exec_module(module)
    return module


tables = load_tables()
lines = [line for path in sorted(transcript.WIRE.glob("irc_*.txt"))
         for line in path.read_text(encoding="utf-8").split("\n")]


def seen(*patterns):
    """What the groups of these match in the lines of the transcripts."""
    found = [re.match(pattern, line, re.I) for pattern in patterns for line in lines]
    return [text for match in filter(None, found) for text in filter(None, match.groups())]


def words(*patterns):
    return {word for text in seen(*patterns) for word in text.upper().split()}


def letters(*patterns):
    return {letter for text in seen(*patterns) for letter in text}


def shown_elsewhere():
    tests = [*TESTS.glob("system/test_*.py"), *TESTS.glob("unit/test_*.c")]
    marks = [re.findall(r"^(?:#|/\*) Shows: (.*?)(?: \*/)?$", path.read_text(encoding="utf-8"), re.M)
             for path in tests]
    return {name.strip().upper() for mark in marks for line in mark for name in line.split(",")}


def missing(rows, found, upper=True):
    """The names that were not found. upper: their case does not matter."""
    names = [name for name, _ in rows()]
    assert names
    elsewhere = shown_elsewhere()
    left = [name for name in names
            if (name.upper() if upper else name) not in found and name.upper() not in elsewhere]
    return "\n".join(left)


def test_every_command_is_sent():
    found = words(SENT + r"([A-Z]+)")
    assert missing(tables.commands, found) == ""


def test_every_numeric_is_expected():
    found = words(EXPECTED + r":\S+ (\d{3}) ")
    assert missing(tables.numerics, found) == ""


def test_every_standard_reply_is_expected():
    said = seen(EXPECTED + r":\S+ ((?:FAIL|WARN|NOTE) .*)")
    names = [name for name, _ in tables.replies()]
    found = set()
    for name in names:  # what is in front of the words may be left out
        shown = re.escape(name).replace(r"…\ ", r"(?:\S+ )*").replace("…", ".*").replace(r"\*", r"\S+")
        found |= {name} if any(re.fullmatch(shown, text) for text in said) else set()
    found |= {name for name in names if name.upper().startswith(tuple(shown_elsewhere()))}
    assert missing(tables.replies, found, upper=False) == ""


def test_every_capability_is_asked_for():
    found = words(SENT + "CAP REQ :?(.*)", r"\w+: enters as \S+ by irc with (.*)")
    assert missing(tables.capabilities, found) == ""


def test_every_token_is_expected():
    found = {word.partition("=")[0]
             for word in words(NUMERIC % "005" + "(.*)", r"\w+: reads up to (.*)")}
    assert missing(tables.tokens, found) == ""


def test_every_mode_of_rooms_is_sent():
    found = letters(SENT + r"(?:SA)?MODE #\S+ :?([-+A-Z]+)")
    assert missing(tables.room_modes, found, upper=False) == ""


def test_every_mode_of_users_is_seen():
    found = letters(SENT + f"MODE {NICK}([-+A-Z]+)", EXPECTED + rf":\S+ MODE {NICK}([-+A-Z]+)",
                    NUMERIC % "221" + r"\+([A-Z]+)", NUMERIC % "379" + r"\S+ .*\+([A-Z]+)")
    assert missing(tables.user_modes, found, upper=False) == ""


def test_every_extended_ban_is_sent():
    masks = seen(SENT + r"MODE #\S+ (.*)")
    found = {name for mask in masks for name in re.findall(r"~([a-z]+):", mask)}
    assert missing(tables.extended_bans, found, upper=False) == ""


def test_no_two_capabilities_share_a_bit():
    for pattern in (r"^#define CAP_\w+ BIT64\((\d+)\)", r"^\s*IRC_\w+ = BIT\((.+)\),"):
        bits = re.findall(pattern, (IRC / "irc.h").read_text(encoding="utf-8"), re.M)
        assert bits and len(set(bits)) == len(bits), f"used twice: {bits}"


def test_every_file_is_on_the_map():
    head, _, _ = (IRC / "irc.h").read_text(encoding="utf-8").partition("*/")
    files = {path.name for path in IRC.glob("*.c")}
    assert sorted(file for file in files if f" {file}" not in head) == []
