/** Errors of what the server keeps and looks up. */
import { entry, type ErrorEntry } from './entry.ts'

export const DATA_ERRORS = {
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
  'history.too-long': entry(
    503,
    'The answer from the history took over {seconds} s and was given up.',
    'Ask for a shorter time or for fewer fields: an address, a port or a protocol is found fast, text inside of names is not.',
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
  'anomaly.model': entry(
    400,
    '{path} is no model of `netscope anomaly train`: {reason}.',
    'Train it anew, or name another file with --model.',
  ),
  'anomaly.input': entry(
    400,
    '{place}: {reason}.',
    'Give flows as `netscope flows --output json` or `netscope replay` print them, or CSV of numbers.',
  ),
  'anomaly.file': entry(
    400,
    '{path}: {reason}.',
    'Check the name, which begins at {folder}, and that you may read it; - is standard input.',
  ),
  'anomaly.nothing': entry(
    404,
    'There is nothing to explain: {reason}.',
    '`netscope anomaly score` lists the windows and rows that there are; --device, --at and --row choose among them.',
  ),
  'anomaly.too-little': entry(
    400,
    'There is too little to learn from: {reason}.',
    'Give more history, or say with --least how many rows are enough; fewer than 16 teach nothing.',
  ),
  'export.file': entry(400, 'export.outputsFile is wrong at {place}: {reason}.', '{remedy}.'),
  'export.format': entry(404, 'There is no format {format}.', 'There are {formats}.'),
} as const satisfies Record<string, ErrorEntry>
