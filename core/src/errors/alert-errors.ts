/** Errors of alerts and of what people say of them. */
import { entry, type ErrorEntry } from './entry.ts'

export const ALERT_ERRORS = {
  'alert.unknown': entry(
    404,
    'There is no alert {id}.',
    '`netscope alerts --all` lists them; old ones are removed after alerts.retainDays.',
  ),
  'alert.no-capture': entry(
    404,
    'There are no packets of the alert {id}.',
    'They are there for alerts from alerts.captureSeverity on, once alerts.captureSeconds have passed, and for alerts.captureDays.',
  ),
  'alert.unchanged': entry(
    400,
    'Nothing of the alert {id} would change.',
    'Give another state, assignee, or a reason, which is kept as a note.',
  ),
  'alert.not-marked': entry(
    404,
    'Nobody has marked the alert {id} as a false positive.',
    'GET /api/v1/alerts/false-positives lists those that are.',
  ),
  'alert.too-many-marks': entry(
    409,
    'No more than {limit} false positives can be marked.',
    'Take some back: DELETE /api/v1/alerts/ID/false-positive; or suppress by a filter what they have in common.',
  ),
  'suppression.everything': entry(
    400,
    'The filter would suppress every alert.',
    'Say which: detector = scan and src = 10.0.0.7.',
  ),
  'suppression.unknown': entry(
    404,
    'There is no suppression {id}.',
    'GET /api/v1/suppressions lists them; one that has ended is removed.',
  ),
  'suppression.too-many': entry(
    409,
    'There can be no more than {limit} suppressions.',
    'Remove some, or put several into one filter with `or`.',
  ),
  'channel.unknown': entry(404, 'There is no channel {name}.', '`netscope channels` lists them.'),
  'channel.exists': entry(
    409,
    'There is a channel {name} already.',
    'Choose another name, or change that one.',
  ),
  'channel.kind': entry(400, 'There is no kind of channel {kind}.', 'There are {kinds}.'),
  'channel.invalid': entry(
    400,
    'The channel cannot be used: {reason}.',
    'GET /api/v1/channels/kinds shows what each kind takes; docs/reference/notifications.md explains it.',
  ),
  'channel.declared': entry(
    409,
    'The channel {name} is declared in {place}.',
    'Change it there; over the API it can only be switched on and off, and tested.',
  ),
  'channel.full': entry(
    409,
    'In the channel {name} {limit} messages wait already.',
    '`netscope channels` says why they are not sent.',
  ),
  'channel.file': entry(
    400,
    'A declared channel is wrong at {place}: {reason}.',
    'Correct it and start again; docs/reference/notifications.md shows how channels are written.',
  ),
  'channel.too-many': entry(
    409,
    'There can be no more than {limit} channels.',
    'Remove some: `netscope channels remove NAME`.',
  ),
} as const satisfies Record<string, ErrorEntry>
