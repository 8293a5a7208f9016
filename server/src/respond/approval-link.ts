/** The link by which somebody who was told of a question decides about it. */
import type { Decisions } from './decisions.ts'

/** Of a question that is answered already: where its answer is shown. Empty where nobody said how we are reached. */
export const approvalLink = (
  publicUrl: string,
  id: string,
  decisions: Pick<Decisions, 'link'>,
): string => {
  const base = publicUrl.replace(/\/$/, '')
  if (base === '') return ''
  try {
    return `${base}/api/v1/approvals/${decisions.link(id).secret}`
  } catch {
    return `${base}/alerts`
  }
}
