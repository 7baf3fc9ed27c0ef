"""What every system test gets: a server of its own, a folder of its own, enough descriptors."""

import resource
import sys
from pathlib import Path

import pytest

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
pytest.register_assert_rewrite("teahouse", "seed", "crowd", "transcript", "disk", "ircguest", "crash",
                             "proxy", "driven", "irc_clients", "joiner", "faulty")

import teahouse  # noqa: E402: the line above must come first


def pytest_configure(config):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def pytest_sessionstart(session):
    if session.config.option.collectonly:
        return
    if not teahouse.PROGRAM.exists():
        pytest.exit(f"there is no {teahouse.PROGRAM}: build it with ./test, or set TEAHOUSE_BIN", 2)


@pytest.fixture
def start(tmp_path):
    """start(**options) starts a server whose data live in this test's folder. See teahouse.Server.

    Whatever still runs at the end of the test is asked to stop, and must do so with exit code 0
    and without a sanitizer's report."""
    servers = []

    def go(*, data=None, wait=True, **options):
        server = teahouse.Server(data or tmp_path / "data", **options)
        servers.append(server)
        server.start(wait=wait)
        return server

    yield go
    problems = []
    for server in reversed(servers):
        try:
            server.stop()
        except AssertionError as problem:
            problems.append(str(problem))
        finally:
            server.discard()
    assert not problems, "\n".join(problems)


@pytest.fixture(params=["irc", "ircs"])
def listen(request):
    """A test that takes this runs twice: its guests, ircguest.py's, speak IRC, and then IRC in TLS."""
    return (f"{request.param}://127.0.0.1:0",)


@pytest.fixture
def server(start):
    """A server with nothing special about it."""
    return start()


@pytest.fixture
def shim():
    """The test-only server whose disk obeys the test."""
    if not teahouse.SHIM:
        pytest.skip("TEAHOUSE_SHIM is not set: no server whose disk obeys the test")
    return teahouse.SHIM
