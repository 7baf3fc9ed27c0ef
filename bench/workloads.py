"""What is measured: the load generator's workloads with their options, the servers that each makes
sense for, and the figures that the table shows of it."""

from past import BEGAN_MS

RELAYS = ["relay-send", "relay-writev", "relay-room"]
PEERS = ["ngircd", "inspircd"]
# What can be compared with anybody; TLS and a second thread cost what they cost.
ALL = RELAYS + ["teahouse", "teahouse-bare", "teahouse-relaxed"] + PEERS
FEW = ["relay-writev", "teahouse"] + PEERS
ENOUGH_RUNS = 5  # for a figure that varies
PAST = 10_000_000  # messages in the database; a tenth is in the room that is asked about
QUICK_PAST = 100_000


class Figure:
    """One number of a report: its key there, its name in the table, what it is divided by, and how
    many decimals it has."""

    def __init__(self, key, name, divisor=1, decimals=0):
        self.key, self.name, self.divisor, self.decimals = key, name, divisor, decimals

    def text(self, value):
        return f"{value / self.divisor:.{self.decimals}f}"


class Workload:
    """key: what goals and --only call it; title: with options in braces; runs(rounds) of it are made;
    past: so many messages were said before; accounts: so many are registered. pinned: server and load
    have a core each, if there are two."""

    def __init__(self, key, title, name, options, figures, servers, quick=None, runs=lambda n: n,
                 past=0, accounts=0, pinned=True):
        self.key, self.title, self.name, self.options = key, title, name, options
        self.figures, self.servers, self.runs = figures, servers, runs
        self.past, self.accounts, self.pinned = past, accounts, pinned
        self.quick = quick or {}

    def hurry(self):
        self.options = {**self.options, **self.quick}
        self.runs = lambda _: 1
        self.past = min(self.past, QUICK_PAST)

    def __str__(self):
        return self.title.format(**self.options)


def once(_):
    return 1


def past_s(number):
    """When so many had been said: Unix time."""
    return BEGAN_MS // 1000 + number


def several(rounds):
    return max(rounds, ENOUGH_RUNS)


FANOUT = [
    Figure("cpu_us_per_delivery", "CPU µs per delivery", 1, 3),
    Figure("cpu_us_per_message", "CPU µs per message", 1, 1),
    Figure("deliveries_per_s", "thousand deliveries/s", 1000),
    Figure("latency_p50_us", "latency p50, ms", 1000, 1),
    Figure("latency_p99_us", "latency p99, ms", 1000, 1),
]
SPLIT = [Figure("io_share_percent", "the I/O threads' smaller share, %", 1, 1)]
ECHO = [
    Figure("echo_p50_us", "echo p50, ms", 1000, 2),
    Figure("echo_p99_us", "echo p99, ms", 1000, 2),
    Figure("echo_max_us", "echo max, ms", 1000, 1),
    Figure("messages_per_s", "messages/s"),
]
STORM = [
    Figure("seconds", "seconds until all are in", 1, 2),
    Figure("clients_per_s", "clients in per second"),
    Figure("cpu_us_per_client", "CPU µs per client"),
]
HISTORY = [
    Figure("history_p50_us", "answer p50, ms", 1000, 2),
    Figure("history_p99_us", "answer p99, ms", 1000, 2),
    Figure("history_max_us", "answer max, ms", 1000, 1),
    Figure("answers_per_s", "answers/s"),
    Figure("cpu_us_per_answer", "CPU µs per answer"),
]
SHORT = {"seconds": 1}

SMALL_ROOM = {"rooms": 1, "members": 100, "senders": 1, "window": 128, "seconds": 2}
BIG_ROOM = {"rooms": 1, "members": 1000, "senders": 4, "window": 32, "seconds": 2}
MANY_ROOMS = {"rooms": 100, "members": 20, "senders": 1, "window": 64, "seconds": 2}
ASKERS = {"clients": 2, "limit": 50, "window": 1, "rate": 200, "seconds": 10}
FANOUTS = ["1x100", "1x1000", "100x20"]

