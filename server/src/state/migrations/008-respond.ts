/** Response: policies, what was done or would have been, and the links by which people approve. */
export const respond = `
CREATE TABLE policies (
  name TEXT PRIMARY KEY,
  -- server/src/respond/policy.ts
  spec TEXT NOT NULL CHECK (json_valid(spec)),
  author TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  changed_at_ms INTEGER NOT NULL
) STRICT;

-- Of those that enforce, also of the file's: what is another policy by its digest is tried anew.
CREATE TABLE policy_trials (
  name TEXT PRIMARY KEY,
  digest TEXT NOT NULL,
  until_ms INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'confirmed', 'reverted'))
) STRICT;

CREATE TABLE actions (
  id TEXT PRIMARY KEY,
  -- Empty: a person did it.
  policy TEXT NOT NULL,
  -- Empty: none led to it.
  alert TEXT NOT NULL,
  target TEXT NOT NULL,
  state TEXT NOT NULL,
  -- 1: something of it holds in a kernel.
  in_force INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  -- server/src/respond/action.ts
  data TEXT NOT NULL CHECK (json_valid(data))
) STRICT;
CREATE INDEX actions_by_time ON actions (created_at_ms, id);
CREATE INDEX actions_of_target ON actions (target, created_at_ms);
CREATE INDEX actions_that_go_on ON actions (state) WHERE in_force = 1 OR state = 'asked';

-- SHA-256 of the secret of a link that approves or rejects an action, once.
CREATE TABLE approval_links (
  hash BLOB PRIMARY KEY,
  action TEXT NOT NULL REFERENCES actions (id) ON DELETE CASCADE,
  expires_at_ms INTEGER NOT NULL,
  used_at_ms INTEGER
) STRICT;

-- When an alert was known first, so that a preview does what would have been done then.
CREATE TABLE alerts_known (
  alert TEXT PRIMARY KEY,
  known_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX alerts_known_by_time ON alerts_known (known_at_ms);
`
