/** Actions, policies, channels and feeds of the made-up network, as the API gives them. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

const ago = (ms: number): string => new Date(Date.now() - ms).toISOString()
type Row = Record<string, unknown>

const action = (id: string, given: Row): Row => ({
  ...{ id, policy: '', mode: 'manual', alert: '', title: '', target: '203.0.113.7' },
  ...{ does: ['block address'], agent: '', state: 'in-force', inForce: true },
  ...{ createdAt: ago(60_000), expiresAt: ago(-3_540_000), forSeconds: 3600, isSpoofable: false },
  ...{ reason: '', author: 'ada', origin: 'api', preview: null, verification: null },
  ...{ terminated: null, latencyMs: 80, steps: [], ...given },
})

const policy = (given: Row): Row => ({
  ...{ description: '', enabled: true, for: '1h', escalate: { factor: 2, cap: '7d' } },
  ...{ trial: 'none', trialUntil: null, origin: 'api', author: 'ada' },
  ...{ createdAt: ago(9e6), changedAt: ago(9e6), ...given },
})

const RULES = {
  ...{ minSeverity: 'medium', filter: '', newThings: false, groupSeconds: 30 },
  ...{ dailyBudget: 50, quietHours: null, timeZone: 'UTC' },
}
const channel = (name: string, given: Row): Row => ({
  ...{ name, kind: 'slack', target: 'hooks.slack.com', settings: { url: '***' }, rules: RULES },
  ...{ origin: 'api', author: 'ada', createdAt: ago(9e6), enabled: true, disabled: '' },
  ...{ disabledAt: null, lastError: '', lastErrorAt: null, lastSentAt: ago(120_000) },
  ...{ sentToday: 3, waiting: 0, ...given },
})

const made = () => ({
  actions: [
    action('x1', {
      ...{ policy: 'block-scanners', mode: 'enforce', alert: 'a1', title: 'a scan' },
      ...{ state: 'verified', terminated: 2 },
      steps: [{ state: 'in-force', at: ago(59_000), reason: 'dropped by fake', by: 'ada' }],
      verification: {
        ...{ since: ago(60_000), at: ago(50_000), passedPackets: 0, droppedPackets: 1250 },
        ...{ sshPackets: 0, agents: ['fake'] },
      },
    }),
    ...['198.51.100.9', '198.51.100.10'].map((target, at) =>
      action(`x${at + 2}`, { state: 'asked', inForce: false, target, policy: 'ask-first' }),
    ),
  ],
  policies: [
    policy({
      ...{ name: 'block-scanners', when: 'detector = scan and severity >= 60', mode: 'enforce' },
      ...{ modeNow: 'enforce', trial: 'running', trialUntil: ago(-1_800_000) },
      do: { block: 'address', terminate: true },
    }),
  ],
  channels: [
    channel('ops', {}),
    channel('old', { enabled: false, disabled: 'channel_is_archived: make another one' }),
  ],
  feeds: [
    {
      ...{ name: 'spamhaus-drop', url: 'https://www.spamhaus.org/drop/drop_v4.json' },
      ...{ format: 'ndjson', kind: 'malicious', weight: 90, everySeconds: 3600, block: true },
      ...{ authKey: '', origin: 'api', author: 'ada', entries: 1200, systems: 0, names: 0 },
      ...{ subtracted: 2, wrong: 0, tooMany: 0, checkedAt: ago(60_000), fetchedAt: ago(60_000) },
      ...{ nextAt: ago(-3_540_000), failures: 0, error: '' },
    },
  ] as Row[],
})

const PROTECTED = {
  ...{ prefix: '192.168.1.1/32', kind: 'gateway', reason: 'the way out of fake' },
  ...{ agent: 'fake', lastSeen: ago(1000), canOverride: false },
}
const SOURCE = {
  ...{ source: 'abuseipdb', title: 'AbuseIPDB', kind: 'provider', state: 'known', facts: [] },
  ...{ reasons: ['reported 41 times'], weight: null, probability: null, trust: null },
  ...{ decay: null, ageSeconds: null, at: null as string | null, freshUntil: null },
}
const LOOK_UP = {
  ...{ ip: '203.0.113.7', risk: 84, arithmetic: '1 − (1 − 0.9 × 0.93)', asked: [], live: true },
  note: '',
  sources: [
    { ...SOURCE, weight: 0.9, probability: 0.93, trust: 0, decay: 1, at: ago(1000) },
    {
      ...SOURCE,
      source: 'virustotal',
      title: 'VirusTotal',
      state: 'not-asked',
      reasons: ['no key'],
    },
  ],
}
/** What was taken out of a feed. */
const TAKEN = [{ prefix: '10.0.0.0/8', why: '10.0.0.0/8 (private)', left: 0 }]
const WRONG = { status: 400, detail: 'The name is taken.', remedy: 'Choose another.' }
const PROVIDERS = [
  {
    ...{ name: 'abuseipdb', title: 'AbuseIPDB', enabled: true, note: '', weight: 0.8, ipv6: true },
    ...{ host: 'api.abuseipdb.com' },
    quota: [{ period: 'day', used: 20, limit: 1000, resetsAt: ago(-3_600_000) }],
    circuit: { state: 'closed', failures: 0, until: null, reason: '' },
  },
]
const KINDS = [
  {
    ...{ kind: 'slack', description: 'A Slack incoming webhook.', secrets: ['url'] },
    settings: {
      properties: { url: { type: 'string', description: 'Of the webhook.' } },
      required: ['url'],
    },
  },
]
const TEXT = 'in the last 7 days it would have met 12 flows'

