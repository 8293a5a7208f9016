/** Every error that NetScope reports on purpose: code, HTTP status, message, remedy. */

export interface ErrorEntry {
  /** HTTP status where the error reaches a client. */
  status: number
  /** `{name}` stands for a parameter. */
  message: string
  /** What the reader can do about it. */
  remedy: string
}

const entry = (status: number, message: string, remedy: string): ErrorEntry => ({
  status,
  message,
  remedy,
})

export const ERRORS = {
  'config.invalid': entry(
    500,
    'The configuration is wrong:\n{problems}',
    'Correct every place named; `netscope config check` repeats the check.',
  ),
  'request.invalid': entry(
    400,
    'The request is wrong: {reason}',
    'Compare the request with docs/reference/api.md.',
  ),
  'request.not-found': entry(
    404,
    'There is nothing at {path}.',
    'Compare the path and the method with docs/reference/api.md.',
  ),
  'request.too-large': entry(
    413,
    'The request body has more than {limit} bytes.',
    'Send less at a time.',
  ),
  'request.method-not-allowed': entry(405, '{path} does not take {method}.', 'Allowed: {allowed}.'),
  'request.timeout': entry(
    408,
    'The request did not arrive within {seconds} s.',
    'Send headers and body without long pauses.',
  ),
  'request.media-type': entry(
    415,
    'A body of type {type} is not taken here.',
    'Send JSON with `Content-Type: application/json`.',
  ),
  'request.too-many': entry(
    429,
    'More than {limit} requests per second.',
    'Wait {seconds} s, as the header Retry-After says; api.requestsPerSecond and api.anonymousRequestsPerSecond set the bounds.',
  ),
  'request.headers-too-large': entry(
    431,
    'The headers of the request have more than {limit} bytes.',
    'Send fewer or shorter headers.',
  ),
  'request.forbidden-host': entry(
    403,
    'The Host header {host} is not a name of this server.',
    'Open the page by an address or as localhost, or add the name to server.hosts; this guards against DNS rebinding.',
  ),
  'request.forbidden-origin': entry(
    403,
    'A page of {origin} may not ask for anything here.',
    'Use the page of NetScope itself, or a client that sends no Origin header.',
  ),
  'auth.required': entry(
    401,
    'Nobody has signed in: {reason}.',
    'Sign in on the page or with `netscope login`, or send a token: Authorization: Bearer TOKEN.',
  ),
  'auth.wrong': entry(
    401,
    'The name or the password is wrong.',
    'Try again, or have an admin set a new password: netscope users password NAME.',
  ),
  'auth.wait': entry(
    429,
    'Too many sign-ins have failed; wait {seconds} s.',
    'A browser or address that has signed in before is not held up; on the machine itself `netscope users` works without.',
  ),
  'auth.busy': entry(
    503,
    'Too many sign-ins are being checked at the same time.',
    'Try again in a few seconds.',
  ),
  'auth.forbidden': entry(
    403,
    '{name} is {role}; this takes {needed}.',
    'Ask an admin for that role: netscope users change NAME --role ROLE.',
  ),
  'auth.scope': entry(
    403,
    'The token {name} is confined to {scopes}; this is {needed}.',
    'Take another token, or make one: netscope token create NAME --scope {needed}.',
  ),
  'auth.not-yours': entry(
    403,
    'A token cannot do this: it takes somebody who has signed in.',
    'Sign in with name and password first.',
  ),
  'auth.password-weak': entry(
    400,
    'This password is too weak: {reason}',
    'Take a longer one; a sentence of a few words is good.',
  ),
  'auth.admin-password': entry(
    500,
    'The password of the first admin in {place} cannot be taken: {reason}',
    'Correct it, or leave it out: then a random one is made.',
  ),
  'user.exists': entry(409, 'There is a user {name} already.', 'Take another name.'),
  'user.not-found': entry(404, 'There is no user {name}.', '`netscope users` lists them.'),
  'user.last-admin': entry(
    409,
    '{name} is the last admin: nobody could administer NetScope any more.',
    'Make somebody else an admin first.',
  ),
  'token.not-found': entry(404, 'There is no token {id}.', '`netscope token` lists them.'),
  'token.too-strong': entry(
    403,
    'A token cannot be given more than its maker has: {reason}.',
    'Leave the role out to give it your own, or have an admin make it.',
  ),
  'stream.too-many': entry(
    503,
    'All {limit} streams that are open at a time are taken.',
    'Close pages or clients of /events that nobody reads; netscope_stream_connections counts them.',
  ),
  'live.too-many': entry(
    503,
    'All {limit} {what} that there can be are taken.',
    'Unsubscribe from what nobody looks at, or close connections.',
  ),
  'live.no-filter': entry(
    400,
    'The topic {topic} takes no filter.',
    'Leave `filter` out; flows and events take one.',
  ),
  'live.upgrade': entry(
    426,
    'This address speaks WebSocket only.',
    'Open it with a WebSocket client; docs/reference/api.md says how.',
  ),
  'query.invalid': entry(400, 'Parameter {name}: {reason}', 'Allowed: {allowed}.'),
  'query.filter': entry(
    400,
    'The filter is wrong at character {character}: {reason}',
    'docs/reference/query.md is the language; GET /api/v1/query/completions says what could stand there.',
  ),
  'query.not-kept': entry(
    400,
    'The history keeps no {field}.',
    'Ask for live flows (`state=live`), or leave the field out; docs/reference/query.md tells which are kept.',
  ),
  'list.prefix-invalid': entry(
    400,
    '{prefix} is not an address or prefix: {reason}.',
    'Write 192.0.2.1, 192.0.2.0/24, 2001:db8::1 or 2001:db8::/32.',
  ),
  'list.covers-everything': entry(
    400,
    '{prefix} on the deny list would cut this machine off.',
    'Deny the prefixes that are meant, one by one, and none with addresses of 127.0.0.0/8 or ::1.',
  ),
  'list.full': entry(
    409,
    'The {list} list is full: it holds {capacity} entries.',
    'Remove entries, join them into prefixes, or raise lists.maxEntries and restart the agent.',
  ),
  'list.not-found': entry(
    404,
    '{prefix} is not on the {list} list.',
    'GET the list to see what is on it; a prefix is removed by exactly the text shown there.',
  ),
  'list.not-saved': entry(
    500,
    'The lists cannot be written to {path}: {reason}',
    'Make the folder of persistence.path writable for the agent and free space on its disk.',
  ),
  'list.unreadable': entry(
    500,
    'The lists in {path} cannot be read: {reason}',
    'Restore the file, or move it away to start with empty lists.',
  ),
  'agent.away': entry(
    503,
    'No agent is connected.',
    'Start it with `netscope up` or `netscope agent`; /ready tells when it is there.',
  ),
  'agent.timeout': entry(
    504,
    'The agent did not answer {command} within {seconds} s.',
    'Look at the log of the agent, then try again.',
  ),
  'agent.failed': entry(
    502,
    'The agent could not do {command}: {reason}',
    'Look at the log of the agent.',
  ),
  'capture.busy': entry(
    409,
    'Another capture is running on {agent}.',
    'Wait until it is over, or stop it; one runs at a time.',
  ),
  'capture.unavailable': entry(
    501,
    '{agent} cannot capture: {reason}',
    'Captures need the kernel program: run `netscope up` as root, without --mock.',
  ),
  'capture.no-interface': entry(
    400,
    'Nothing is counted on an interface {interface}.',
    'GET /api/v1/status lists the interfaces that packets are counted on.',
  ),
  'capture.no-flow': entry(
    404,
    'There is no flow {flow}.',
    'GET /api/v1/flows lists them; an ended flow is kept for a while only.',
  ),
  'capture.filter': entry(400, 'Filter {filter}: {reason}.', 'A filter is made of {allowed}.'),
  'capture.no-agent': entry(
    404,
    'No agent {agent} is connected.',
    'GET /api/v1/status names those that are; leave `agent` out where there is only one.',
  ),
  'capture.not-found': entry(
    404,
    'No capture {capture} is running.',
    'It is over, or its client has gone; the answer to POST /api/v1/captures names it.',
  ),
  'state.unreadable': entry(
    500,
    '{path} is damaged or no database: {reason}',
    'Restore it from a backup (`netscope restore`), or move it away together with its -wal and -shm files to start anew.',
  ),
  'state.newer': entry(
    500,
    '{path} was written by a newer NetScope: it is at step {has}, this version knows {knows}.',
    'Run the newer version, or restore the copy that it made before ({path}.v{knows}); nothing was changed.',
  ),
  'state.changed': entry(
    500,
    '{path} was made by another step {number} ({name}) than the one of this version.',
    'Run the version that made it; a development version may have written it. Nothing was changed.',
  ),
  'state.foreign': entry(
    500,
    '{path} is a database of another program.',
    'Name another folder with storage.path; nothing was changed.',
  ),
  'state.unwritable': entry(
    500,
    '{path} cannot be written: {reason}',
    'Make the folder of storage.path writable for the user of the server, and free space on its disk.',
  ),
  'batch.agent-is-ours': entry(
    409,
    '{agent} is an agent of NetScope, which reports its flows itself.',
    'Give the flows of other programs an agent_id of their own.',
  ),
  'metrics.no-prometheus': entry(
    503,
    'No Prometheus is configured.',
    'Set metrics.prometheusUrl to the one that scrapes /metrics.',
  ),
  'metrics.expression': entry(
    400,
    'Prometheus does not take the query: {reason}',
    'Compare the expression and the times with the PromQL reference.',
  ),
  'metrics.prometheus-failed': entry(
    502,
    'Prometheus did not answer the query: {reason}',
    'Check that metrics.prometheusUrl is right and that it runs; ask for less at a time.',
  ),
  'history.unusable': entry(
    500,
    'The history of flows cannot be kept in {path}: {reason}',
    'Make the folder of storage.path writable for the user of the server, free space on its disk, and let one server alone use it.',
  ),
  'history.newer': entry(
    500,
    'A newer NetScope has written {path}.',
    'Start that release again, or move the folder `history` of storage.path away to begin a new one.',
  ),
  'history.stopped': entry(
    503,
    'The history of flows has stopped.',
    'The log of the server says why; restart the server.',
  ),
  'history.backup': entry(
    409,
    'The history cannot be copied to {folder}: {reason}',
    'Name an empty or new folder that the user of the server may write to, on a disk with enough room.',
  ),
  'backup.running': entry(
    409,
    'A backup is being made already.',
    'Wait until it has been read, or end the command that reads it.',
  ),
  'backup.failed': entry(
    500,
    'The backup cannot be made: {reason}',
    'The disk of storage.path needs room for a second copy of what it holds; the log of the server says more.',
  ),
  'backup.damaged': entry(
    400,
    '{file} is no whole backup: {reason}.',
    'Take another one; `tar -tf FILE` shows what is in it. Nothing was changed.',
  ),
  'backup.newer': entry(
    409,
    'The backup was made by version {version}, which writes it in a newer form.',
    'Restore it with that version or a newer one. Nothing was changed.',
  ),
  'restore.running': entry(
    409,
    'A server is using {folder}.',
    'Stop it first, and start it again when the backup is restored.',
  ),
  'restore.exists': entry(
    409,
    '{folder} holds the data of a server.',
    'Name another folder with --storage-path, or add --force, which puts what is there aside and keeps it.',
  ),
  'device.unknown': entry(
    404,
    'There is no device {id}.',
    '`netscope devices` lists them; one that was not seen for long is forgotten.',
  ),
  'device.invalid': entry(
    400,
    'The device is wrong: {reason}',
    'Give its IP address, its MAC address as 00:00:5e:00:53:01, or both.',
  ),
  'device.too-many': entry(
    503,
    'No more devices can be kept than the {limit} that there are.',
    'Remove those that are gone: DELETE /api/v1/devices/ID.',
  ),
  'server.tls': entry(
    500,
    'The certificate of the server cannot be used: {reason}',
    'Compare server.tlsCertFile and server.tlsKeyFile: both PEM, of the same key, readable for the user of the server.',
  ),
  'server.cannot-listen': entry(
    500,
    'The server cannot listen on port {port} of {host}: {reason}',
    'Stop the program that `ss -ltnp` shows there, or set server.port to another from 1024 up.',
  ),
  'uplink.socket': entry(
    500,
    'The socket {socket} cannot be used: {reason}',
    'Check the owner of its folder, or set uplink.socket.',
  ),
  'uplink.cannot-listen': entry(
    500,
    'The server cannot wait for agents on {address}: {reason}',
    'Stop the program that `ss -ltnp` shows there, or set uplink.listen to another address.',
  ),
  'uplink.certificate': entry(
    500,
    'The certificate for agents cannot be used: {reason}',
    'Compare uplink.certificate and uplink.key, or leave both empty: the server makes one for itself.',
  ),
  'fleet.off': entry(
    409,
    'This server takes no agents of other machines.',
    'Set uplink.listen, for example to 0.0.0.0:8087, and restart the server.',
  ),
  'fleet.protocol': entry(
    409,
    'The agent speaks version {theirs} of the uplink, the server version {ours}.',
    'Install the same release of NetScope on both; the server first.',
  ),
  'fleet.unknown': entry(
    401,
    'The credential of agent {agent} is not known here.',
    'It was revoked, or belongs to another server. Join again: netscope agents invite on the server, then netscope agent --token there.',
  ),
  'fleet.other-name': entry(
    409,
    'The credential belongs to agent {known}, not to {agent}.',
    'Let the agent join under its new name: netscope agents invite.',
  ),
  'fleet.token': entry(
    401,
    'The join token {reason}.',
    'Get a new one on the server: netscope agents invite.',
  ),
  'fleet.name-taken': entry(
    409,
    'There is an agent {agent} already.',
    'Give this one another name with agent.name, or remove the other: netscope agents remove {agent}.',
  ),
  'fleet.twice': entry(
    409,
    'Agent {agent} is connected already, from {from}, since later.',
    'Two machines use one credential, perhaps a copied disk: let one of them join anew.',
  ),
  'fleet.too-many': entry(
    503,
    'There are too many agents.',
    'Remove those that are gone: netscope agents remove.',
  ),
  'fleet.no-agent': entry(404, 'There is no agent {agent}.', '`netscope agents` lists them.'),
  'list.out-of-step': entry(
    409,
    'The lists of the agent are at another revision than {revision}.',
    'Nothing is to be done: the server sends them whole.',
  ),
  'kernel.not-root': entry(
    500,
    'Loading the kernel program needs {missing}.',
    'Run as root, or give the agent these capabilities; `netscope up --mock` needs none.',
  ),
  'kernel.no-libbpf': entry(
    500,
    'libbpf cannot be loaded: {reason}',
    'Run bin/setup, or install libbpf1 (Debian).',
  ),
  'kernel.load-failed': entry(
    500,
    'The kernel refused the program: {reason}',
    "Run bin/setup to build it again; `bpftool -d prog loadall bpf/build/flow.bpf.o /sys/fs/bpf/netscope type tc` shows the verifier's log.",
  ),
  'kernel.attach-failed': entry(
    500,
    'The program cannot be attached to {interface} ({hook}): {reason}',
    'Exclude the interface with network.exclude, or set network.attach to the other way.',
  ),
  'kernel.already-running': entry(
    500,
    'Another NetScope agent counts in this network namespace.',
    'Stop it first; one agent serves a whole machine.',
  ),
  'kernel.no-interface': entry(
    500,
    'There is no interface {interface}.',
    'Compare network.interfaces with `ip link`; [auto] takes all.',
  ),
  'filter.invalid': entry(
    400,
    '{filter}: {reason}',
    '`netscope observe --fields` lists the fields; docs/reference/query.md shows how filters are written.',
  ),
  'client.unreachable': entry(
    503,
    'No NetScope answers at {url}: {reason}',
    'Start it with `netscope up`, or name where it listens: --server http://127.0.0.1:8086.',
  ),
  'client.no-password': entry(
    400,
    'A password is needed, but {reason}.',
    'Type it when asked, or pass it on standard input.',
  ),
  'client.refused': entry(
    502,
    '{url} answered {status}: {reason}',
    'If that is not NetScope, name where it listens with --server; otherwise its log tells more.',
  ),
  internal: entry(
    500,
    'Something went wrong here: {reason}',
    'This is a fault of NetScope; please report it with the log.',
  ),
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof ERRORS
export type ErrorParams = Readonly<Record<string, string | number>>

const fill = (template: string, params: ErrorParams): string =>
  template.replace(/\{(\w+)\}/g, (hole, name: string) => String(params[name] ?? hole))

/** An error of the catalogue; `params` fill the message, `cause` is what led to it. */
export class NetscopeError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly remedy: string
  readonly params: ErrorParams

  constructor(code: ErrorCode, params: ErrorParams = {}, options?: { cause?: unknown }) {
    super(fill(ERRORS[code].message, params), options)
    this.name = 'NetscopeError'
    this.code = code
    this.status = ERRORS[code].status
    this.remedy = fill(ERRORS[code].remedy, params)
    this.params = params
  }
}