WORKLOADS = [
    Workload("1x100", "1 room of 100, 1 sender × 128", "fanout", SMALL_ROOM, FANOUT, ALL, SHORT),
    Workload("1x1000", "1 room of 1000, 4 senders × 32", "fanout", BIG_ROOM, FANOUT, ALL, SHORT),
    Workload("100x20", "100 rooms of 20, 1 sender × 64 each", "fanout", MANY_ROOMS, FANOUT, ALL,
             SHORT),
    Workload("threads", "two I/O threads: 1 room of 1000, 4 senders × 32", "fanout", BIG_ROOM,
             FANOUT[:3] + SPLIT, ["teahouse", "teahouse-2threads"], SHORT, several),
    Workload("low", "10 messages/s into a room of 1000", "fanout",
             {"rooms": 1, "members": 1000, "senders": 1, "rate": 10, "seconds": 5},
             [Figure("latency_p50_us", "latency p50, ms", 1000, 2),
              Figure("latency_p99_us", "latency p99, ms", 1000, 2),
              Figure("cpu_us_per_delivery", "CPU µs per delivery", 1, 1)],
             FEW, SHORT),
    Workload("storm", "storm of {clients} into rooms of 50", "storm",
             {"clients": 10000, "members": 50}, STORM, FEW, {"clients": 1000}),
    Workload("cut", "{clients} cut off come back at once", "storm",
             {"clients": 5000, "members": 50, "cut": 1}, STORM,
             ["relay-writev", "teahouse", "inspircd"], {"clients": 500}),
    Workload("one-room", "{clients} join one room", "storm", {"clients": 1000, "members": 1000},
             STORM, FEW, {"clients": 200, "members": 200}),
    Workload("ping", "PING beside 1 room of 100, 1 sender × 128", "ping",
             {**SMALL_ROOM, "ping-ms": 5},
             [Figure("ping_p50_us", "PING p50, ms", 1000, 2),
              Figure("ping_p99_us", "PING p99, ms", 1000, 2),
              Figure("ping_max_us", "PING max, ms", 1000, 1)],
             FEW, SHORT, several),
    Workload("idle", "idle, {base-clients} → {clients} in rooms of 50", "idle",
             {"clients": 19000, "base-clients": 5000, "members": 50},
             [Figure("anonymous_per_client", "own memory per connection, bytes"),
              Figure("rss_per_client", "resident memory per connection, bytes")],
             ["relay-writev", "teahouse", "teahouse-tls"] + PEERS,
             {"clients": 3000, "base-clients": 1000}, once),
    Workload("quiet", "100 messages/s in a room of 10, echoed", "fanout",
             {"rooms": 1, "members": 10, "senders": 1, "rate": 100, "echo": 1, "seconds": 10},
             ECHO, ["relay-writev", "teahouse"], SHORT),
    *(Workload(f"sustained-{rooms}",
               f"30 000 messages/s, {{seconds}} s, echoed; rooms of 10: {rooms}",
               "fanout", {"rooms": rooms, "members": 10, "senders": 1, "rate": 30000, "echo": 1,
                          "seconds": 60},
               ECHO, ["teahouse"], {"seconds": 3}, once)
      for rooms in (1, 100, 1000)),
    Workload("history", "CHATHISTORY LATEST {limit}, beside {rate} messages/s", "history",
             ASKERS, HISTORY, ["teahouse"], SHORT, past=PAST),
    Workload("older-history", "the same, CHATHISTORY BEFORE any moment", "history",
             {**ASKERS, "from-s": past_s(PAST // 100), "to-s": past_s(PAST)}, HISTORY, ["teahouse"],
             {**SHORT, "from-s": past_s(QUICK_PAST // 10), "to-s": past_s(QUICK_PAST)}, past=PAST),
    Workload("logins", "{clients} log in at once by SASL PLAIN, beside {rate} messages/s", "logins",
             {"clients": 2000, "rate": 100, "members": 10, "at-once": 2000},
             [Figure("login_seconds", "seconds until all are in", 1, 1),
              Figure("hashes_s", "seconds that the hashes alone take", 1, 1),
              Figure("hash_us", "a hash, two at a time, ms", 1000, 1),
              *ECHO[:3]],
             ["teahouse"], {"clients": 100}, once, accounts=2000, pinned=False),
    Workload("tls", "TLS or none, 1 room of 100, 1 sender × 8", "fanout",
             {**SMALL_ROOM, "window": 8}, FANOUT, ["teahouse", "teahouse-tls"], SHORT),
    Workload("handshakes", "TLS handshakes", "handshakes", {"at-once": 64, "seconds": 3},
             [Figure("handshakes_per_s", "handshakes/s"),
              Figure("handshakes_per_cpu_s", "handshakes per CPU second"),
              Figure("cpu_us_per_handshake", "CPU µs each")],
             ["teahouse-tls"], SHORT),
    Workload("slow", "{slow} members never read, {members} do", "slow",
             {"members": 10, "slow": 2000, "messages": 5000, "bytes": 400, "seconds": 60},
             [Figure("slow_cut", "let go"),
              Figure("kernel_max_per_slow", "kernel's memory at most, KiB each", 1024),
              Figure("readers_p99_us", "the others' latency p99, ms", 1000, 1)],
             ["teahouse"], {"slow": 200}, once),
]


def find(key):
    return next(workload for workload in WORKLOADS if workload.key == key)


def chosen(words):
    """The workloads whose keys begin with one of these words; all without any. Raises KeyError for a
    word that means none."""
    for word in words:
        if not any(workload.key.startswith(word) for workload in WORKLOADS):
            raise KeyError(word)
    return [workload for workload in WORKLOADS
            if not words or any(workload.key.startswith(word) for word in words)]
