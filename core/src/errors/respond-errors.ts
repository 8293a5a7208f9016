/** Errors of policies, actions and of what no block may hit. */
import { entry, type ErrorEntry } from './entry.ts'

export const RESPOND_ERRORS = {
  'policy.unknown': entry(
    404,
    'There is no policy {name}.',
    '`netscope policies list` lists them.',
  ),
  'policy.exists': entry(
    409,
    'There is a policy {name} already.',
    'Change that one (PUT /api/v1/policies/{name}), or choose another name.',
  ),
  'policy.read-only': entry(
    409,
    'The policy {name} is declared in {file} and cannot be changed here.',
    'Change the file and restart the server.',
  ),
  'policy.invalid': entry(400, 'The policy is wrong at {place}: {reason}.', '{remedy}.'),
  'policy.file': entry(400, 'respond.policiesFile is wrong at {place}: {reason}.', '{remedy}.'),
  'policy.too-many': entry(
    409,
    'There can be no more than {limit} policies.',
    'Remove some, or put several filters into one with `or`.',
  ),
  'policy.protected': entry(
    409,
    'The policy would block {prefix}, which is protected: {kind}, {reason}.',
    'Leave it out of `when`: … and not src = {prefix}. GET /api/v1/protected lists what is protected.',
  ),
  'policy.no-trial': entry(
    409,
    'The policy {name} is not on trial: {state}.',
    'A trial begins when a policy is added or changed that enforces, and with `netscope policies enable {name} --mode enforce`.',
  ),
  'action.unknown': entry(
    404,
    'There is no action {id}.',
    'GET /api/v1/actions lists them; old ones are removed after respond.retainDays.',
  ),
  'action.not-asked': entry(
    409,
    'The action {id} waits for nobody: it is {state}.',
    'Only what is `asked` can be approved or rejected, once.',
  ),
  'action.over': entry(
    409,
    'There is nothing to undo of the action {id}: it is {state}.',
    '`netscope lists deny` shows what is blocked, and by whom.',
  ),
  'action.no-capture': entry(
    404,
    'There are no packets of the action {id}.',
    'They are there once the capture has ended, where the policy says `capture: 30s`.',
  ),
  'block.protected': entry(
    409,
    '{target} is not blocked: it would hit {prefix}, which is protected: {kind}, {reason}.',
    '{remedy}.',
  ),
  'block.unpinned': entry(
    409,
    '{target} is not blocked: {reason}.',
    'Block a part that leaves it out, or try again once that agent takes it.',
  ),
  'block.present': entry(
    409,
    '{target} is on the deny list already, by {origin} until {until}.',
    '`netscope unblock {target}` takes it off.',
  ),
  'approval.link': entry(
    410,
    'This link does nothing (any more): it was used, has expired, or the action is decided.',
    'Sign in and decide on the page, or with `netscope actions approve ID`.',
  ),
} as const satisfies Record<string, ErrorEntry>
