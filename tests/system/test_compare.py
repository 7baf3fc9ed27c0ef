"""What bench/run makes of reports: tables, goals that hold or not, and pictures. The reports are made
up; that servers can be measured is test_bench.py's and test_relay.py's business."""

import json
import math
import re
import sqlite3
import sys
import xml.etree.ElementTree

import pytest

from teahouse import ROOT

sys.path.insert(0, str(ROOT / "bench"))

import goals  # noqa: E402: the line above must come first
import machine  # noqa: E402
import measure  # noqa: E402
import past  # noqa: E402
import plot  # noqa: E402
import servers  # noqa: E402
import table  # noqa: E402
import workloads  # noqa: E402
from reports import Missing, Reports  # noqa: E402


def made_up(**figures):
    """Reports of three runs of everything, all with these figures: key=value for all servers,
    key={"server": value} for one each."""
    reports = Reports()
    for workload in workloads.WORKLOADS:
        for server in workload.servers:
            one = {key: value.get(server, 1) if isinstance(value, dict) else value
                   for key, value in figures.items()}
            for factor in (0.5, 1, 2):
                reports.add(workload.key, server, {key: value * factor for key, value in one.items()})
    return reports


def held(reports, beginning):
    rows = [row for row in goals.rows(reports) if row[0].startswith(beginning)]
    assert len(rows) == 1, beginning
    return rows[0][3]


def test_every_goal_asks_for_a_figure_that_the_table_shows():
    class Recorder(Reports):
        asked = set()

        def median(self, workload, server, figure):
            self.asked.add((workload, server, figure))
            return 1.0

    goals.rows(Recorder())
    in_sentences = {("disk", "this disk", "sync_p99_us"), ("history-first", "teahouse", "first_ms"),
                    ("start-empty", "teahouse", "ready_ms")}
    for key, server, figure in Recorder.asked - in_sentences:
        workload = workloads.find(key)
        assert server in workload.servers
        assert figure in [shown.key for shown in workload.figures]


def test_a_long_past_is_written_as_the_store_has_it(tmp_path):
    past.write(tmp_path / "data", 4321)
    db = sqlite3.connect(tmp_path / "data/history.db")
    rooms = db.execute("SELECT room, count(*), min(seq), max(seq), count(DISTINCT id) FROM msg"
                       " GROUP BY room").fetchall()
    assert sum(row[1] for row in rooms) == 4321 and len(rooms) == past.ROOMS + 1
    assert all(first == 1 and count == last == ids for _, count, first, last, ids in rooms)
    assert rooms[0][1] == 432
    assert db.execute("SELECT min(id), max(id), count(DISTINCT id) FROM msg").fetchone() == (1, 4321, 4321)
    assert db.execute("SELECT count(*) FROM msg a JOIN msg b ON b.room = a.room AND b.seq = a.seq + 1"
                      " WHERE b.id <= a.id OR b.ms <= a.ms").fetchone() == (0,)
    assert db.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'msg_id'").fetchone() == (1,)
    db.close()


def test_workloads_name_servers_that_exist():
    known = [kind.name for kind in servers.SERVERS]
    for workload in workloads.WORKLOADS:
        assert set(workload.servers) <= set(known)
        assert set(workload.quick) <= set(workload.options)
        assert "{" not in str(workload)


@pytest.mark.parametrize("bare, holds", [(0.15, "yes"), (0.17, "no")])
def test_cpu_without_storing_may_be_a_fifth_above_the_relay_and_4_us_a_message(bare, holds):
    reports = made_up(cpu_us_per_delivery={"relay-writev": 0.1, "teahouse-bare": bare})
    assert held(reports, "CPU per delivery, nothing stored, 1 room of 100:") == holds


@pytest.mark.parametrize("stored, holds", [(0.7, "yes"), (0.75, "no")])
def test_storing_may_cost_12_us_a_message(stored, holds):
    reports = made_up(cpu_us_per_delivery={"teahouse-bare": 0.1, "teahouse": stored})
    assert held(reports, "what storing costs, per message, 100 rooms of 20") == holds


@pytest.mark.parametrize("ours, holds", [(0.29, "yes"), (0.31, "no")])
def test_the_best_peer_counts(ours, holds):
    reports = made_up(cpu_us_per_delivery={"teahouse": ours, "ngircd": 1, "inspircd": 2})
    assert held(reports, "CPU per delivery, stored, 1 room of 1000") == holds


@pytest.mark.parametrize("rate, holds", [(4001, "yes"), (3999, "no")])
def test_more_per_second_is_better(rate, holds):
    reports = made_up(clients_per_s={"teahouse": rate, "ngircd": 900, "inspircd": 1000})
    assert held(reports, "in per second, of 10 000: 4") == holds


