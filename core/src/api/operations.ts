/** Generated from the OpenAPI document by test/api/client.test.ts (`vitest run -u`): all operations and their types. */

export interface Schemas {
  Action: { id: string; policy: string; mode: "observe" | "ask" | "enforce" | "manual"; alert: string; title: string; target: string; does: (string)[]; agent: string; state: "observed" | "asked" | "approved" | "rejected" | "in-force" | "verified" | "expired" | "undone" | "refused" | "failed"; inForce: boolean; createdAt: string; expiresAt: (string | null); forSeconds: number; isSpoofable: boolean; reason: string; author: string; origin: string; reachable: (string)[]; preview: ({ flows: number; bytes: number; peers: ({ ip: string; flows: number; name: string })[]; days: number } | null); verification: ({ since: string; at: string; passedPackets: number; droppedPackets: number; agents: (string)[] } | null); terminated: (number | null); latencyMs: (number | null); steps: ({ state: string; at: string; reason: string; by: string })[] }
  Address: { ip: string; network: string; special: string; country: string; asn: number; asName: string; device: ({ id: string; name: string; mac: string } | null); feeds: ({ feed: string; kind: "c2" | "malicious" | "attacker" | "tor" | "other"; weight: number })[]; databases: ({ kind: string; source: string; date: string })[] }
  Agent: { name: string; hostname: string; version: string; source?: string; state: "connected" | "away"; isLocal: boolean; from: string; lastSeenMs: number; startedAtMs?: number; joinedAtMs?: number; credentialSinceMs?: number; protocol: number; clock?: Schemas['AgentClock']; lists?: Schemas['AgentLists']; capabilities: (Schemas['AgentCapability'])[]; degraded: (string)[] }
  AgentCapability: { name: string; ok: boolean; reason?: string; isExtra?: boolean }
  AgentClock: { offsetMs: number; roundTripMs: number }
  AgentLists: { desiredRevision: number; confirmedRevision?: number; inForce: boolean; problem?: string }
  Alert: { id: string; detector: string; version: number; title: string; severity: number; label: "info" | "low" | "medium" | "high" | "critical"; confidence: number; technique: string; direction: "inbound" | "outbound" | "internal" | "external"; agent: string; src: string; srcPort: number; srcMac: string; srcName: string; srcDevice: string; dst: string; dstPort: number; dstMac: string; dstName: string; dstDevice: string; risk?: number; srcRisk?: number; dstRisk?: number; srcFeeds?: (string)[]; dstFeeds?: (string)[]; vlan: number; firstSeen: string; lastSeen: string; count: number; state: "active" | "ended" | "suppressed" | "false-positive"; evidence: Schemas['Evidence']; suppressionKey: string; suppressedBy: string; falsePositive: ({ reason: string; author: string; at: string; factor: number; expiresAt: string } | null); workflow: Schemas['AlertWorkflow']; incident: string; hasCapture?: boolean }
  AlertChange: { at: string; author: string; change: string; detail: string }
  AlertPage: { alerts: (Schemas['Alert'])[]; total: number; nextCursor?: string; suppressed: number }
  AlertWorkflow: { state: "open" | "acknowledged" | "resolved" | "silenced" | "false-positive"; assignee: string; reason: string; author: string; at: (string | null) }
  AuditCheck: { ok: boolean; entries: number; head: { seq: number; hash: string }; problem?: string }
  AuditEntry: { seq: number; atMs: number; principal: { kind: string; id: string; name: string }; action: string; target: string; before?: unknown; after?: unknown; from: string; previousHash: string; hash: string }
  BatchAnswer: { accepted: number; rejected: (Schemas['RejectedFlow'])[] }
  BlockPreview: { target: string; flows: number; bytes: number; peers: ({ ip: string; flows: number; name: string })[]; days: number; protected: (string)[]; reachable: (string)[]; text: string }
  CaptureEnded: { ok: true; capture: number }
  ChangedUser: { user: Schemas['User']; password?: string }
  Channel: { name: string; kind: "email" | "slack" | "discord" | "webhook" | "ntfy" | "gotify" | "syslog"; target: string; settings: Record<string, unknown>; rules: Schemas['ChannelRules']; origin: "api" | "file" | "config"; author: string; createdAt: (string | null); enabled: boolean; disabled: string; disabledAt: (string | null); lastError: string; lastErrorAt: (string | null); lastSentAt: (string | null); sentToday: number; waiting: number }
  ChannelKind: { kind: string; description: string; settings: unknown; secrets: (string)[] }
  ChannelRules: { minSeverity: "info" | "low" | "medium" | "high" | "critical"; filter: string; newThings: boolean; groupSeconds: number; dailyBudget: number; quietHours: ({ from: string; to: string } | null); timeZone: string }
  Completions: { from: number; to: number; options: ({ text: string; kind: "field" | "operator" | "value" | "keyword"; detail: string })[] }
  ConnectionMetrics: { total: number; byState: Record<string, number>; byProtocol: Record<string, number>; byVerdict: Record<string, number>; topProcesses: ({ process: string; connections: number })[] }
  Device: { id: string; ip: string; mac: string; hostname: string; vendor: string; agent_id: string; status: "online" | "offline" | "unknown"; bandwidth_tx_bps: number; bandwidth_rx_bps: number; open_ports: (number)[]; risk_score: (number | null); trust_score: (number | null); last_seen: string; created_at: string; name: string; role: string; roles: (string)[]; trusted: (boolean | null); randomized_mac: boolean; interface: string; vlan: number }
  DeviceDetail: { id: string; ip: string; mac: string; hostname: string; vendor: string; agent_id: string; status: "online" | "offline" | "unknown"; bandwidth_tx_bps: number; bandwidth_rx_bps: number; open_ports: (number)[]; risk_score: (number | null); trust_score: (number | null); last_seen: string; created_at: string; name: string; role: string; roles: (string)[]; trusted: (boolean | null); randomized_mac: boolean; interface: string; vlan: number; note: string; names: ({ source: string; name: string; last_seen: string })[]; addresses: ({ ip: string; first_seen: string; last_seen: string; previous_mac: string })[]; ports: ({ protocol: string; port: number; first_seen: string; last_seen: string })[]; services: ({ type: string; instance: string; port: number; last_seen: string })[]; evidence: ({ role: string; detail: string; last_seen: string })[]; bandwidth: ({ time: string; tx_bps: number; rx_bps: number })[]; scores: { risk_arithmetic: string; trust_arithmetic: string; sources: ({ source: string; detail: string; weight: number; probability: number; decay: number })[] } }
  DeviceScore: { time: string; ip: string; score: (number | null); class_score: (number | null); class: string; learned: number; needed: number; unusual: boolean }
  DeviceScores: { scores: (Schemas['DeviceScore'])[] }
  Diagnoses: { agents: ({ agent: string; diagnosis?: { timeMs: number; kernel: string; architecture: string; user: { uid: number; capabilities: (string)[] }; checks: ({ id: string; area: "kernel" | "tier A" | "tier B" | "tier C" | "interfaces" | "machine"; name: string; state: "works" | "limited" | "missing" | "unknown"; detail: string; remedy?: string })[]; programs: ({ interface: string; hook: "xdp" | "netkit" | "tcx ingress" | "clsact ingress" | "tcx egress" | "clsact egress"; position: number; name: string; id: number; owner?: string; runsBefore: boolean; hides?: string })[]; cgroupPrograms: ({ hook: string; position: number; name: string; id: number; owner?: string; exclusive: boolean })[]; durationMs: number } })[] }
  Done: { ok: boolean }
  Evidence: { reason: string; facts: (Schemas['EvidenceFact'])[]; flows: (Schemas['EvidenceFlow'])[] }
  EvidenceFact: { name: string; value: (number | string); unit?: string; threshold?: string; demand?: number }
  EvidenceFlow: { src: string; srcPort: number; dst: string; dstPort: number; protocol: number; firstMs: number; lastMs: number; packets: number; bytes: number }
  ExportOutput: { name: string; what: ("flows" | "alerts")[]; format: string; kind: string; target: string; sent: { flows: number; alerts: number }; lost: { flows: number; alerts: number }; waiting: number; waitingBytes: number; error: string; errorAt: (string | null); sentAt: (string | null) }
  FalsePositiveMark: { alert: string; detector: string; source: string; target: string; factor: number; severity: number; reason: string; author: string; createdAt: string; expiresAt: string }
  Feed: { name: string; url: string; format: "plain" | "csv" | "hosts" | "dshield" | "spamhaus" | "feodo" | "tor-exit-addresses" | "onionoo" | "stix" | "misp"; kind: "c2" | "malicious" | "attacker" | "tor" | "other"; weight: number; everySeconds: number; block: boolean; authKey: string; origin: "api" | "file"; author: string; entries: number; systems: number; names: number; subtracted: number; wrong: number; tooMany: number; checkedAt: (string | null); fetchedAt: (string | null); nextAt: (string | null); failures: number; error: string }
  FeedDetail: { feed: Schemas['Feed']; sample: (string)[]; subtracted: ({ prefix: string; why: string; left: number })[]; wrong: (string)[] }
  Flow: { id: string; communityId: string; src: string; dst: string; srcPort: number; dstPort: number; protocol: string; protocolNumber: number; vlan: number; innerVlan: number; interface: string; direction: "inbound" | "outbound" | "forwarded"; verdict: "PASS" | "DROP" | "SKIP" | "SSH"; srcPackets: number; dstPackets: number; srcBytes: number; dstBytes: number; srcBytesPerSecond: number; dstBytesPerSecond: number; srcDroppedPackets: number; dstDroppedPackets: number; srcTcpFlags: number; dstTcpFlags: number; synCount: number; synAckCount: number; finCount: number; rstCount: number; handshake: "" | "complete" | "refused" | "unanswered" | "midstream"; handshakeMs: number; connect: "" | "connected" | "refused" | "timed-out" | "aborted"; connectMs: number; srcTcpState: "" | "established" | "syn-sent" | "syn-received" | "fin-wait-1" | "fin-wait-2" | "time-wait" | "closed" | "close-wait" | "last-ack" | "listen" | "closing" | "new-syn-received"; dstTcpState: "" | "established" | "syn-sent" | "syn-received" | "fin-wait-1" | "fin-wait-2" | "time-wait" | "closed" | "close-wait" | "last-ack" | "listen" | "closing" | "new-syn-received"; srcRttMs: number; dstRttMs: number; srcMinRttMs: number; dstMinRttMs: number; srcRttSamples: number; dstRttSamples: number; srcRetransmits: number; dstRetransmits: number; srcCongestionWindow: number; dstCongestionWindow: number; srcDeliveryRate: number; dstDeliveryRate: number; srcSentBytes: number; dstSentBytes: number; srcReceivedBytes: number; dstReceivedBytes: number; kernelDrops: number; dropReason: string; srcName: string; dstName: string; sni: string; ja4: string; httpHost: string; srcProcess: string; dstProcess: string; srcPid: number; dstPid: number; srcUser: string; dstUser: string; srcCommandLine: string; dstCommandLine: string; srcProcessStarted: string; dstProcessStarted: string; srcContainer: string; dstContainer: string; srcUnit: string; dstUnit: string; fragment: number; condensed: number; sources: number; firstSeen: string; lastSeen: string; durationMs: number; end: "" | "idle" | "closed" | "reset" | "forced"; agent: string; stale: boolean; srcNetwork?: string; srcCountry?: string; srcAsn?: number; srcAsName?: string; dstNetwork?: string; dstCountry?: string; dstAsn?: number; dstAsName?: string }
  FlowBatch: { agent_id: string; batch_id?: string; flows: (Schemas['FlowReport'])[] }
  FlowPage: { total: number; flows: (Schemas['Flow'])[] }
  FlowReport: { src_ip: string; dst_ip: string; src_port: number; dst_port: number; protocol: (string | number); bytes_sent?: number; bytes_recv?: number; packets_sent?: number; packets_recv?: number; retrans_count?: number; rtt_avg_ms?: number; drop_count?: number; interface?: string; node?: string; pod?: string; namespace?: string; first_seen?: (string | number); last_seen?: (string | number); timestamp?: (string | number) }
  FlowSeries: { startMs: number; stepMs: number; lines: ({ key?: (string | number); values: (number)[] })[] }
  Health: { status: "ok" | "degraded"; degraded: (string)[]; agentConnected: boolean; version: string; uptimeSeconds: number }
  Incident: { id: string; title: string; src: string; srcName: string; severity: number; label: "info" | "low" | "medium" | "high" | "critical"; firstSeen: string; lastSeen: string; active: boolean; alerts: number; open: number; detectors: (string)[] }
  IncidentPage: { incidents: (Schemas['Incident'])[]; total: number; nextCursor?: string }
  IntelProvider: { name: string; title: string; enabled: boolean; note: string; weight: number; ipv6: boolean; host: string; quota: ({ period: "minute" | "day" | "month"; used: number; limit: number; resetsAt: string })[]; circuit: { state: "closed" | "open" | "half-open"; failures: number; until: (string | null); reason: string } }
  IntelSource: { source: string; title: string; kind: "provider" | "feed"; state: "known" | "unknown" | "not-asked" | "failed"; reasons: (string)[]; facts: ({ name: string; value: string })[]; weight: (number | null); probability: (number | null); trust: (number | null); decay: (number | null); ageSeconds: (number | null); at: (string | null); freshUntil: (string | null) }
  Invitation: { token: string; expiresAtMs: number; server: string }
  ListChanged: { ok: true; ip: string; pending?: (string)[] }
  ListEntry: { prefix: string; reason: string; origin: string; author: string; createdAtMs: number; expiresAtMs: number }
  ListPage: { ips: (string)[]; total: number; entries: (Schemas['ListEntry'])[] }
  Me: { kind: "user" | "token" | "local" | "anonymous"; id: string; name: string; role: "none" | "viewer" | "operator" | "admin"; scopes: (string)[] }
  Notification: { id: string; channel: string; state: "gathering" | "waiting" | "sent" | "failed"; title: string; label: "info" | "low" | "medium" | "high" | "critical"; alerts: number; createdAt: string; dueAt: string; attempts: number; error: string; doneAt: (string | null) }
  Policy: { name: string; description?: string; enabled?: boolean; when: string; do: { side?: "source" | "target"; block?: "no" | "address" | "prefix"; prefix4?: number; prefix6?: number; at?: "all" | "seen"; rateLimit?: { packetsPerSecond: number; burst?: number; of?: "packets" | "syn" }; terminate?: boolean; capture?: string; notify?: boolean; webhook?: string }; for?: string; escalate?: { factor: number; cap: string }; mode?: "observe" | "ask" | "enforce"; trial: "none" | "running" | "confirmed" | "reverted"; origin: "api" | "file"; author: string; createdAt: string; changedAt: string; modeNow: "observe" | "ask" | "enforce"; trialUntil: (string | null) }
  PolicyPreview: { days: number; alerts: number; isCut: boolean; flows: number; bytes: number; actions: ({ target: string; name: string; alert: string; title: string; from: string; to: string; flows: number; bytes: number; isSpoofable: boolean })[]; refused: ({ target: string; title: string; reason: string })[]; text: string }
  Problem: { type: string; title: string; status: number; detail: string; code: string; remedy: string; ok: false; error: string; position?: number; length?: number; suggestion?: string }
  PrometheusAnswer: { status?: string; data?: Record<string, unknown> }
  ProtectedAddress: { prefix: string; kind: "own" | "gateway" | "dns" | "server" | "agent" | "kubernetes" | "management" | "operator"; reason: string; agent: string; lastSeen: string; canOverride: boolean }
  Readiness: { ready: boolean; agentConnected: boolean; missing: ({ agent: string; name: string; ok: boolean; reason?: string })[]; degraded: (string)[] }
  RejectedFlow: { index: number; reason: string }
  StatusAnswer: { timeMs?: number; totals?: ({ protocol: "TCP" | "UDP" | "ICMP" | "ICMPv6" | "OTHER"; direction: "INGRESS" | "EGRESS"; action: "PASS" | "DROP" | "SKIP" | "SSH"; packets: number; bytes: number })[]; packetsPerSecond?: number; bytesPerSecond?: number; lastSecond?: { rxBytes: number; txBytes: number; rxPackets: number; txPackets: number; droppedPackets: number }; activeIps?: number; activeIpsAtLeast?: boolean; activeFlows?: number; topIps?: ({ ip: string; packetsPerSecond: number; bytesPerSecond: number; uniqueDstPorts: number; synCount: number; synAckCount: number })[]; interfaces?: ({ name: string; ifindex: number; kind: string; attached?: string; reason?: string; leaf: boolean; rxBytesPerSecond: number; txBytesPerSecond: number; coverage?: { packets?: number; bytes?: number; missing: ({ cause: "table full" | "not IP" | "malformed" | "unexplained"; packets: number; bytes: number })[] } })[]; coverage?: { packets?: number; bytes?: number; missing: ({ cause: "table full" | "not IP" | "malformed" | "unexplained"; packets: number; bytes: number })[] }; flowTable?: { used: number; capacity: number; overflowPackets: number; overflowBytes: number }; tcp?: { sentBytes: number; receivedBytes: number; retransmits: number; retransmitEvents: number; rttSamples: number; drops?: number; connects: number; accepts: number; refused: number; timedOut: number; established: number }; rtt?: ({ peer: "loopback" | "link-local" | "private" | "public"; counts: (number)[]; sumUs: number })[]; drops?: ({ interface: string; reason: string; packets: number; bytes: number })[]; dns?: ({ server: string; queries: number; answers: number; unanswered: number; rcodes: Record<string, number>; latencySumMs: number })[]; sockets?: { used: number; capacity: number; overflow: number }; observations?: { sent: number; skipped: number; lost: number }; events?: { watched: boolean; sent: number; skipped: number; lost: number }; lists?: { allow: { entries: number; capacity: number }; deny: { entries: number; capacity: number } }; limits?: { entries: number; capacity: number; droppedPackets: number; droppedBytes: number }; lifelines?: { sshPeers: (string)[]; own: (string)[]; gateways: (string)[]; dnsServers: (string)[]; servers: (string)[]; pinned: number; problems: (string)[] }; capabilities?: ({ name: string; ok: boolean; isExtra?: boolean; reason?: string })[]; degraded?: (string)[]; agent?: { rssBytes: number; cpuSeconds: number; uplinkDroppedRecords: number; uplinkQueuedBytes: number }; programs?: ({ name: string; runs: number; runNs: number })[]; agentConnected: boolean; serverVersion: string; agents: ({ name: string; hostname: string; version: string; source: string; connected: boolean })[] }
  StoredFlowPage: { flows: (Schemas['Flow'])[]; nextCursor?: string }
  Suppression: { id: string; filter: string; reason: string; author: string; createdAt: string; expiresAt: string; hits: number; lastHit: (string | null) }
  ThreatLookup: { ip: string; risk: (number | null); arithmetic: string; sources: (Schemas['IntelSource'])[]; asked: (string)[]; live: boolean; note: string }
  Token: { id: string; name: string; role: "viewer" | "operator" | "admin"; scopes: (string)[]; prefix: string; user: string; createdAtMs: number; expiresAtMs: number; lastUsedAtMs: number }
  Tokens: { access_token: string; token_type: "bearer"; expires_in: number; refresh_token?: string }
  TopFlows: { rows: ({ key: (string | number); value: number; bytes: number; packets: number; flows: number })[] }
  Traffic: { points: (Schemas['TrafficPoint'])[] }
  TrafficPoint: { timeMs: number; rxBytes: number; txBytes: number; rxPackets: number; txPackets: number; droppedPackets: number }
  User: { id: string; name: string; role: "viewer" | "operator" | "admin"; disabled: boolean; createdAtMs: number; passwordChangedAtMs: number; lastSignInAtMs: number }
}

