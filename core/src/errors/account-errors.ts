/** Errors of accounts, sign-in, tokens. */
import { entry, type ErrorEntry } from './entry.ts'

export const ACCOUNT_ERRORS = {
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
} as const satisfies Record<string, ErrorEntry>
