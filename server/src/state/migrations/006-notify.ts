/** What people do about alerts, and who is told of them: workflow, incidents, channels, and what is still to be sent. */
export const notify = `
ALTER TABLE alerts ADD COLUMN workflow TEXT NOT NULL DEFAULT 'open'
  CHECK (workflow IN ('open', 'acknowledged', 'resolved'));
ALTER TABLE alerts ADD COLUMN assignee TEXT NOT NULL DEFAULT '';
-- Of the last change: why, by whom, when, and how severe the alert was then.
ALTER TABLE alerts ADD COLUMN workflow_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN workflow_by TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN workflow_at_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alerts ADD COLUMN workflow_severity INTEGER NOT NULL DEFAULT 0;
-- The first alert of the story that it belongs to.
ALTER TABLE alerts ADD COLUMN incident TEXT NOT NULL DEFAULT '';
-- Severity up to which channels have been told of it; those from before are not told of.
ALTER TABLE alerts ADD COLUMN told INTEGER NOT NULL DEFAULT 100;
UPDATE alerts SET incident = id;
CREATE INDEX alerts_by_incident ON alerts (incident, first_ms);
CREATE INDEX alerts_by_source ON alerts (src, last_ms);
CREATE INDEX alerts_by_target ON alerts (dst, last_ms);
CREATE INDEX alerts_untold ON alerts (told) WHERE told < 0;

CREATE TABLE alert_changes (
  id INTEGER PRIMARY KEY,
  alert TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
  at_ms INTEGER NOT NULL,
  author TEXT NOT NULL,
  -- acknowledged, resolved, reopened, assigned, note, false-positive …
  change TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX alert_changes_of ON alert_changes (alert, id);

CREATE TABLE channels (
  name TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  -- server/src/notify/channel.ts; holds secrets.
  settings TEXT NOT NULL CHECK (json_valid(settings)),
  rules TEXT NOT NULL CHECK (json_valid(rules)),
  author TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Also of channels that are declared in a file.
CREATE TABLE channel_states (
  channel TEXT PRIMARY KEY,
  -- Why nothing is sent any more; empty: it is.
  disabled TEXT NOT NULL DEFAULT '',
  disabled_at_ms INTEGER NOT NULL DEFAULT 0,
  last_error TEXT NOT NULL DEFAULT '',
  last_error_at_ms INTEGER NOT NULL DEFAULT 0,
  last_sent_at_ms INTEGER NOT NULL DEFAULT 0,
  -- Sent on the day that began then.
  day_ms INTEGER NOT NULL DEFAULT 0,
  day_sent INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
  -- The idempotency key.
  id TEXT PRIMARY KEY,
  channel TEXT NOT NULL,
  -- gathering: still takes alerts; waiting: to be sent; sent; failed: given up.
  state TEXT NOT NULL CHECK (state IN ('gathering', 'waiting', 'sent', 'failed')),
  -- server/src/notify/notice.ts
  notice TEXT NOT NULL CHECK (json_valid(notice)),
  created_at_ms INTEGER NOT NULL,
  due_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT '',
  done_at_ms INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_due ON outbox (channel, state, due_ms);
CREATE UNIQUE INDEX outbox_gathering ON outbox (channel) WHERE state = 'gathering';
`
