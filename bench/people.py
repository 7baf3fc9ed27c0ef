"""Data folders with many accounts, written straight into the database. All have one password."""

import sqlite3
import subprocess

from servers import BUILD, ROOT, Failed

PASSWORD = "bench"  # of src/bench/logins.c


def password_hash():
    """As the server keeps it."""
    run = subprocess.run([BUILD / "teahouse", "passwd"], input=PASSWORD + "\n", capture_output=True,
                         text=True)
    if run.returncode != 0:
        raise Failed(run.stderr.strip())
    return run.stdout.strip()


def write(folder, accounts, hashed):
    """l0, l1 ... in a folder that is not there yet."""
    folder.mkdir(mode=0o700, parents=True)
    record = f"name l%d\nhash {hashed}\ncreated 1700000000000\nseen 1700000000000\n"
    db = sqlite3.connect(folder / "history.db")
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = OFF")
        db.executescript((ROOT / "src/store/schema.sql").read_text())
        db.executemany("INSERT INTO account (number, name, record) VALUES (?, ?, ?)",
                       ((n + 1, f"l{n}", record % n) for n in range(accounts)))
        # Their numbers are ids of events.
        db.execute("UPDATE meta SET v = ? WHERE k = 'reserved'", (accounts + 1,))
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        db.close()
