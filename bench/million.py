"""A data folder with many messages, written straight into the database: for measuring how long a
start takes that has much behind it."""

import sqlite3
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = 200
SENDERS = 1000
MESSAGE = 1  # of enum event_kind
BEGAN_MS = 1_700_000_000_000


def write(folder, messages):
    """Messages are spread over the rooms in turn, a second apart."""
    folder.mkdir(mode=0o700, parents=True)
    db = sqlite3.connect(folder / "history.db")
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = OFF")
        db.executescript((ROOT / "src/store/schema.sql").read_text())
        db.executemany("INSERT INTO room (number, kind, key, name) VALUES (?, 0, ?, ?)",
                       ((n, f"#room{n}", f"#room{n}") for n in range(1, ROOMS + 1)))
        db.executemany("INSERT INTO sender VALUES (?, ?, 'bench', '127.0.0.1', '')",
                       ((n, f"b{n}") for n in range(1, SENDERS + 1)))
        # By room and then by number, as the table is kept.
        db.executemany(
            "INSERT INTO msg (room, seq, id, ms, sender, kind, to_nick, body)"
            f" VALUES (?, ?, ?, ?, ?, {MESSAGE}, '', ?)",
            ((room, seq, id, BEGAN_MS + 1000 * id, 1 + id % SENDERS, f"message {id:08} " + 46 * "x")
             for room in range(1, ROOMS + 1)
             for seq, id in enumerate(range(room, messages + 1, ROOMS), 1)))
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        db.close()
