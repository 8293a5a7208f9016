/** Devices: who was where, and what people said about them. */

export const devices = `
CREATE TABLE devices (
  id TEXT PRIMARY KEY,
  agent TEXT NOT NULL,
  mac TEXT NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  -- server/src/devices/device-store.ts
  data TEXT NOT NULL CHECK (json_valid(data))
) STRICT;
`
