"""The parser agrees with the vectors that those who write IRC software share.

They are https://github.com/ircdocs/parser-tests, in the public domain (CC0), and no part of this
tree: they run where they are in ../shared/specs/parser-tests/tests, or in the folder that
PARSER_VECTORS names.

msg-split    each input becomes its atoms.
msg-join     the server has no function that joins any atoms: each kind of line is written where it
             is known what is in it. What is checked is that every accepted way of writing the atoms
             is read as those atoms.
mask-match   belongs to the masks, not to lines.
userhost-split, validate-hostname
             do not apply: the server takes nobody's word for a user name's or a host's shape, it
             makes them itself.

One exception holds for all: verbs are compared in capital letters, as the parser returns them."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml

import teahouse

FOLDER = Path(os.environ.get("PARSER_VECTORS")
              or teahouse.ROOT.parent / "shared/specs/parser-tests/tests")

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"there is no {FOLDER}")


def vectors(name):
    """Each line of a file with the atoms it is made of."""
    path = FOLDER / name
    if not path.exists():
        return []
    tests = yaml.safe_load(path.read_text())["tests"]
    return [(line, test["atoms"]) for test in tests
            for line in test.get("matches") or [test["input"]]]


def parse(line):
    """The atoms as line_tool, and so the server, finds them."""
    tool = Path(teahouse.SHIM).parents[1] / "unit" / "line_tool"
    output = subprocess.run([tool], input=f"{line}\n".encode(), stdout=subprocess.PIPE, check=True,
                            timeout=30).stdout.decode()
    parts = output.split("\0")
    assert parts[-2:] == [".", ""], "one line was read to its end"
    atoms = {"tags": {}, "params": []}
    for what, part in ((part[0], part[1:]) for part in parts[:-2]):
        if what == "t":
            key = part
        elif what == "=":
            atoms["tags"][key] = part
        elif what == "p":
            atoms["params"].append(part)
        else:
            atoms[{"s": "source", "v": "verb"}[what]] = part
    return atoms


def check(line, atoms):
    assert parse(line) == {
        "tags": atoms.get("tags") or {},
        "source": atoms.get("source") or "",
        "verb": atoms["verb"].upper(),
        "params": atoms.get("params") or [],
    }


@pytest.mark.usefixtures("shim")
@pytest.mark.parametrize("line, atoms", vectors("msg-split.yaml"), ids=repr)
def test_split(line, atoms):
    check(line, atoms)


@pytest.mark.usefixtures("shim")
@pytest.mark.parametrize("line, atoms", vectors("msg-join.yaml"), ids=repr)
def test_join(line, atoms):
    check(line, atoms)


@pytest.mark.usefixtures("shim")
def test_no_verb_is_no_line():
    assert parse(":source") == {"tags": {}, "params": []}
