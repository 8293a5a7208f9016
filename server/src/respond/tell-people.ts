/** Tells people, over their channels, what a policy asks of them or has done. */
import { labelOf } from '@netscope/detect/detection.ts'
import type { Logger } from 'pino'
import type { Notify } from '../notify/notify.ts'
import type { Action } from './action.ts'
import { previewText } from './preview.ts'

export interface TellPeopleDeps {
  notify: Pick<Notify, 'channels' | 'tell'>
  log: Pick<Logger, 'warn'>
}

/** A question is as urgent as what is high: it waits for an answer. */
const LABEL = labelOf(60)

export const createTellPeople = (
  { publicUrl }: { publicUrl: string },
  { notify, log }: TellPeopleDeps,
) => {
  const base = publicUrl.replace(/\/$/, '')

  const messageOf = (action: Action) => {
    const isAsked = action.state === 'asked'
    const title = isAsked
      ? `May ${action.target} be blocked?`
      : `${action.target}: ${action.state}, by the policy ${action.policy}`
    const preview = action.preview ? ` It ${previewText(action.preview)}.` : ''
    const how = isAsked ? ` Or: netscope actions approve ${action.id}` : ''
    const text = `${action.title}. ${action.steps.at(-1)?.reason ?? ''}.${preview}${how}`
    const url = base === '' ? '' : `${base}/alerts`
    // The link is made when it is sent, of each channel another one: it is kept as a hash only.
    return { title, text, url, label: LABEL, ...(isAsked && url !== '' && { asks: action.id }) }
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
