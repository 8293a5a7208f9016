/** Tells people, over their channels, what a policy asks of them or has done. */
import { labelOf } from '@netscope/detect/detection.ts'
import type { Logger } from 'pino'
import type { Notify } from '../notify/notify.ts'
import type { Action } from './action.ts'
import { previewText } from './preview.ts'

export interface TellPeopleDeps {
  notify: Pick<Notify, 'channels' | 'tell'>
  /** The secret of a link that decides about it. */
  link(id: string): { secret: string }
  log: Pick<Logger, 'warn'>
}

/** A question is as urgent as what is high: it waits for an answer. */
const LABEL = labelOf(60)

export const createTellPeople = (
  { publicUrl }: { publicUrl: string },
  { notify, link, log }: TellPeopleDeps,
) => {
  const base = publicUrl.replace(/\/$/, '')

  /** Of each channel another one; the first that is used decides. */
  const pathOf = ({ id, state }: Action): string =>
    state === 'asked' ? `/api/v1/approvals/${link(id).secret}` : '/alerts'

  const messageOf = (action: Action) => {
    const isAsked = action.state === 'asked'
    const title = isAsked
      ? `May ${action.target} be blocked?`
      : `${action.target}: ${action.state}, by the policy ${action.policy}`
    const preview = action.preview ? ` It ${previewText(action.preview)}.` : ''
    const how = isAsked ? ` Or: netscope actions approve ${action.id}` : ''
    const text = `${action.title}. ${action.steps.at(-1)?.reason ?? ''}.${preview}${how}`
    return { title, text, url: base === '' ? '' : `${base}${pathOf(action)}`, label: LABEL }
  }

  return (action: Action): void => {
    for (const { name } of notify.channels.all()) {
      try {
        notify.tell(name, messageOf(action))
      } catch (err) {
        log.warn({ err, channel: name }, 'a channel was not told of an action')
      }
    }
  }
}
