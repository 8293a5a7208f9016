/** Errors of what the server connects to by itself. They name the host only: a URL may hold a secret. */
import { entry, type ErrorEntry } from './entry.ts'

export const OUTGOING_ERRORS = {
  'outgoing.url': entry(
    400,
    'The address to connect to is no URL that can be used: {reason}.',
    'Write http:// or https:// with a host, without a user and password in it.',
  ),
  'outgoing.forbidden': entry(
    403,
    '{host} is {kind}: the server does not connect there.',
    'If it is meant to, name the address, its prefix or the host in outgoing.allow.',
  ),
  'outgoing.name': entry(
    502,
    'The name {host} has no address: {reason}.',
    'Check its spelling, and the resolver of the machine of the server.',
  ),
  'outgoing.unreachable': entry(
    502,
    '{host} cannot be reached: {reason}.',
    'Check that it runs, the port, and whether a firewall is between.',
  ),
  'outgoing.certificate': entry(
    502,
    'The certificate of {host} is not accepted: {reason}.',
    'Correct the host name, or name the authority that signed it in NODE_EXTRA_CA_CERTS.',
  ),
  'outgoing.slow': entry(
    504,
    '{host} has not answered within {seconds} s.',
    'Try again later; if it stays so, a firewall may drop the packets.',
  ),
  'outgoing.large': entry(
    502,
    'The answer of {host} is longer than {limit} bytes.',
    'Check that the URL is the right one.',
  ),
  'outgoing.garbled': entry(
    502,
    'The answer of {host} says that it is packed with {encoding}, and cannot be unpacked: {reason}.',
    'Check what stands between, such as a proxy; try again later.',
  ),
  'outgoing.redirected': entry(
    502,
    '{host} redirects to {target}, which is not followed.',
    'If that is right, set the url to the one to which it redirects.',
  ),
} as const satisfies Record<string, ErrorEntry>
