/** Actions in a table and in words. */
import { actedBy } from '@netscope/core/acted-by.ts'
import type { AnswerOf } from '@netscope/core/api/client.ts'
import { printable } from '../output/printable.ts'
import type { Column } from '../output/table.ts'
import { formatDuration } from '../output/units.ts'

export type ActionRow = AnswerOf<'listActions'>['actions'][number]

const until = ({ expiresAt }: ActionRow, nowMs: number): string =>
  expiresAt === null ? '' : formatDuration(Math.max(0, Date.parse(expiresAt) - nowMs))

export const actionColumns = (nowMs: number): Column<ActionRow>[] => [
  { title: 'STATE', text: ({ state }) => state },
  { title: 'TARGET', text: ({ target }) => target },
  { title: 'DOES', dropOrder: 4, text: ({ does }) => does.join(', ') },
  { title: 'BY', dropOrder: 3, text: ({ policy, author }) => policy || author },
  { title: 'WHY', least: 20, dropOrder: 2, text: ({ reason }) => reason },
  {
    title: 'ENDS IN',
    right: true,
    dropOrder: 1,
    text: (action) => (action.inForce || action.state === 'asked' ? until(action, nowMs) : ''),
  },
  { title: 'ID', text: ({ id }) => id },
]

const LABEL_WIDTH = 12
const line = (label: string, text: string): string[] =>
  text === '' ? [] : [`  ${label.padEnd(LABEL_WIDTH)}${text}`]

export const actionText = (action: ActionRow): string[] =>
  [
    `${action.target}: ${action.state}`,
    ...line('Does', action.does.join(', ')),
    ...line('Policy', action.policy),
    ...line('Alert', action.alert && `${action.title} (${action.alert})`),
    ...line('Why', action.reason),
    ...line('Until', action.expiresAt ?? ''),
    ...line('Spoofable', action.isSpoofable ? 'no handshake shows that it is not forged' : ''),
    '  Steps',
    ...action.steps.map(
      ({ at, state, reason, by }) => `    ${at}  ${state}: ${reason} (${actedBy(by)})`,
    ),
    ...line('ID', action.id),
  ].map(printable)