export const createFakeRespond = () => {
  const has = made()
  const calls: string[] = []
  const find = (rows: Row[], key: string) => rows.find(({ id, name }) => (id ?? name) === key)

  const answerOf = (method: string, path: string[], body: Row): unknown => {
    const [kind, id = '', what] = path
    if (kind === 'threat-intel') return id === 'lookup' ? LOOK_UP : { providers: PROVIDERS }
    if (kind === 'protected') return { protected: [PROTECTED] }
    if (kind === 'notifications') return { notifications: [] }
    if (kind === 'channels' && id === 'kinds') return { kinds: KINDS }
    if (kind === 'channels' && what === 'test')
      return id === 'ops'
        ? { outcome: 'sent', reason: '', tookMs: 80 }
        : { outcome: 'broken', reason: 'channel_is_archived', tookMs: 80 }
    if (kind === 'feeds' && method === 'GET' && id)
      return { feed: find(has.feeds, id), sample: ['192.0.2.0/24'], subtracted: TAKEN, wrong: [] }
    if (id === 'preview' || what === 'preview')
      return {
        ...{ target: body['ip'], text: TEXT, isCut: false, actions: [], refused: [] },
        protected: body['ip'] === '192.168.1.1' ? ['the gateway'] : [],
      }
    if (kind === 'actions' && what === 'approve')
      return Object.assign(find(has.actions, id)!, { state: 'in-force', inForce: true })
    if (kind === 'actions' && what === 'undo')
      return Object.assign(find(has.actions, id)!, { state: 'undone', inForce: false })
    if (kind === 'policies' && what === 'confirm')
      return Object.assign(find(has.policies, id)!, { trial: 'confirmed' })
    if (kind === 'actions' && what === 'reject')
      return Object.assign(find(has.actions, id)!, { state: 'rejected' })
    const rows = has[kind as keyof typeof has]
    if (method === 'DELETE') return void rows.splice(rows.indexOf(find(rows, id)!), 1)
    if (method === 'PATCH') return Object.assign(find(rows, id)!, body)
    if (method === 'POST') {
      const row = kind === 'actions' ? action('x9', { ...body, target: body['ip'] }) : body
      rows.push(
        kind === 'policies'
          ? policy({ ...row, modeNow: row['mode'] })
          : kind === 'channels'
            ? channel(String(row['name']), row)
            : row,
      )
      return rows.at(-1)
    }
    const shown = rows.filter(({ alert }) => !body['alert'] || alert === body['alert'])
    return {
      [kind as string]: shown,
      total: shown.length,
      known: ['feodo'],
      fileProblems: [],
      blockProblem: '',
    }
  }

  return {
    ...has,
    /** `POST actions/x2/approve` and so on. */
    calls,
    async answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
      const path = url.pathname.split('/').slice(3)
      const { method = 'GET' } = request
      if (method !== 'GET') calls.push(`${method} ${path.join('/')}`)
      const sent = await text(request)
      const body = sent === '' ? Object.fromEntries(url.searchParams) : (JSON.parse(sent) as Row)
      const isTaken = method === 'POST' && path.length === 1 && body['name'] === 'ops'
      const answer = isTaken ? WRONG : answerOf(method, path, body)
      const status = isTaken ? 400 : answer === undefined ? 204 : 200
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(answer === undefined ? undefined : JSON.stringify(answer))
    },
  }
}
