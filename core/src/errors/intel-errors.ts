/** Errors of threat intelligence and of feeds. */
import { entry, type ErrorEntry } from './entry.ts'

export const INTEL_ERRORS = {
  'intel.not-public': entry(
    422,
    '{ip} is not looked up: {reason}.',
    'Only addresses of the internet are sent to providers; `netscope devices` knows your own.',
  ),
  'intel.needs-operator': entry(
    403,
    'Asking the providers spends their quota: that takes an operator.',
    'Without live=true the answer is what is known already; or sign in as an operator.',
  ),
  'feed.unknown': entry(404, 'There is no feed {name}.', '`netscope feeds` lists them.'),
  'feed.exists': entry(
    409,
    'There is a feed {name} already.',
    'Change it with PATCH /api/v1/feeds/{name}, or take another name.',
  ),
  'feed.invalid': entry(
    400,
    'The feed {name} cannot be used: {reason}.',
    'docs/reference/threat-intel.md says what a feed is.',
  ),
  'feed.read-only': entry(
    409,
    'The feed {name} is declared in {place} and only changed there.',
    'Edit intel.feedsFile and restart the server.',
  ),
  'feed.too-many': entry(409, 'There can be no more than {limit} feeds.', 'Remove some.'),
} as const satisfies Record<string, ErrorEntry>
