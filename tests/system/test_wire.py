"""Every transcript of tests/wire is played against a server of its own."""

import pytest

import transcript

pytestmark = pytest.mark.wire


@pytest.mark.parametrize("name", sorted(path.stem for path in transcript.WIRE.glob("*.txt")))
def test_wire(name, start, tmp_path):
    script = transcript.Transcript(transcript.WIRE / f"{name}.txt")
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
