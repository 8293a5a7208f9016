/** Threat intelligence: what look-ups have spent, what providers answered, and the feeds that people named. */
export const intel = `
-- How often a provider was asked since a moment: the present minute, day or month (UTC).
CREATE TABLE intel_spent (
  provider TEXT NOT NULL,
  period TEXT NOT NULL CHECK (period IN ('minute', 'day', 'month')),
  since_ms INTEGER NOT NULL,
  used INTEGER NOT NULL,
  PRIMARY KEY (provider, period)
) STRICT, WITHOUT ROWID;

-- Providers that have said to come back later.
CREATE TABLE intel_pauses (
  provider TEXT PRIMARY KEY,
  until_ms INTEGER NOT NULL,
  reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE intel_answers (
  address TEXT NOT NULL,
  provider TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL,
  -- server/src/intel/answer.ts
  answer TEXT NOT NULL CHECK (json_valid(answer)),
  PRIMARY KEY (address, provider)
) STRICT, WITHOUT ROWID;
CREATE INDEX intel_answers_by_age ON intel_answers (at_ms);

CREATE TABLE intel_feeds (
  name TEXT PRIMARY KEY,
  -- server/src/intel/feeds/feed.ts
  settings TEXT NOT NULL CHECK (json_valid(settings)),
  author TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How the feeds are, those of the file as well.
CREATE TABLE intel_feed_states (
  name TEXT PRIMARY KEY,
  state TEXT NOT NULL CHECK (json_valid(state))
) STRICT, WITHOUT ROWID;
`
