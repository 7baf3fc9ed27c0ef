"""Data folders with many messages, written straight into the database, and how long it takes to be told
the first of them when nothing of it is in memory."""

import os
import re
import socket
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from servers import BUILD, PATIENCE, Failed, Teahouse

ROOT = Path(__file__).resolve().parent.parent
ROOM = "#bench0"  # of the load generator; it has a tenth of all
ROOMS = 200  # that share the rest
SENDERS = 1000
MESSAGE = 1  # of enum event_kind
BEGAN_MS = 1_600_000_000_000
LIMIT = 50  # messages of an answer
SHARE = 10


def room_of(id):
    """1 is ROOM, the others take turns."""
    return 1 if id % SHARE == 0 else 2 + id // SHARE % ROOMS


def rows(messages):
    """By room and then by number, as the table is kept."""
    for room in range(1, ROOMS + 2):
        if room == 1:
            ids = range(SHARE, messages + 1, SHARE)
        else:
            ids = (SHARE * tens + ones for tens in range(room - 2, messages // SHARE + 1, ROOMS)
                   for ones in range(1, SHARE) if SHARE * tens + ones <= messages)
        for seq, id in enumerate(ids, 1):
            yield room, seq, id, BEGAN_MS + 1000 * id, 1 + id % SENDERS, f"message {id:08} " + 46 * "x"


def write(folder, messages):
    folder.mkdir(mode=0o700, parents=True)
    db = sqlite3.connect(folder / "history.db")
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = OFF")
        db.executescript((ROOT / "src/store/schema.sql").read_text())
        index, = db.execute("SELECT sql FROM sqlite_schema WHERE name = 'msg_id'").fetchone()
        db.execute("DROP INDEX msg_id")
        db.executemany("INSERT INTO room (number, kind, key, name) VALUES (?, 0, ?, ?)",
                       ((n, name, name) for n, name in enumerate(
                           [ROOM, *(f"#room{n}" for n in range(1, ROOMS + 1))], 1)))
        db.executemany("INSERT INTO sender VALUES (?, ?, 'bench', '127.0.0.1', '')",
                       ((n, f"b{n}") for n in range(1, SENDERS + 1)))
        db.executemany("INSERT INTO msg (room, seq, id, ms, sender, kind, to_nick, body)"
                       f" VALUES (?, ?, ?, ?, ?, {MESSAGE}, '', ?)", rows(messages))
        db.execute(index)
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        db.close()


def folder_with(messages):
    """A folder with so many, at least: it is kept for the next run, and what that says is added."""
    version = re.search(r"user_version = (\d+)", (ROOT / "src/store/schema.sql").read_text())[1]
    folder = BUILD / f"data-of-{messages}-{version}"
    done = folder / "written"
    if not done.exists():
        for path in folder.glob("*"):
            path.unlink()
        if folder.exists():
            folder.rmdir()
        write(folder, messages)
        done.touch()
    return folder


def forget(folder):
    """The kernel keeps nothing of the database in memory."""
    for path in folder.glob("history.db*"):
        fd = os.open(path, os.O_RDONLY)
        try:
            os.fdatasync(fd)
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(fd)


def ask(sock, line, until):
    """Milliseconds until a line came that holds a text, and how many of them are messages."""
    data = b""
    began = time.monotonic()
    sock.sendall(line.encode() + b"\r\n")
    while until.encode() not in data:
        part = sock.recv(1 << 16)
        if not part:
            raise Failed(f"the server hung up at {line}")
        data += part
    return (time.monotonic() - began) * 1000, data.count(b" PRIVMSG ")


class WithoutReplay(Teahouse):
    """Nothing is read when somebody enters a room: what he asks is the first that is."""

    def command(self):
        return [*super().command(), "--set", "history.replay=0"]


def first_answer(server, folder):
    """Milliseconds of the first CHATHISTORY after a start."""
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as sock:
        ask(sock, "CAP REQ :batch draft/chathistory message-tags server-time\r\nNICK first\r\n"
                  "USER first 0 * :first\r\nCAP END", " 422 ")
        ask(sock, f"JOIN {ROOM}", " 366 ")
        forget(folder)
        took, messages = ask(sock, f"CHATHISTORY LATEST {ROOM} * {LIMIT}", "BATCH -")
    if messages != LIMIT:
        raise Failed(f"the first answer has {messages} messages, not {LIMIT}")
    return took


def report(messages, starts, cpu):
    data = folder_with(messages)
    took = []
    for _ in range(starts):
        with (tempfile.TemporaryDirectory(prefix="bench-") as folder,
              WithoutReplay(folder, cpu, data) as server):
            took.append(first_answer(server, data))
    return {"first_ms": statistics.median(took), "first_max_ms": max(took)}
