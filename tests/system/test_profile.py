"""What bench/profile and bench/connections make of what perf, callgrind and the kernel say."""

import sys
from collections import Counter

import pytest

from teahouse import PROGRAM, ROOT

sys.path.insert(0, str(ROOT / "bench"))

import connections  # noqa: E402: the line above must come first
import measure  # noqa: E402
import servers  # noqa: E402
import shares  # noqa: E402
import workloads  # noqa: E402

PERF = """\
io    12
\tffffffff81b6c5e0 _copy_from_iter+0x40 ([kernel.kallsyms])
\tffffffff81e31e7b __sys_sendmsg ([kernel.kallsyms])
\tffffffff81000130 entry_SYSCALL_64_after_hwframe ([kernel.kallsyms])
\t          10ac4d __libc_sendmsg (/usr/lib/libc.so.6)

teahouse    10
\t    55d226753c88 chat_apply (/build/teahouse)

teahouse    13
\tffffffff81e31e7b __x64_sys_fdatasync ([kernel.kallsyms])

writer    14
\t          10ac4d sqlite3VdbeExec (/usr/lib/libsqlite3.so.0.8.6)

io    12
\t          10ac4d _int_malloc (/usr/lib/libc.so.6)

io    12
\tffffffff81e31e7b handle_softirqs ([kernel.kallsyms])
\tffffffff81e31e7b asm_sysvec_apic_timer_interrupt ([kernel.kallsyms])
"""

CALLGRIND = """\
# callgrind format
events: Ir

ob=(1) /build/teahouse
fl=(1) ../src/core/apply.c
fn=(1) chat_apply
12 100
+3 20
cob=(2) /usr/lib/libc.so.6
cfi=(2) ./malloc/malloc.c
cfn=(2) malloc
calls=1 5
* 5000
fi=(3) /somewhere/src/base/table.c
-2 7
fe=(1)
14 1

ob=(2)
fl=(2)
fn=(2)
5 4000
"""


def test_samples_of_perf_get_a_thread_and_a_module():
    files = {"chat_apply": "/somewhere/src/core/apply.c"}
    found = [(thread, shares.perf_module(chain, files, "/build/teahouse"))
             for thread, chain in shares.perf_samples(PERF, 10)]
    assert found == [("io", "kernel: sending"), ("core", "the chat (core)"),
                     ("checkpoint", "kernel: the disk"), ("writer", "SQLite"), ("io", "malloc"),
                     ("io", "kernel: interrupts and faults")]


def test_callgrind_counts_what_a_function_does_itself(tmp_path):
    assert list(shares.callgrind_costs(CALLGRIND)) == [
        ("/build/teahouse", "../src/core/apply.c", "chat_apply", 100),
        ("/build/teahouse", "../src/core/apply.c", "chat_apply", 20),
        ("/build/teahouse", "/somewhere/src/base/table.c", "chat_apply", 7),
        ("/build/teahouse", "../src/core/apply.c", "chat_apply", 1),
        ("/usr/lib/libc.so.6", "./malloc/malloc.c", "malloc", 4000)]
    (tmp_path / "out-02").write_text(CALLGRIND)
    assert shares.callgrind_count(tmp_path, "/build/teahouse") == {
        ("thread 2", "the chat (core)"): 121, ("thread 2", "tables, queues, text (base)"): 7,
        ("thread 2", "malloc"): 4000}


def test_every_folder_of_the_program_is_some_module():
    for path in (ROOT / "src").rglob("*.c"):
        if path.relative_to(ROOT / "src").parts[0] not in ("bench", "client", "main.c"):
            assert shares.of_file(str(path)) != "other code", path


def test_functions_are_found_in_their_files():
    files = shares.source_files(PROGRAM)
    assert files["group_send"].endswith("src/net/group.c")


def test_shares_add_up():
    counted = Counter({("io", "kernel: sending"): 700, ("core", "malloc"): 297, ("io", "TLS"): 3})
    head, _, *rows = shares.shares(counted, 1)
    assert head == "| of all CPU time, % | io | core | all | µs per delivery |"
    assert rows == ["| kernel: sending | 70.0 |  | 70.0 | 0.700 |",
                    "| malloc |  | 29.7 | 29.7 | 0.297 |",
                    "| the rest | 0.3 |  | 0.3 | 0.003 |",
                    "| all | 70.3 | 29.7 | 100.0 | 1.000 |"]
    assert "µs" not in shares.shares(counted, None)[0]


@pytest.fixture
def built(monkeypatch, tmp_path):
    """The servers of bench/ are those of this build."""
    for module in (servers, measure):
        monkeypatch.setattr(module, "BUILD", PROGRAM.parent)
    monkeypatch.setattr(servers.Teahouse, "__init__",
                        lambda self, folder, cpu=None, init=servers.Teahouse.__init__:
                        init(self, folder, cpu, tmp_path / "data"))


@pytest.mark.parametrize("kind", [servers.RelayWritev, servers.TeahouseTwoThreads])
def test_a_server_is_measured(built, kind):
    workload = workloads.Workload("tiny", "", "fanout", {
        "rooms": 4, "members": 5, "messages": 100, "warmup-ms": 0}, [], [])
    report = measure.run(kind, workload)
    assert report["deliveries"] == 4 * 4 * 100
    assert ("io_share_percent" in report) == (kind is servers.TeahouseTwoThreads)


def test_what_the_load_generator_complains_of_is_a_failure(built):
    workload = workloads.Workload("tiny", "", "fanout", {"members": 1}, [], [])
    with pytest.raises(servers.Failed, match="a room needs two members"):
        measure.run(servers.RelaySend, workload)


def test_connections_are_opened_until_a_limit_is_met(built):
    said = connections.run(servers.Teahouse, 1000, 300, "a reason")
    assert "300 idle connections; stopped by descriptors: a process may have 500 (a reason)." in said
    said = connections.run(servers.Teahouse, 200, 300, "a reason")
    assert "200 idle connections; stopped by nothing." in said
    assert "A million of them would take" in said


def test_many_processes_share_the_connections(built, tmp_path):
    with servers.RelayWritev(tmp_path) as server:
        crowd = connections.Crowd(server.port, 40, 8)
        try:
            assert crowd.grow(30, 10) is None and crowd.grow(100, 10) is None
            assert crowd.count == 100 and len(crowd.processes) == 3
            server.process.kill()
            assert "with" in crowd.grow(140, 10)
        finally:
            crowd.close()