export interface Operations {
  acknowledgeAlert: { path: { id: string }; query: undefined; body: { reason?: string }; answer: Schemas['Alert'] }
  addAlert: { path: undefined; query: undefined; body: { title: string; message?: string; severity?: (number | string); source?: string; ip?: string; target?: string; technique?: string; metadata?: Record<string, (number | boolean | string)> }; answer: { id: string; isNew: boolean } }
  addChannel: { path: undefined; query: undefined; body: { name: string; kind: string; settings: Record<string, unknown>; rules?: { minSeverity?: "info" | "low" | "medium" | "high" | "critical"; filter?: string; newThings?: boolean; groupSeconds?: number; dailyBudget?: number; quietHours?: ({ from: string; to: string } | null); timeZone?: string } }; answer: Schemas['Channel'] }
  addFeed: { path: undefined; query: undefined; body: { name: string; url?: string; format?: "plain" | "csv" | "hosts" | "dshield" | "spamhaus" | "feodo" | "tor-exit-addresses" | "onionoo" | "stix" | "misp"; kind?: "c2" | "malicious" | "attacker" | "tor" | "other"; weight?: number; everySeconds?: number; block?: boolean; authKey?: string }; answer: Schemas['Feed'] }
  addPolicy: { path: undefined; query: undefined; body: { name: string; description?: string; enabled?: boolean; when: string; do: { side?: "source" | "target"; block?: "no" | "address" | "prefix"; prefix4?: number; prefix6?: number; at?: "all" | "seen"; rateLimit?: { packetsPerSecond: number; burst?: number; of?: "packets" | "syn" }; terminate?: boolean; capture?: string; notify?: boolean; webhook?: string }; for?: string; escalate?: { factor: number; cap: string }; mode?: "observe" | "ask" | "enforce"; trial?: string }; answer: Schemas['Policy'] }
  addSuppression: { path: undefined; query: undefined; body: { filter: string; reason: string; expiresInSeconds?: number }; answer: Schemas['Suppression'] }
  addToAllowList: { path: undefined; query: undefined; body: { ip: string; reason?: string; expiresInSeconds?: number }; answer: Schemas['ListChanged'] }
  addToDenyList: { path: undefined; query: undefined; body: { ip: string; reason?: string; expiresInSeconds?: number }; answer: Schemas['ListChanged'] }
  approveAction: { path: { id: string }; query: undefined; body: { reason?: string }; answer: Schemas['Action'] }
  blockAddress: { path: undefined; query: undefined; body: { ip: string; reason?: string; expiresInSeconds?: number; terminate?: boolean; override?: boolean }; answer: Schemas['Action'] }
  changeAlert: { path: { id: string }; query: undefined; body: { state?: "open" | "acknowledged" | "resolved"; assignee?: string; reason?: string }; answer: Schemas['Alert'] }
  changeChannel: { path: { name: string }; query: undefined; body: { settings?: Record<string, unknown>; rules?: { minSeverity?: "info" | "low" | "medium" | "high" | "critical"; filter?: string; newThings?: boolean; groupSeconds?: number; dailyBudget?: number; quietHours?: ({ from: string; to: string } | null); timeZone?: string }; enabled?: boolean }; answer: Schemas['Channel'] }
  changeDevice: { path: { id: string }; query: undefined; body: { name?: string; role?: string; note?: string; trusted?: (boolean | null) }; answer: Schemas['DeviceDetail'] }
  changeFeed: { path: { name: string }; query: undefined; body: { url?: string; format?: "plain" | "csv" | "hosts" | "dshield" | "spamhaus" | "feodo" | "tor-exit-addresses" | "onionoo" | "stix" | "misp"; kind?: "c2" | "malicious" | "attacker" | "tor" | "other"; weight?: number; everySeconds?: number; block?: boolean; authKey?: string }; answer: Schemas['Feed'] }
  changePassword: { path: undefined; query: undefined; body: { current: string; new: string }; answer: Schemas['Done'] }
  changePolicy: { path: { name: string }; query: undefined; body: { enabled?: boolean; mode?: "observe" | "ask" | "enforce" }; answer: Schemas['Policy'] }
  changeUser: { path: { name: string }; query: undefined; body: { role?: "viewer" | "operator" | "admin"; disabled?: boolean; password?: string }; answer: Schemas['ChangedUser'] }
  completeQuery: { path: undefined; query: { text: string; cursor?: number }; body: undefined; answer: Schemas['Completions'] }
  confirmPolicy: { path: { name: string }; query: undefined; body: undefined; answer: Schemas['Policy'] }
  createToken: { path: undefined; query: undefined; body: { name: string; role?: "viewer" | "operator" | "admin"; scopes?: ("actions" | "addresses" | "agents" | "alerts" | "audit" | "auth" | "backup" | "captures" | "channels" | "devices" | "diagnosis" | "events" | "exports" | "feeds" | "flows" | "incidents" | "lists" | "metrics" | "notifications" | "policies" | "protected" | "query" | "status" | "suppressions" | "threat-intel" | "tokens" | "traffic" | "users")[]; expiresInDays?: number }; answer: { token: Schemas['Token']; secret: string } }
  createUser: { path: undefined; query: undefined; body: { name: string; role: "viewer" | "operator" | "admin"; password?: string }; answer: Schemas['ChangedUser'] }
  decideApproval: { path: { token: string }; query: undefined; body: { decision: "approve" | "reject" }; answer: Response }
  exportAudit: { path: undefined; query: undefined; body: undefined; answer: Response }
  flowSeries: { path: undefined; query: { from?: string; to?: string; filter?: string; step?: number; by?: "id" | "src" | "dst" | "srcPort" | "dstPort" | "protocol" | "protocolNumber" | "vlan" | "innerVlan" | "interface" | "direction" | "verdict" | "srcPackets" | "dstPackets" | "srcBytes" | "dstBytes" | "srcBytesPerSecond" | "dstBytesPerSecond" | "srcDroppedPackets" | "dstDroppedPackets" | "srcTcpFlags" | "dstTcpFlags" | "synCount" | "synAckCount" | "finCount" | "rstCount" | "handshake" | "handshakeMs" | "connect" | "connectMs" | "srcTcpState" | "dstTcpState" | "srcRttMs" | "dstRttMs" | "srcMinRttMs" | "dstMinRttMs" | "srcRttSamples" | "dstRttSamples" | "srcRetransmits" | "dstRetransmits" | "srcCongestionWindow" | "dstCongestionWindow" | "srcDeliveryRate" | "dstDeliveryRate" | "srcSentBytes" | "dstSentBytes" | "srcReceivedBytes" | "dstReceivedBytes" | "kernelDrops" | "dropReason" | "srcName" | "dstName" | "sni" | "ja4" | "httpHost" | "srcProcess" | "dstProcess" | "srcPid" | "dstPid" | "srcUser" | "dstUser" | "srcCommandLine" | "dstCommandLine" | "srcProcessStarted" | "dstProcessStarted" | "srcContainer" | "dstContainer" | "srcUnit" | "dstUnit" | "fragment" | "condensed" | "sources" | "firstSeen" | "lastSeen" | "durationMs" | "end" | "agent" | "ip"; measure?: "bytes" | "packets" | "flows" | "srcBytes" | "dstBytes" | "srcPackets" | "dstPackets" | "droppedPackets" | "retransmits"; limit?: number }; body: undefined; answer: Schemas['FlowSeries'] }
  getAction: { path: { id: string }; query: undefined; body: undefined; answer: Schemas['Action'] }
  getActionCapture: { path: { id: string }; query: undefined; body: undefined; answer: Response }
  getAddress: { path: { ip: string }; query: undefined; body: undefined; answer: Schemas['Address'] }
  getAgent: { path: { name: string }; query: undefined; body: undefined; answer: Schemas['Agent'] }
  getAlert: { path: { id: string }; query: undefined; body: undefined; answer: Schemas['Alert'] }
  getAlertCapture: { path: { id: string }; query: undefined; body: undefined; answer: Response }
  getAlertHistory: { path: { id: string }; query: undefined; body: undefined; answer: { changes: (Schemas['AlertChange'])[] } }
  getAllowList: { path: undefined; query: { offset?: number; limit?: number; match?: string }; body: undefined; answer: Schemas['ListPage'] }
  getConnectionMetrics: { path: undefined; query: undefined; body: undefined; answer: Schemas['ConnectionMetrics'] }
  getDenyList: { path: undefined; query: { offset?: number; limit?: number; match?: string }; body: undefined; answer: Schemas['ListPage'] }
  getDevice: { path: { id: string }; query: undefined; body: undefined; answer: Schemas['DeviceDetail'] }
  getDeviceScores: { path: { id: string }; query: { from?: string; to?: string }; body: undefined; answer: Schemas['DeviceScores'] }
  getDiagnosis: { path: undefined; query: undefined; body: undefined; answer: Schemas['Diagnoses'] }
  getExportSample: { path: { format: string }; query: undefined; body: undefined; answer: { flow: unknown; alert: unknown } }
  getFeed: { path: { name: string }; query: undefined; body: undefined; answer: Schemas['FeedDetail'] }
  getHealth: { path: undefined; query: undefined; body: undefined; answer: Schemas['Health'] }
  getIncident: { path: { id: string }; query: undefined; body: undefined; answer: { incident: Schemas['Incident']; alerts: (Schemas['Alert'])[]; timeline: ({ alert: string; at: string; author: string; change: string; detail: string })[] } }
  getMe: { path: undefined; query: undefined; body: undefined; answer: Schemas['Me'] }
  getMetrics: { path: undefined; query: undefined; body: undefined; answer: Response }
  getOpenapi: { path: undefined; query: undefined; body: undefined; answer: Record<string, unknown> }
  getPolicy: { path: { name: string }; query: undefined; body: undefined; answer: Schemas['Policy'] }
  getReadiness: { path: undefined; query: undefined; body: undefined; answer: Schemas['Readiness'] }
  getStatus: { path: undefined; query: undefined; body: undefined; answer: Schemas['StatusAnswer'] }
  getTraffic: { path: undefined; query: undefined; body: undefined; answer: Schemas['Traffic'] }
  inviteAgent: { path: undefined; query: undefined; body: { name?: string; expiresInSeconds?: number }; answer: Schemas['Invitation'] }
  linkAction: { path: { id: string }; query: undefined; body: undefined; answer: { path: string; expiresAt: string } }
  listActions: { path: undefined; query: { limit?: number; cursor?: string; state?: string; policy?: string; target?: string; alert?: string; inForce?: boolean }; body: undefined; answer: { actions: (Schemas['Action'])[]; total: number; nextCursor?: string } }
  listAgents: { path: undefined; query: undefined; body: undefined; answer: { agents: (Schemas['Agent'])[]; total: number } }
  listAlerts: { path: undefined; query: { limit?: number; cursor?: string; severity?: string; detector?: string; state?: string; src?: string; dst?: string; since?: string; filter?: string; sort?: "-firstSeen" | "-lastSeen" | "-severity" }; body: undefined; answer: Schemas['AlertPage'] }
  listAudit: { path: undefined; query: { limit?: number; cursor?: string; action?: string }; body: undefined; answer: { entries: (Schemas['AuditEntry'])[]; nextCursor?: string } }
  listChannelKinds: { path: undefined; query: undefined; body: undefined; answer: { kinds: (Schemas['ChannelKind'])[] } }
  listChannels: { path: undefined; query: undefined; body: undefined; answer: { channels: (Schemas['Channel'])[] } }
  listDevices: { path: undefined; query: { limit?: number; cursor?: string; sort?: "created_at" | "-last_seen" | "-bandwidth" | "hostname" | "ip"; agent_id?: string; status?: "online" | "offline" | "unknown"; role?: string; mac?: string; ip?: string; trusted?: boolean; q?: string }; body: undefined; answer: { devices: (Schemas['Device'])[]; total: number; nextCursor?: string } }
  listExports: { path: undefined; query: undefined; body: undefined; answer: { outputs: (Schemas['ExportOutput'])[] } }
  listFalsePositives: { path: undefined; query: undefined; body: undefined; answer: { falsePositives: (Schemas['FalsePositiveMark'])[] } }
  listFeeds: { path: undefined; query: undefined; body: undefined; answer: { feeds: (Schemas['Feed'])[]; known: (string)[]; fileProblems: (string)[]; blockProblem: string } }
  listFlows: { path: undefined; query: { state?: "live" | "ended" | "all"; offset?: number; limit?: number; sort?: "id" | "communityId" | "src" | "dst" | "srcPort" | "dstPort" | "protocol" | "protocolNumber" | "vlan" | "innerVlan" | "interface" | "direction" | "verdict" | "srcPackets" | "dstPackets" | "srcBytes" | "dstBytes" | "srcBytesPerSecond" | "dstBytesPerSecond" | "srcDroppedPackets" | "dstDroppedPackets" | "srcTcpFlags" | "dstTcpFlags" | "synCount" | "synAckCount" | "finCount" | "rstCount" | "handshake" | "handshakeMs" | "connect" | "connectMs" | "srcTcpState" | "dstTcpState" | "srcRttMs" | "dstRttMs" | "srcMinRttMs" | "dstMinRttMs" | "srcRttSamples" | "dstRttSamples" | "srcRetransmits" | "dstRetransmits" | "srcCongestionWindow" | "dstCongestionWindow" | "srcDeliveryRate" | "dstDeliveryRate" | "srcSentBytes" | "dstSentBytes" | "srcReceivedBytes" | "dstReceivedBytes" | "kernelDrops" | "dropReason" | "srcName" | "dstName" | "sni" | "ja4" | "httpHost" | "srcProcess" | "dstProcess" | "srcPid" | "dstPid" | "srcUser" | "dstUser" | "srcCommandLine" | "dstCommandLine" | "srcProcessStarted" | "dstProcessStarted" | "srcContainer" | "dstContainer" | "srcUnit" | "dstUnit" | "fragment" | "condensed" | "sources" | "firstSeen" | "lastSeen" | "durationMs" | "end" | "packets" | "bytes" | "bytesPerSecond" | "rttMs" | "retransmits" | "process" | "name" | "-id" | "-communityId" | "-src" | "-dst" | "-srcPort" | "-dstPort" | "-protocol" | "-protocolNumber" | "-vlan" | "-innerVlan" | "-interface" | "-direction" | "-verdict" | "-srcPackets" | "-dstPackets" | "-srcBytes" | "-dstBytes" | "-srcBytesPerSecond" | "-dstBytesPerSecond" | "-srcDroppedPackets" | "-dstDroppedPackets" | "-srcTcpFlags" | "-dstTcpFlags" | "-synCount" | "-synAckCount" | "-finCount" | "-rstCount" | "-handshake" | "-handshakeMs" | "-connect" | "-connectMs" | "-srcTcpState" | "-dstTcpState" | "-srcRttMs" | "-dstRttMs" | "-srcMinRttMs" | "-dstMinRttMs" | "-srcRttSamples" | "-dstRttSamples" | "-srcRetransmits" | "-dstRetransmits" | "-srcCongestionWindow" | "-dstCongestionWindow" | "-srcDeliveryRate" | "-dstDeliveryRate" | "-srcSentBytes" | "-dstSentBytes" | "-srcReceivedBytes" | "-dstReceivedBytes" | "-kernelDrops" | "-dropReason" | "-srcName" | "-dstName" | "-sni" | "-ja4" | "-httpHost" | "-srcProcess" | "-dstProcess" | "-srcPid" | "-dstPid" | "-srcUser" | "-dstUser" | "-srcCommandLine" | "-dstCommandLine" | "-srcProcessStarted" | "-dstProcessStarted" | "-srcContainer" | "-dstContainer" | "-srcUnit" | "-dstUnit" | "-fragment" | "-condensed" | "-sources" | "-firstSeen" | "-lastSeen" | "-durationMs" | "-end" | "-packets" | "-bytes" | "-bytesPerSecond" | "-rttMs" | "-retransmits" | "-process" | "-name"; src?: string; dst?: string; ip?: string; port?: number; srcPort?: number; dstPort?: number; protocol?: string; interface?: string; verdict?: "PASS" | "DROP" | "SKIP" | "SSH"; direction?: "inbound" | "outbound" | "forwarded"; process?: string; pid?: number; user?: string; container?: string; name?: string; q?: string; filter?: string }; body: undefined; answer: Schemas['FlowPage'] }
  listIncidents: { path: undefined; query: { limit?: number; cursor?: string; severity?: string }; body: undefined; answer: Schemas['IncidentPage'] }
  listIntelProviders: { path: undefined; query: undefined; body: undefined; answer: { providers: (Schemas['IntelProvider'])[] } }
  listNotifications: { path: undefined; query: { channel?: string; limit?: number }; body: undefined; answer: { notifications: (Schemas['Notification'])[] } }
  listPolicies: { path: undefined; query: undefined; body: undefined; answer: { policies: (Schemas['Policy'])[] } }
  listProtected: { path: undefined; query: undefined; body: undefined; answer: { protected: (Schemas['ProtectedAddress'])[] } }
  listRelatedAlerts: { path: { id: string }; query: undefined; body: undefined; answer: { related: ({ because: "incident" | "source" | "target" | "target-became-source"; alert: Schemas['Alert'] })[] } }
  listStoredFlows: { path: undefined; query: { from?: string; to?: string; filter?: string; limit?: number; cursor?: string; sort?: "id" | "src" | "dst" | "srcPort" | "dstPort" | "protocol" | "protocolNumber" | "vlan" | "innerVlan" | "interface" | "direction" | "verdict" | "srcPackets" | "dstPackets" | "srcBytes" | "dstBytes" | "srcBytesPerSecond" | "dstBytesPerSecond" | "srcDroppedPackets" | "dstDroppedPackets" | "srcTcpFlags" | "dstTcpFlags" | "synCount" | "synAckCount" | "finCount" | "rstCount" | "handshake" | "handshakeMs" | "connect" | "connectMs" | "srcTcpState" | "dstTcpState" | "srcRttMs" | "dstRttMs" | "srcMinRttMs" | "dstMinRttMs" | "srcRttSamples" | "dstRttSamples" | "srcRetransmits" | "dstRetransmits" | "srcCongestionWindow" | "dstCongestionWindow" | "srcDeliveryRate" | "dstDeliveryRate" | "srcSentBytes" | "dstSentBytes" | "srcReceivedBytes" | "dstReceivedBytes" | "kernelDrops" | "dropReason" | "srcName" | "dstName" | "sni" | "ja4" | "httpHost" | "srcProcess" | "dstProcess" | "srcPid" | "dstPid" | "srcUser" | "dstUser" | "srcCommandLine" | "dstCommandLine" | "srcProcessStarted" | "dstProcessStarted" | "srcContainer" | "dstContainer" | "srcUnit" | "dstUnit" | "fragment" | "condensed" | "sources" | "firstSeen" | "lastSeen" | "durationMs" | "end" | "agent" | "-id" | "-src" | "-dst" | "-srcPort" | "-dstPort" | "-protocol" | "-protocolNumber" | "-vlan" | "-innerVlan" | "-interface" | "-direction" | "-verdict" | "-srcPackets" | "-dstPackets" | "-srcBytes" | "-dstBytes" | "-srcBytesPerSecond" | "-dstBytesPerSecond" | "-srcDroppedPackets" | "-dstDroppedPackets" | "-srcTcpFlags" | "-dstTcpFlags" | "-synCount" | "-synAckCount" | "-finCount" | "-rstCount" | "-handshake" | "-handshakeMs" | "-connect" | "-connectMs" | "-srcTcpState" | "-dstTcpState" | "-srcRttMs" | "-dstRttMs" | "-srcMinRttMs" | "-dstMinRttMs" | "-srcRttSamples" | "-dstRttSamples" | "-srcRetransmits" | "-dstRetransmits" | "-srcCongestionWindow" | "-dstCongestionWindow" | "-srcDeliveryRate" | "-dstDeliveryRate" | "-srcSentBytes" | "-dstSentBytes" | "-srcReceivedBytes" | "-dstReceivedBytes" | "-kernelDrops" | "-dropReason" | "-srcName" | "-dstName" | "-sni" | "-ja4" | "-httpHost" | "-srcProcess" | "-dstProcess" | "-srcPid" | "-dstPid" | "-srcUser" | "-dstUser" | "-srcCommandLine" | "-dstCommandLine" | "-srcProcessStarted" | "-dstProcessStarted" | "-srcContainer" | "-dstContainer" | "-srcUnit" | "-dstUnit" | "-fragment" | "-condensed" | "-sources" | "-firstSeen" | "-lastSeen" | "-durationMs" | "-end" | "-agent" }; body: undefined; answer: Schemas['StoredFlowPage'] }
  listSuppressions: { path: undefined; query: undefined; body: undefined; answer: { suppressions: (Schemas['Suppression'])[] } }
  listTokens: { path: undefined; query: undefined; body: undefined; answer: { tokens: (Schemas['Token'])[] } }
  listUsers: { path: undefined; query: undefined; body: undefined; answer: { users: (Schemas['User'])[] } }
  login: { path: undefined; query: undefined; body: { username: string; password: string; grant_type?: "password"; scope?: string; client_id?: string; client_secret?: string }; answer: Schemas['Tokens'] }
  logout: { path: undefined; query: undefined; body: { refresh_token?: string }; answer: Schemas['Done'] }
  logoutEverywhere: { path: undefined; query: undefined; body: { tokens?: boolean }; answer: { ok: boolean; sessions: number } }
  lookUpThreat: { path: { ip: string }; query: { live?: boolean }; body: undefined; answer: Schemas['ThreatLookup'] }
  makeBackup: { path: undefined; query: undefined; body: undefined; answer: Response }
  markFalsePositive: { path: { id: string }; query: undefined; body: { reason: string }; answer: Schemas['Alert'] }
  openLive: { path: undefined; query: undefined; body: undefined; answer: Response }
  previewBlock: { path: undefined; query: { ip: string }; body: undefined; answer: Schemas['BlockPreview'] }
  previewNewPolicy: { path: undefined; query: undefined; body: { name: string; description?: string; enabled?: boolean; when: string; do: { side?: "source" | "target"; block?: "no" | "address" | "prefix"; prefix4?: number; prefix6?: number; at?: "all" | "seen"; rateLimit?: { packetsPerSecond: number; burst?: number; of?: "packets" | "syn" }; terminate?: boolean; capture?: string; notify?: boolean; webhook?: string }; for?: string; escalate?: { factor: number; cap: string }; mode?: "observe" | "ask" | "enforce"; trial?: string }; answer: Schemas['PolicyPreview'] }
  previewPolicy: { path: { name: string }; query: undefined; body: undefined; answer: Schemas['PolicyPreview'] }
  queryMetrics: { path: undefined; query: { expr: string; time?: string }; body: undefined; answer: Schemas['PrometheusAnswer'] }
  queryMetricsRange: { path: undefined; query: { expr: string; start: string; end: string; step: string }; body: undefined; answer: Schemas['PrometheusAnswer'] }
  refresh: { path: undefined; query: undefined; body: { refresh_token?: string }; answer: Schemas['Tokens'] }
  refreshFeed: { path: { name: string }; query: undefined; body: undefined; answer: Schemas['Feed'] }
  rejectAction: { path: { id: string }; query: undefined; body: { reason?: string }; answer: Schemas['Action'] }
  removeAgent: { path: { name: string }; query: undefined; body: undefined; answer: Schemas['Agent'] }
  removeChannel: { path: { name: string }; query: undefined; body: undefined; answer: undefined }
  removeDevice: { path: { id: string }; query: undefined; body: undefined; answer: undefined }
  removeFeed: { path: { name: string }; query: undefined; body: undefined; answer: undefined }
  removeFromAllowList: { path: undefined; query: { ip: string }; body: undefined; answer: Schemas['ListChanged'] }
  removeFromDenyList: { path: undefined; query: { ip: string }; body: undefined; answer: Schemas['ListChanged'] }
  removePolicy: { path: { name: string }; query: undefined; body: undefined; answer: undefined }
  removeSuppression: { path: { id: string }; query: undefined; body: undefined; answer: undefined }
  removeUser: { path: { name: string }; query: undefined; body: undefined; answer: Schemas['Done'] }
  replacePolicy: { path: { name: string }; query: undefined; body: { name: string; description?: string; enabled?: boolean; when: string; do: { side?: "source" | "target"; block?: "no" | "address" | "prefix"; prefix4?: number; prefix6?: number; at?: "all" | "seen"; rateLimit?: { packetsPerSecond: number; burst?: number; of?: "packets" | "syn" }; terminate?: boolean; capture?: string; notify?: boolean; webhook?: string }; for?: string; escalate?: { factor: number; cap: string }; mode?: "observe" | "ask" | "enforce"; trial?: string }; answer: Schemas['Policy'] }
  reportDevice: { path: undefined; query: undefined; body: { ip?: string; mac?: string; hostname?: string; vendor?: string; agent_id: string; status?: "online" | "offline" | "unknown"; bandwidth_tx_bps?: number; bandwidth_rx_bps?: number; open_ports?: (number)[]; risk_score?: (number | null); trust_score?: (number | null); id?: string; last_seen?: string; created_at?: string }; answer: Schemas['DeviceDetail'] }
  reportFlows: { path: undefined; query: undefined; body: Schemas['FlowBatch']; answer: Schemas['BatchAnswer'] }
  revokeToken: { path: { id: string }; query: undefined; body: undefined; answer: Schemas['Done'] }
  showApproval: { path: { token: string }; query: undefined; body: undefined; answer: Response }
  signOutUser: { path: { name: string }; query: undefined; body: { tokens?: boolean }; answer: { ok: boolean; sessions: number } }
  startCapture: { path: undefined; query: undefined; body: { agent?: string; filter?: { ip?: string; port?: number; protocol?: string; interface?: string }; flow?: string; seconds?: number; maxBytes?: number; snapLength?: number }; answer: Response }
  stopCapture: { path: { id: number }; query: undefined; body: undefined; answer: Schemas['CaptureEnded'] }
  streamAlerts: { path: undefined; query: { filter?: string }; body: undefined; answer: Response }
  streamEvents: { path: undefined; query: { ip?: string; port?: number; proto?: string; action?: "PASS" | "DROP" | "SKIP" | "SSH"; direction?: "INGRESS" | "EGRESS" }; body: undefined; answer: Response }
  streamFlows: { path: undefined; query: { state?: "live" | "ended" | "all"; offset?: number; limit?: number; sort?: "id" | "communityId" | "src" | "dst" | "srcPort" | "dstPort" | "protocol" | "protocolNumber" | "vlan" | "innerVlan" | "interface" | "direction" | "verdict" | "srcPackets" | "dstPackets" | "srcBytes" | "dstBytes" | "srcBytesPerSecond" | "dstBytesPerSecond" | "srcDroppedPackets" | "dstDroppedPackets" | "srcTcpFlags" | "dstTcpFlags" | "synCount" | "synAckCount" | "finCount" | "rstCount" | "handshake" | "handshakeMs" | "connect" | "connectMs" | "srcTcpState" | "dstTcpState" | "srcRttMs" | "dstRttMs" | "srcMinRttMs" | "dstMinRttMs" | "srcRttSamples" | "dstRttSamples" | "srcRetransmits" | "dstRetransmits" | "srcCongestionWindow" | "dstCongestionWindow" | "srcDeliveryRate" | "dstDeliveryRate" | "srcSentBytes" | "dstSentBytes" | "srcReceivedBytes" | "dstReceivedBytes" | "kernelDrops" | "dropReason" | "srcName" | "dstName" | "sni" | "ja4" | "httpHost" | "srcProcess" | "dstProcess" | "srcPid" | "dstPid" | "srcUser" | "dstUser" | "srcCommandLine" | "dstCommandLine" | "srcProcessStarted" | "dstProcessStarted" | "srcContainer" | "dstContainer" | "srcUnit" | "dstUnit" | "fragment" | "condensed" | "sources" | "firstSeen" | "lastSeen" | "durationMs" | "end" | "packets" | "bytes" | "bytesPerSecond" | "rttMs" | "retransmits" | "process" | "name" | "-id" | "-communityId" | "-src" | "-dst" | "-srcPort" | "-dstPort" | "-protocol" | "-protocolNumber" | "-vlan" | "-innerVlan" | "-interface" | "-direction" | "-verdict" | "-srcPackets" | "-dstPackets" | "-srcBytes" | "-dstBytes" | "-srcBytesPerSecond" | "-dstBytesPerSecond" | "-srcDroppedPackets" | "-dstDroppedPackets" | "-srcTcpFlags" | "-dstTcpFlags" | "-synCount" | "-synAckCount" | "-finCount" | "-rstCount" | "-handshake" | "-handshakeMs" | "-connect" | "-connectMs" | "-srcTcpState" | "-dstTcpState" | "-srcRttMs" | "-dstRttMs" | "-srcMinRttMs" | "-dstMinRttMs" | "-srcRttSamples" | "-dstRttSamples" | "-srcRetransmits" | "-dstRetransmits" | "-srcCongestionWindow" | "-dstCongestionWindow" | "-srcDeliveryRate" | "-dstDeliveryRate" | "-srcSentBytes" | "-dstSentBytes" | "-srcReceivedBytes" | "-dstReceivedBytes" | "-kernelDrops" | "-dropReason" | "-srcName" | "-dstName" | "-sni" | "-ja4" | "-httpHost" | "-srcProcess" | "-dstProcess" | "-srcPid" | "-dstPid" | "-srcUser" | "-dstUser" | "-srcCommandLine" | "-dstCommandLine" | "-srcProcessStarted" | "-dstProcessStarted" | "-srcContainer" | "-dstContainer" | "-srcUnit" | "-dstUnit" | "-fragment" | "-condensed" | "-sources" | "-firstSeen" | "-lastSeen" | "-durationMs" | "-end" | "-packets" | "-bytes" | "-bytesPerSecond" | "-rttMs" | "-retransmits" | "-process" | "-name"; src?: string; dst?: string; ip?: string; port?: number; srcPort?: number; dstPort?: number; protocol?: string; interface?: string; verdict?: "PASS" | "DROP" | "SKIP" | "SSH"; direction?: "inbound" | "outbound" | "forwarded"; process?: string; pid?: number; user?: string; container?: string; name?: string; q?: string; filter?: string }; body: undefined; answer: Response }
  streamStatus: { path: undefined; query: undefined; body: undefined; answer: Response }
  testChannel: { path: { name: string }; query: undefined; body: undefined; answer: { outcome: "sent" | "later" | "refused" | "broken"; reason: string; tookMs: number } }
  topFlows: { path: undefined; query: { from?: string; to?: string; filter?: string; by: "id" | "src" | "dst" | "srcPort" | "dstPort" | "protocol" | "protocolNumber" | "vlan" | "innerVlan" | "interface" | "direction" | "verdict" | "srcPackets" | "dstPackets" | "srcBytes" | "dstBytes" | "srcBytesPerSecond" | "dstBytesPerSecond" | "srcDroppedPackets" | "dstDroppedPackets" | "srcTcpFlags" | "dstTcpFlags" | "synCount" | "synAckCount" | "finCount" | "rstCount" | "handshake" | "handshakeMs" | "connect" | "connectMs" | "srcTcpState" | "dstTcpState" | "srcRttMs" | "dstRttMs" | "srcMinRttMs" | "dstMinRttMs" | "srcRttSamples" | "dstRttSamples" | "srcRetransmits" | "dstRetransmits" | "srcCongestionWindow" | "dstCongestionWindow" | "srcDeliveryRate" | "dstDeliveryRate" | "srcSentBytes" | "dstSentBytes" | "srcReceivedBytes" | "dstReceivedBytes" | "kernelDrops" | "dropReason" | "srcName" | "dstName" | "sni" | "ja4" | "httpHost" | "srcProcess" | "dstProcess" | "srcPid" | "dstPid" | "srcUser" | "dstUser" | "srcCommandLine" | "dstCommandLine" | "srcProcessStarted" | "dstProcessStarted" | "srcContainer" | "dstContainer" | "srcUnit" | "dstUnit" | "fragment" | "condensed" | "sources" | "firstSeen" | "lastSeen" | "durationMs" | "end" | "agent" | "ip"; measure?: "bytes" | "packets" | "flows" | "srcBytes" | "dstBytes" | "srcPackets" | "dstPackets" | "droppedPackets" | "retransmits"; limit?: number }; body: undefined; answer: Schemas['TopFlows'] }
  undoAction: { path: { id: string }; query: undefined; body: { reason?: string }; answer: Schemas['Action'] }
  unmarkFalsePositive: { path: { id: string }; query: undefined; body: undefined; answer: undefined }
  verifyAudit: { path: undefined; query: { seq?: number; hash?: string }; body: undefined; answer: Schemas['AuditCheck'] }
}

