"""What is asked of the figures. A goal compares medians of the same run, since a machine is never as
fast twice: most of them say how many times the relay's or the best peer's figure is allowed."""

import workloads
from reports import Missing

RELAY = "relay-writev"
MS = 1000.0  # µs
KIB = 1024.0
TITLES = {"1x100": "1 room of 100", "1x1000": "1 room of 1000", "100x20": "100 rooms of 20"}


class Goal:
    """measured, and the limit most or least, are numbers or functions of the reports."""

    def __init__(self, name, measured, *, most=None, least=None, unit="", divisor=1, decimals=2):
        self.name, self.measured, self.most, self.least = name, measured, most, least
        self.unit, self.divisor, self.decimals = unit, divisor, decimals

    def text(self, value):
        return f"{value / self.divisor:.{self.decimals}f} {self.unit}".rstrip()

    def row(self, reports):
        """[goal, asked, measured, whether it holds]; who measured nothing has not failed."""
        limit, words = (self.most, "≤") if self.most is not None else (self.least, "≥")
        try:
            asked, measured = (what(reports) if callable(what) else what
                               for what in (limit, self.measured))
        except Missing as problem:
            return [self.name, "–", f"no {problem}", "not measured"]
        holds = measured <= asked if words == "≤" else measured >= asked
        return [self.name, f"{words} {self.text(asked)}", self.text(measured), "yes" if holds else "no"]


def figure(workload, server, key):
    return lambda reports: reports.median(workload, server, key)


def times(factor, what):
    return lambda reports: factor * what(reports)


def best_peer(workload, key, better=min):
    def find(reports):
        known = [value for peer in workloads.PEERS
                 if (value := reports.median_or_none(workload, peer, key)) is not None]
        if not known:
            raise Missing(f"{key} of a peer in {workload}")
        return better(known)
    return find


def ratio(workload, key, one, other):
    return lambda reports: reports.median(workload, one, key) / reports.median(workload, other, key)


def commit(key):
    """What one message alone costs for being stored, µs: its echo's time without the relay's, which on
    a busy machine may have been the longer one."""
    return lambda reports: max(0.0, reports.median("quiet", "teahouse", key) -
                               reports.median("quiet", RELAY, key))


def listeners(workload):
    return workloads.find(workload).options["members"] - 1


def cpu_without_storing(workload):
    key, count = "cpu_us_per_delivery", listeners(workload)
    return [
        Goal(f"CPU per delivery, nothing stored, {TITLES[workload]}: 1.2 × relay + 4 µs a message",
             figure(workload, "teahouse-bare", key),
             most=lambda reports: 1.2 * reports.median(workload, RELAY, key) + 4 / count,
             unit="µs", decimals=3),
        Goal(f"the same, below every peer, {TITLES[workload]}",
             figure(workload, "teahouse-bare", key), most=best_peer(workload, key),
             unit="µs", decimals=3),
        Goal(f"what storing costs, per message, {TITLES[workload]}",
             lambda reports: count * (reports.median(workload, "teahouse", key) -
                                      reports.median(workload, "teahouse-bare", key)),
             most=12, unit="µs", decimals=1),
    ]


CPU_STORED = [
    Goal(f"CPU per delivery, stored, {TITLES[workload]}: {words}",
         figure(workload, "teahouse", "cpu_us_per_delivery"),
         most=times(factor, of(workload, "cpu_us_per_delivery")), unit="µs", decimals=3)
    for workload, factor, of, words in [
        ("1x100", 1, best_peer, "the best peer's"),
        ("1x1000", 0.3, best_peer, "0.3 × the best peer's"),
        ("100x20", 2, lambda w, key: figure(w, "inspircd", key), "2 × InspIRCd's"),
    ]
]

