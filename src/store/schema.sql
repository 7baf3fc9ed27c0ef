-- schema.sql: version 5 of history.db. A change here is a new version and a step in history.c,
-- where new columns come last, as they do here.

-- Numbers that outlive a run. Rows are there from the start, so that setting one is an UPDATE.
CREATE TABLE meta (
	k TEXT NOT NULL PRIMARY KEY,
	v INTEGER NOT NULL
) WITHOUT ROWID;

INSERT INTO meta (k, v) VALUES
	('run', 0),      -- how often the database was opened for writing
	('reserved', 0), -- ids below it may have been shown, stored or not
	('probe', 0);    -- counted up to see whether the disk takes anything

CREATE TABLE room (
	number INTEGER PRIMARY KEY, -- the core gives it; never used again
	kind INTEGER NOT NULL,      -- 0: a room, 1: a private conversation
	key TEXT NOT NULL,          -- folded name, or whose conversation it is
	name TEXT NOT NULL,
	topic TEXT NOT NULL DEFAULT '',
	topic_by TEXT NOT NULL DEFAULT '',
	topic_ms INTEGER NOT NULL DEFAULT 0, -- Unix time, like every ms
	closed INTEGER NOT NULL DEFAULT 0,   -- 1: its mode keeps people out, until it empties
	sealed INTEGER NOT NULL DEFAULT 0,   -- nobody is shown what has this seq or a smaller one
	UNIQUE (kind, key)
);

-- Who said something, as he was then: a row for each combination that ever spoke.
CREATE TABLE sender (
	id INTEGER PRIMARY KEY,
	nick TEXT NOT NULL,
	user TEXT NOT NULL,
	host TEXT NOT NULL,
	account TEXT NOT NULL,
	UNIQUE (nick, user, host, account)
);

-- Every stored event. Clustered by room, so that the last page of a quiet room lies together.
CREATE TABLE msg (
	room INTEGER NOT NULL REFERENCES room (number),
	seq INTEGER NOT NULL,    -- 1, 2, 3 … in its room
	id INTEGER NOT NULL,     -- the order of commits over all rooms; rises with seq, too
	ms INTEGER NOT NULL,
	sender INTEGER NOT NULL REFERENCES sender (id),
	kind INTEGER NOT NULL,   -- enum event_kind; 0: it was redacted, and only its place is left
	to_nick TEXT NOT NULL,   -- to whom it is said in private, or who is kicked
	body TEXT NOT NULL,
	tags TEXT NOT NULL DEFAULT '', -- client-only tags, as they came
	author INTEGER NOT NULL DEFAULT 0, -- an account, or minus a presence; 0: nobody knows
	about INTEGER NOT NULL DEFAULT 0,  -- what a redaction is about: the id of another event
	PRIMARY KEY (room, seq)
) WITHOUT ROWID;

CREATE UNIQUE INDEX msg_id ON msg (id);

-- Registered names. A row is what its account is now: nothing that it was before is kept.
CREATE TABLE account (
	number INTEGER PRIMARY KEY AUTOINCREMENT, -- the id of the event that made it; never used again
	name TEXT NOT NULL UNIQUE,                -- as it is shown
	record TEXT NOT NULL                      -- all there is of it: core/account_record.h
);

-- To register an account, once. Whoever has the code is good for one row.
CREATE TABLE invitation (
	hash TEXT NOT NULL PRIMARY KEY, -- of the code, with the server's own key
	expires_ms INTEGER NOT NULL
) WITHOUT ROWID;

-- Up to where somebody has read.
CREATE TABLE mark (
	account TEXT NOT NULL, -- its name
	target TEXT NOT NULL,  -- the key of a room or a nick
	ms INTEGER NOT NULL,
	PRIMARY KEY (account, target)
) WITHOUT ROWID;

-- What programs say of a room: the latest. rowid: the order in which keys were first set.
CREATE TABLE room_metadata (
	room INTEGER NOT NULL REFERENCES room (number),
	key TEXT NOT NULL,
	value TEXT NOT NULL,
	UNIQUE (room, key)
);

-- Which conversations an account has, with other accounts: two rows each, or one with oneself.
CREATE TABLE talk (
	account INTEGER NOT NULL,
	room INTEGER NOT NULL REFERENCES room (number),
	PRIMARY KEY (account, room)
) WITHOUT ROWID;

PRAGMA user_version = 5;
