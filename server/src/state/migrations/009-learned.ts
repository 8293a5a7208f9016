/** What detectors have learned over days, and the scores of devices over time. */
export const learned = `
CREATE TABLE learned (
  detector TEXT NOT NULL,
  -- Of the detector: detect/src/detector.ts
  key TEXT NOT NULL,
  -- Of the detector that wrote it; another one cannot read it.
  version INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (detector, key)
) STRICT;

CREATE TABLE device_scores (
  agent TEXT NOT NULL,
  address TEXT NOT NULL,
  -- Beginning of the window of five minutes.
  start_ms INTEGER NOT NULL,
  -- 0 to 1; null: nothing to judge it by yet.
  score REAL,
  class_score REAL,
  device_class TEXT NOT NULL,
  learned INTEGER NOT NULL,
  needed INTEGER NOT NULL,
  unusual INTEGER NOT NULL CHECK (unusual IN (0, 1)),
  PRIMARY KEY (agent, address, start_ms)
) STRICT, WITHOUT ROWID;
CREATE INDEX device_scores_by_time ON device_scores (start_ms);
`