LATENCY = [
    Goal("p50 at 10 messages/s to 1000: relay + commit + 1 ms",
         figure("low", "teahouse", "latency_p50_us"),
         most=lambda reports: (reports.median("low", RELAY, "latency_p50_us") +
                               commit("echo_p50_us")(reports) + MS),
         unit="ms", divisor=MS),
    Goal("p99 at 10 messages/s to 1000: 1.3 × (relay + commit)",
         figure("low", "teahouse", "latency_p99_us"),
         most=lambda reports: 1.3 * (reports.median("low", RELAY, "latency_p99_us") +
                                     commit("echo_p99_us")(reports)),
         unit="ms", divisor=MS),
    Goal("PING p99 of a stranger beside a room of 100: 1.5 × relay",
         figure("ping", "teahouse", "ping_p99_us"),
         most=times(1.5, figure("ping", RELAY, "ping_p99_us")), unit="ms", divisor=MS),
    Goal("echo p99 at 100 messages/s: fdatasync p99 + 3 ms",
         figure("quiet", "teahouse", "echo_p99_us"),
         most=lambda reports: reports.median("disk", "this disk", "sync_p99_us") + 3 * MS,
         unit="ms", divisor=MS),
    Goal("echo p99 at 30 000 messages/s, 100 rooms",
         figure("sustained-100", "teahouse", "echo_p99_us"), most=50 * MS, unit="ms", divisor=MS),
    Goal("messages/s while 30 000 are asked for, 100 rooms",
         figure("sustained-100", "teahouse", "messages_per_s"), least=0.99 * 30000, decimals=0),
]

STORMS = [
    Goal("in per second, of 10 000: half the relay's", figure("storm", "teahouse", "clients_per_s"),
         least=times(0.5, figure("storm", RELAY, "clients_per_s")), decimals=0),
    Goal("in per second, of 10 000: 4 × the best peer's",
         figure("storm", "teahouse", "clients_per_s"),
         least=times(4, best_peer("storm", "clients_per_s", max)), decimals=0),
    Goal("5000 back after a cut: 2.5 × relay", figure("cut", "teahouse", "seconds"),
         most=times(2.5, figure("cut", RELAY, "seconds")), unit="s"),
    Goal("1000 join one room", figure("one-room", "teahouse", "seconds"), most=0.5, unit="s"),
]

MEMORY = [
    Goal("own memory of an idle connection", figure("idle", "teahouse", "anonymous_per_client"),
         most=KIB, unit="bytes", decimals=0),
    Goal("own memory of an idle connection with TLS",
         figure("idle", "teahouse-tls", "anonymous_per_client"), most=17 * KIB, unit="bytes",
         decimals=0),
    Goal("kernel's memory of the server's end, 2000 that never read",
         figure("slow", "teahouse", "kernel_max_per_slow"), most=256 * KIB, unit="KiB", divisor=KIB,
         decimals=0),
]

THREADS = [
    Goal("two I/O threads: the smaller share",
         figure("threads", "teahouse-2threads", "io_share_percent"), least=45, unit="%", decimals=1),
    Goal("two I/O threads: CPU per delivery against one",
         ratio("threads", "cpu_us_per_delivery", "teahouse-2threads", "teahouse"), most=1.15, unit="×"),
]

TLS = [
    Goal("TLS: CPU per delivery against none, 8 lines a turn",
         ratio("tls", "cpu_us_per_delivery", "teahouse-tls", "teahouse"), most=1.6, unit="×"),
    Goal("TLS handshakes per CPU second",
         figure("handshakes", "teahouse-tls", "handshakes_per_cpu_s"), least=1300, decimals=0),
]

HISTORY = [
    Goal("CHATHISTORY of 50 p99, of a million in a room, beside 200 messages/s",
         figure("history", "teahouse", "history_p99_us"), most=5 * MS, unit="ms", divisor=MS),
    Goal("the same, before any moment", figure("older-history", "teahouse", "history_p99_us"),
         most=5 * MS, unit="ms", divisor=MS),
    Goal("the first one after a start, nothing of the database in memory",
         figure("history-first", "teahouse", "first_ms"), most=20, unit="ms", decimals=1),
]

LOGINS = [
    Goal("2000 log in at once: 1.1 × what their hashes take", figure("logins", "teahouse", "login_seconds"),
         most=times(1.1, figure("logins", "teahouse", "hashes_s")), unit="s", decimals=1),
    Goal("echo p99 meanwhile, at 100 messages/s", figure("logins", "teahouse", "echo_p99_us"),
         most=5 * MS, unit="ms", divisor=MS),
]

STARTS = [
    Goal("start to ready, empty data folder", figure("start-empty", "teahouse", "ready_ms"), most=50,
         unit="ms", decimals=0),
]

GOALS = [
    *(goal for workload in workloads.FANOUTS for goal in cpu_without_storing(workload)),
    *CPU_STORED, *LATENCY, *STORMS, *MEMORY, *THREADS, *TLS, *HISTORY, *LOGINS,
    *STARTS,
]


def rows(reports):
    return [goal.row(reports) for goal in GOALS]
