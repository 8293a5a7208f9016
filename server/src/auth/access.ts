/** What each route takes: the one table that decides who may do what. A route that is not in it doesn't start. */
import type { Role } from './principal.ts'

export type Access = Role | 'public'

/** By method and path as the route is declared; HEAD is as GET. */
export const ACCESS: Readonly<Record<string, Access>> = {
  'GET /*': 'public', // the page's files
  'GET /health': 'public',
  'GET /ready': 'public',
  'GET /metrics': 'viewer',
  'GET /api/v1/openapi.json': 'public',
  'GET /docs': 'public',
  'GET /docs/': 'public',
  'GET /docs/json': 'public',
  'GET /docs/yaml': 'public',
  'GET /docs/static/*': 'public',
  'GET /docs/static/index.html': 'public',
  'GET /docs/static/swagger-initializer.js': 'public',
  'GET /api/v1/ws': 'public', // says who it is in its first message
  'POST /api/v1/flows/batch': 'operator',
  'GET /api/v1/metrics/connections': 'viewer',
  'GET /api/v1/metrics/query': 'viewer',
  'GET /api/v1/metrics/query_range': 'viewer',

  'POST /api/v1/auth/login': 'public',
  'POST /api/v1/auth/refresh': 'public', // by the refresh token
  'POST /api/v1/auth/logout': 'public', // ends the session of whatever comes with it
  'POST /api/v1/auth/logout-everywhere': 'viewer',
  'POST /api/v1/auth/password': 'viewer',
  'GET /api/v1/auth/me': 'viewer',

  'GET /api/v1/users': 'admin',
  'POST /api/v1/users': 'admin',
  'PATCH /api/v1/users/:name': 'admin',
  'DELETE /api/v1/users/:name': 'admin',
  'POST /api/v1/users/:name/sign-out': 'admin',

  'GET /api/v1/tokens': 'viewer', // their own; an admin sees all
  'POST /api/v1/tokens': 'viewer',
  'DELETE /api/v1/tokens/:id': 'viewer',

  'GET /api/v1/audit': 'admin',
  'GET /api/v1/audit/export': 'admin',
  'GET /api/v1/audit/verify': 'admin',

  'GET /api/v1/status': 'viewer',
  'GET /api/v1/status/stream': 'viewer',
  'GET /api/v1/diagnosis': 'viewer',
  'GET /api/v1/flows': 'viewer',
  'GET /api/v1/flows/stream': 'viewer',
  'GET /api/v1/flows/stored': 'viewer',
  'GET /api/v1/flows/top': 'viewer',
  'GET /api/v1/flows/series': 'viewer',
  'GET /api/v1/traffic': 'viewer',
  'GET /api/v1/query/completions': 'viewer',
  'POST /api/v1/captures': 'operator', // what packets hold is more than a viewer sees
  'DELETE /api/v1/captures/:id': 'operator',

  'GET /api/v1/devices': 'viewer',
  'GET /api/v1/devices/:id': 'viewer',
  'GET /api/v1/devices/:id/scores': 'viewer',
  'PATCH /api/v1/devices/:id': 'operator',
  'POST /api/v1/devices': 'operator',
  'DELETE /api/v1/devices/:id': 'operator',
  'GET /api/v1/addresses/:ip': 'viewer',

  'GET /api/v1/alerts': 'viewer',
  'POST /api/v1/alerts': 'operator',
  'GET /api/v1/alerts/stream': 'viewer',
  'GET /api/v1/alerts/false-positives': 'viewer',
  'GET /api/v1/alerts/:id': 'viewer',
  'GET /api/v1/alerts/:id/history': 'viewer',
  'GET /api/v1/alerts/:id/related': 'viewer',
  'PATCH /api/v1/alerts/:id': 'operator',
  'PATCH /api/v1/alerts/:id/ack': 'operator',
  'POST /api/v1/alerts/:id/false-positive': 'operator',
  'DELETE /api/v1/alerts/:id/false-positive': 'operator',
  'GET /api/v1/incidents': 'viewer',
  'GET /api/v1/incidents/:id': 'viewer',
  'GET /api/v1/channels': 'viewer',
  'GET /api/v1/channels/kinds': 'viewer',
  'POST /api/v1/channels': 'admin',
  'PATCH /api/v1/channels/:name': 'admin',
  'DELETE /api/v1/channels/:name': 'admin',
  'POST /api/v1/channels/:name/test': 'operator',
  'GET /api/v1/notifications': 'viewer',
  'GET /api/v1/exports': 'viewer',
  'GET /api/v1/exports/samples/:format': 'viewer',
  'GET /api/v1/suppressions': 'viewer',
  'POST /api/v1/suppressions': 'operator',
  'DELETE /api/v1/suppressions/:id': 'operator',

  'GET /api/v1/threat-intel/lookup/:ip': 'viewer', // from what is known; asking providers takes an operator
  'GET /api/v1/threat-intel/providers': 'viewer',
  'GET /api/v1/feeds': 'viewer',
  'GET /api/v1/feeds/:name': 'viewer',
  'POST /api/v1/feeds': 'operator',
  'PATCH /api/v1/feeds/:name': 'operator',
  'DELETE /api/v1/feeds/:name': 'operator',
  'POST /api/v1/feeds/:name/refresh': 'operator',

  'GET /api/v1/policies': 'viewer',
  'GET /api/v1/policies/:name': 'viewer',
  'GET /api/v1/policies/:name/preview': 'viewer',
  'POST /api/v1/policies/preview': 'operator',
  'POST /api/v1/policies': 'admin',
  'PUT /api/v1/policies/:name': 'admin',
  'PATCH /api/v1/policies/:name': 'admin',
  'DELETE /api/v1/policies/:name': 'admin',
  'POST /api/v1/policies/:name/confirm': 'admin',
  'GET /api/v1/actions': 'viewer',
  'GET /api/v1/actions/preview': 'viewer',
  'GET /api/v1/actions/:id': 'viewer',
  'GET /api/v1/actions/:id/capture': 'operator', // as captures
  'GET /api/v1/alerts/:id/capture': 'operator', // as captures
  'POST /api/v1/actions': 'operator',
  'POST /api/v1/actions/:id/approve': 'operator',
  'POST /api/v1/actions/:id/reject': 'operator',
  'POST /api/v1/actions/:id/undo': 'operator',
  'POST /api/v1/actions/:id/link': 'operator',
  'GET /api/v1/approvals/:token': 'public', // who has the link may decide, once
  'POST /api/v1/approvals/:token': 'public',
  'GET /api/v1/protected': 'viewer',

  'GET /api/v1/agents': 'viewer',
  'GET /api/v1/agents/:name': 'viewer',
  'POST /api/v1/agents/invite': 'admin',
  'DELETE /api/v1/agents/:name': 'admin',

  'POST /api/v1/backup': 'admin',

  'GET /events': 'viewer',
  'GET /blacklist': 'viewer',
  'POST /blacklist': 'operator',
  'DELETE /blacklist': 'operator',
  'GET /whitelist': 'viewer',
  'POST /whitelist': 'operator',
  'DELETE /whitelist': 'operator',
}

export const accessOf = (method: string, url: string): Access | undefined =>
  ACCESS[`${method === 'HEAD' ? 'GET' : method} ${url}`]

/** Other names of a part of the API, as earlier tools had them. */
const SCOPE_OF_PLAIN: Readonly<Record<string, string>> = { blacklist: 'lists', whitelist: 'lists' }

/** The part of the API that a path belongs to: its first word after /api/v1, such as `flows`. */
export const scopeOf = (url: string): string => {
  const [, first = '', , third = ''] = url.split('/')
  const word = first === 'api' ? third : first
  return SCOPE_OF_PLAIN[word] ?? word
}

/** Every scope that a token can be confined to. */
export const SCOPES: readonly string[] = [
  ...new Set(
    Object.entries(ACCESS)
      .filter(([, access]) => access !== 'public')
      .map(([route]) => scopeOf(route.slice(route.indexOf(' ') + 1))),
  ),
].toSorted()
