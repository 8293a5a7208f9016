/** Agents that have joined, the tokens they join with, and the lists that they are to have in force. */
export const agents = `
CREATE TABLE agents (
  name TEXT PRIMARY KEY,
  hostname TEXT NOT NULL,
  version TEXT NOT NULL,
  credential_hash TEXT NOT NULL UNIQUE,
  -- Counts from its first use on, and then the one above no more.
  next_hash TEXT UNIQUE,
  joined_at_ms INTEGER NOT NULL,
  joined_from TEXT NOT NULL,
  rotated_at_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE join_tokens (
  hash TEXT PRIMARY KEY,
  -- Name that the agent gets; empty: the one it asks for.
  name TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  used_at_ms INTEGER,
  used_by TEXT
) STRICT;

CREATE TABLE desired_entries (
  list TEXT NOT NULL CHECK (list IN ('allow', 'deny')),
  prefix TEXT NOT NULL,
  -- Agent that it is for; empty: all.
  agent TEXT NOT NULL,
  reason TEXT NOT NULL,
  origin TEXT NOT NULL,
  author TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  PRIMARY KEY (list, prefix, agent)
) STRICT, WITHOUT ROWID;

-- One row: which server keeps these lists, and how often they have changed.
CREATE TABLE desired_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  server TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
INSERT INTO desired_state VALUES (1, lower(hex(randomblob(16))), 0);
`
