"""Every transcript of tests/wire is played against a server of its own."""

import os

import pytest

import transcript

pytestmark = pytest.mark.wire


NAMES = sorted(path.stem for path in transcript.WIRE.glob("*.txt"))


@pytest.mark.parametrize("name", NAMES)
def test_wire(name, start, tmp_path):
    play(transcript.Transcript(transcript.WIRE / f"{name}.txt"), start, tmp_path)


# What TLS adds has tests of its own, under sanitizers as well.
@pytest.mark.skipif(os.environ.get("TEAHOUSE_BUILD") in ("asan", "tsan"), reason="takes long")
@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("irc_")])
def test_wire_in_tls(name, start, tmp_path):
    play(transcript.Transcript(transcript.WIRE / f"{name}.txt", tls=True), start, tmp_path)


def play(script, start, tmp_path):
    server = script.start(start, tmp_path)
    player = transcript.Player(script, server)
    problem = None
    try:
        player.play()
    except transcript.Mismatch as mismatch:
        problem = f"{mismatch}\n  the server's log:\n{server.log.text()[-2000:]}"
    finally:
        player.close()
    if problem:
        pytest.fail(problem, pytrace=False)
