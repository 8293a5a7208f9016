/** Errors of what is asked for, and by whom it is answered. */
import { entry, type ErrorEntry } from './entry.ts'

export const REQUEST_ERRORS = {
  'config.invalid': entry(
    500,
    'The configuration is wrong:\n{problems}',
    'Correct every place named; `netscope config check` repeats the check.',
  ),
  'request.invalid': entry(
    400,
    'The request is wrong: {reason}',
    'Compare the request with docs/reference/operations.md.',
  ),
  'request.not-found': entry(
    404,
    'There is nothing at {path}.',
    'Compare the path and the method with docs/reference/operations.md.',
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
  'batch.agent-is-ours': entry(
    409,
    '{agent} is an agent of NetScope, which reports its flows itself.',
    'Give the flows of other programs an agent_id of their own.',
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