@pytest.mark.parametrize("low, holds", [(6900, "yes"), (7100, "no")])
def test_latency_has_room_for_a_commit(low, holds):
    reports = made_up(latency_p50_us={"relay-writev": 5000, "teahouse": low},
                      echo_p50_us={"relay-writev": 100, "teahouse": 1100})
    assert goals.commit("echo_p50_us")(reports) == 1000
    assert goals.commit("echo_p50_us")(made_up(echo_p50_us={"relay-writev": 2})) == 0
    assert held(reports, "p50 at 10 messages/s") == holds


def test_what_was_not_measured_is_said_and_holds_nothing():
    rows = goals.rows(Reports())
    assert {row[3] for row in rows} == {"not measured"}
    assert "no ping_p99_us of relay-writev in ping" in [row[2] for row in rows]
    with pytest.raises(Missing):
        Reports().median("1x100", "teahouse", "cpu_us_per_delivery")


def test_the_page_shows_medians_ranges_and_failures():
    reports = made_up(cpu_us_per_delivery={"relay-writev": 0.125, "ngircd": 0.25})
    reports.failures.append(("ngircd", str(workloads.find("storm")), "only 7 came in"))
    reports.foreign = [0, 0.5, 1]
    page = table.page(reports, ["a machine"])
    assert page.startswith("a machine\nOther work on the machine: 0.5 cores by median, 1.0 at worst.\n")
    assert "| ngircd | 0.250 [0.125..0.500] | – | – | – | – | 2.00 |" in page
    assert "- ngircd, storm of 10000 into rooms of 50: only 7 came in" in page
    for line in page.splitlines():
        assert not line.startswith("|") or line.endswith("|")


def test_reports_are_kept_as_they_are(tmp_path):
    reports = Reports()
    reports.add("storm", "teahouse", {"seconds": 1.5})
    reports.failures.append(("teahouse", "storm", "why"))
    reports.save(tmp_path / "reports.json")
    assert json.loads((tmp_path / "reports.json").read_text()) == {
        "reports": [["storm", "teahouse", [{"seconds": 1.5}]]],
        "failures": [["teahouse", "storm", "why"]],
        "foreign": []}


def test_pictures_show_every_server_and_its_figure(tmp_path):
    reports = made_up(cpu_us_per_delivery={"ngircd": 7.5}, anonymous_per_client=1234, seconds=0.25,
                      latency_p50_us=5000, latency_p99_us=20000)
    plot.write(reports, tmp_path)
    for name in ("cpu.svg", "memory.svg", "storm.svg", "latency.svg"):
        xml.etree.ElementTree.parse(tmp_path / name)
    cpu = (tmp_path / "cpu.svg").read_text()
    for server in workloads.ALL:
        assert cpu.count(f">{server}<") == 3
    assert cpu.count(">7.50<") == 3
    assert "1 234" in (tmp_path / "memory.svg").read_text()
    assert "5.00 / 20.0" in (tmp_path / "latency.svg").read_text()


def test_no_picture_without_figures(tmp_path):
    plot.write(Reports(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_bar_is_as_long_as_the_logarithm_of_its_value():
    scale = plot.Scale([plot.Bar("a", 1), plot.Bar("b", 10), plot.Bar("c", 2, 100)])
    assert math.isclose(scale.x(10) - scale.x(1), scale.x(100) - scale.x(10))
    assert scale.low < 1 and plot.LEFT < scale.x(1) < scale.x(100) < plot.WIDTH - plot.RIGHT
    assert scale.marks() == [0.5, 1, 2, 5, 10, 20, 50, 100]


def test_workloads_are_chosen_by_how_their_names_begin():
    assert [w.key for w in workloads.chosen(["sus", "ping"])] == [
        "ping", "sustained-1", "sustained-100", "sustained-1000"]
    assert workloads.chosen([]) == workloads.WORKLOADS
    with pytest.raises(KeyError):
        workloads.chosen(["pong"])


def test_how_evenly_two_threads_work():
    assert measure.io_share([1, 2], [2, 5]) == 25
    assert measure.io_share([1, 1], [1, 1]) == 0


def test_the_disk_and_the_threads_are_read(tmp_path):
    report = machine.sync_report(tmp_path)
    assert 0 < report["sync_p50_us"] <= report["sync_p99_us"] and not list(tmp_path.iterdir())
    with open("/proc/self/comm") as comm:
        name = comm.read().strip()
    assert sum(machine.thread_seconds("self", name)) > 0
    assert machine.thread_seconds("self", "nobody's name") == []
    assert re.search(r"\d+ cores, kernel \d", machine.in_words(tmp_path))