export const OPERATIONS = {
  acknowledgeAlert: { method: 'PATCH', path: '/api/v1/alerts/{id}/ack' },
  addAlert: { method: 'POST', path: '/api/v1/alerts' },
  addChannel: { method: 'POST', path: '/api/v1/channels' },
  addFeed: { method: 'POST', path: '/api/v1/feeds' },
  addPolicy: { method: 'POST', path: '/api/v1/policies' },
  addSuppression: { method: 'POST', path: '/api/v1/suppressions' },
  addToAllowList: { method: 'POST', path: '/whitelist' },
  addToDenyList: { method: 'POST', path: '/blacklist' },
  approveAction: { method: 'POST', path: '/api/v1/actions/{id}/approve' },
  blockAddress: { method: 'POST', path: '/api/v1/actions' },
  changeAlert: { method: 'PATCH', path: '/api/v1/alerts/{id}' },
  changeChannel: { method: 'PATCH', path: '/api/v1/channels/{name}' },
  changeDevice: { method: 'PATCH', path: '/api/v1/devices/{id}' },
  changeFeed: { method: 'PATCH', path: '/api/v1/feeds/{name}' },
  changePassword: { method: 'POST', path: '/api/v1/auth/password' },
  changePolicy: { method: 'PATCH', path: '/api/v1/policies/{name}' },
  changeUser: { method: 'PATCH', path: '/api/v1/users/{name}' },
  completeQuery: { method: 'GET', path: '/api/v1/query/completions' },
  confirmPolicy: { method: 'POST', path: '/api/v1/policies/{name}/confirm' },
  createToken: { method: 'POST', path: '/api/v1/tokens' },
  createUser: { method: 'POST', path: '/api/v1/users' },
  decideApproval: { method: 'POST', path: '/api/v1/approvals/{token}' },
  exportAudit: { method: 'GET', path: '/api/v1/audit/export' },
  flowSeries: { method: 'GET', path: '/api/v1/flows/series' },
  getAction: { method: 'GET', path: '/api/v1/actions/{id}' },
  getActionCapture: { method: 'GET', path: '/api/v1/actions/{id}/capture' },
  getAddress: { method: 'GET', path: '/api/v1/addresses/{ip}' },
  getAgent: { method: 'GET', path: '/api/v1/agents/{name}' },
  getAlert: { method: 'GET', path: '/api/v1/alerts/{id}' },
  getAlertCapture: { method: 'GET', path: '/api/v1/alerts/{id}/capture' },
  getAlertHistory: { method: 'GET', path: '/api/v1/alerts/{id}/history' },
  getAllowList: { method: 'GET', path: '/whitelist' },
  getConnectionMetrics: { method: 'GET', path: '/api/v1/metrics/connections' },
  getDenyList: { method: 'GET', path: '/blacklist' },
  getDevice: { method: 'GET', path: '/api/v1/devices/{id}' },
  getDeviceScores: { method: 'GET', path: '/api/v1/devices/{id}/scores' },
  getDiagnosis: { method: 'GET', path: '/api/v1/diagnosis' },
  getExportSample: { method: 'GET', path: '/api/v1/exports/samples/{format}' },
  getFeed: { method: 'GET', path: '/api/v1/feeds/{name}' },
  getHealth: { method: 'GET', path: '/health' },
  getIncident: { method: 'GET', path: '/api/v1/incidents/{id}' },
  getMe: { method: 'GET', path: '/api/v1/auth/me' },
  getMetrics: { method: 'GET', path: '/metrics' },
  getOpenapi: { method: 'GET', path: '/api/v1/openapi.json' },
  getPolicy: { method: 'GET', path: '/api/v1/policies/{name}' },
  getReadiness: { method: 'GET', path: '/ready' },
  getStatus: { method: 'GET', path: '/api/v1/status' },
  getTraffic: { method: 'GET', path: '/api/v1/traffic' },
  inviteAgent: { method: 'POST', path: '/api/v1/agents/invite' },
  linkAction: { method: 'POST', path: '/api/v1/actions/{id}/link' },
  listActions: { method: 'GET', path: '/api/v1/actions' },
  listAgents: { method: 'GET', path: '/api/v1/agents' },
  listAlerts: { method: 'GET', path: '/api/v1/alerts' },
  listAudit: { method: 'GET', path: '/api/v1/audit' },
  listChannelKinds: { method: 'GET', path: '/api/v1/channels/kinds' },
  listChannels: { method: 'GET', path: '/api/v1/channels' },
  listDevices: { method: 'GET', path: '/api/v1/devices' },
  listExports: { method: 'GET', path: '/api/v1/exports' },
  listFalsePositives: { method: 'GET', path: '/api/v1/alerts/false-positives' },
  listFeeds: { method: 'GET', path: '/api/v1/feeds' },
  listFlows: { method: 'GET', path: '/api/v1/flows' },
  listIncidents: { method: 'GET', path: '/api/v1/incidents' },
  listIntelProviders: { method: 'GET', path: '/api/v1/threat-intel/providers' },
  listNotifications: { method: 'GET', path: '/api/v1/notifications' },
  listPolicies: { method: 'GET', path: '/api/v1/policies' },
  listProtected: { method: 'GET', path: '/api/v1/protected' },
  listRelatedAlerts: { method: 'GET', path: '/api/v1/alerts/{id}/related' },
  listStoredFlows: { method: 'GET', path: '/api/v1/flows/stored' },
  listSuppressions: { method: 'GET', path: '/api/v1/suppressions' },
  listTokens: { method: 'GET', path: '/api/v1/tokens' },
  listUsers: { method: 'GET', path: '/api/v1/users' },
  login: { method: 'POST', path: '/api/v1/auth/login' },
  logout: { method: 'POST', path: '/api/v1/auth/logout' },
  logoutEverywhere: { method: 'POST', path: '/api/v1/auth/logout-everywhere' },
  lookUpThreat: { method: 'GET', path: '/api/v1/threat-intel/lookup/{ip}' },
  makeBackup: { method: 'POST', path: '/api/v1/backup' },
  markFalsePositive: { method: 'POST', path: '/api/v1/alerts/{id}/false-positive' },
  openLive: { method: 'GET', path: '/api/v1/ws' },
  previewBlock: { method: 'GET', path: '/api/v1/actions/preview' },
  previewNewPolicy: { method: 'POST', path: '/api/v1/policies/preview' },
  previewPolicy: { method: 'GET', path: '/api/v1/policies/{name}/preview' },
  queryMetrics: { method: 'GET', path: '/api/v1/metrics/query' },
  queryMetricsRange: { method: 'GET', path: '/api/v1/metrics/query_range' },
  refresh: { method: 'POST', path: '/api/v1/auth/refresh' },
  refreshFeed: { method: 'POST', path: '/api/v1/feeds/{name}/refresh' },
  rejectAction: { method: 'POST', path: '/api/v1/actions/{id}/reject' },
  removeAgent: { method: 'DELETE', path: '/api/v1/agents/{name}' },
  removeChannel: { method: 'DELETE', path: '/api/v1/channels/{name}' },
  removeDevice: { method: 'DELETE', path: '/api/v1/devices/{id}' },
  removeFeed: { method: 'DELETE', path: '/api/v1/feeds/{name}' },
  removeFromAllowList: { method: 'DELETE', path: '/whitelist' },
  removeFromDenyList: { method: 'DELETE', path: '/blacklist' },
  removePolicy: { method: 'DELETE', path: '/api/v1/policies/{name}' },
  removeSuppression: { method: 'DELETE', path: '/api/v1/suppressions/{id}' },
  removeUser: { method: 'DELETE', path: '/api/v1/users/{name}' },
  replacePolicy: { method: 'PUT', path: '/api/v1/policies/{name}' },
  reportDevice: { method: 'POST', path: '/api/v1/devices' },
  reportFlows: { method: 'POST', path: '/api/v1/flows/batch' },
  revokeToken: { method: 'DELETE', path: '/api/v1/tokens/{id}' },
  showApproval: { method: 'GET', path: '/api/v1/approvals/{token}' },
  signOutUser: { method: 'POST', path: '/api/v1/users/{name}/sign-out' },
  startCapture: { method: 'POST', path: '/api/v1/captures' },
  stopCapture: { method: 'DELETE', path: '/api/v1/captures/{id}' },
  streamAlerts: { method: 'GET', path: '/api/v1/alerts/stream' },
  streamEvents: { method: 'GET', path: '/events' },
  streamFlows: { method: 'GET', path: '/api/v1/flows/stream' },
  streamStatus: { method: 'GET', path: '/api/v1/status/stream' },
  testChannel: { method: 'POST', path: '/api/v1/channels/{name}/test' },
  topFlows: { method: 'GET', path: '/api/v1/flows/top' },
  undoAction: { method: 'POST', path: '/api/v1/actions/{id}/undo' },
  unmarkFalsePositive: { method: 'DELETE', path: '/api/v1/alerts/{id}/false-positive' },
  verifyAudit: { method: 'GET', path: '/api/v1/audit/verify' },
} as const satisfies Record<keyof Operations, { method: string; path: string }>
