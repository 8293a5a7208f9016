/** Alerts: what the detectors found, which of it people called a false positive, and what they want to see no more. */
export const alerts = `
CREATE TABLE alerts (
  id TEXT PRIMARY KEY,
  detector TEXT NOT NULL,
  severity INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'ended', 'suppressed', 'false-positive')),
  -- 0: it may still grow.
  ended INTEGER NOT NULL,
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  -- 16 bytes, IPv4 as ::ffff:a.b.c.d; null: not known.
  src BLOB,
  dst BLOB,
  src_mac TEXT NOT NULL,
  dst_mac TEXT NOT NULL,
  -- What suppresses it; empty: nothing.
  suppressed_by TEXT NOT NULL,
  -- server/src/alerts/alert-store.ts
  data TEXT NOT NULL CHECK (json_valid(data))
) STRICT;
CREATE INDEX alerts_by_first ON alerts (first_ms, id);
CREATE INDEX alerts_by_last ON alerts (last_ms, id);
CREATE INDEX alerts_that_grow ON alerts (ended) WHERE ended = 0;

CREATE TABLE suppressions (
  id TEXT PRIMARY KEY,
  filter TEXT NOT NULL,
  reason TEXT NOT NULL,
  author TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  -- Alerts that it has suppressed.
  hits INTEGER NOT NULL DEFAULT 0,
  last_hit_ms INTEGER
) STRICT;

-- They outlive the alert that was marked.
CREATE TABLE false_positives (
  alert TEXT PRIMARY KEY,
  detector TEXT NOT NULL,
  source TEXT NOT NULL,
  target TEXT NOT NULL,
  severity INTEGER NOT NULL,
  -- Of its thresholds: what evidence the detector has to bring from now on.
  factor REAL NOT NULL,
  reason TEXT NOT NULL,
  author TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX false_positives_between ON false_positives (detector, source, target);
`
