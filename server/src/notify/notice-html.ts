/** A notice as HTML for mail programs: no script, no pictures, nothing that is fetched. */
import type { Notice } from './notice.ts'
import { itemLines, restOf, shownItems, titleOf } from './notice-text.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
}
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign)

const paragraph = (text: string): string => (text ? `<p>${escapeHtml(text)}</p>` : '')

export const htmlOf = (notice: Notice): string => {
  const items = shownItems(notice).map((item) => {
    const [what, why] = itemLines(item)
    const lines = [what, why].map(escapeHtml).join('<br>')
    return `<p><strong>${escapeHtml(item.title)}</strong><br>${lines}</p>`
  })
  const link = /^https?:\/\//.test(notice.url)
    ? `<p><a href="${escapeHtml(notice.url)}">Open in NetScope</a></p>`
    : ''
  const body = [paragraph(notice.text), ...items, paragraph(restOf(notice)), link].join('\n')
  return `<!doctype html><html><head><meta charset="utf-8"></head><body style="font-family:sans-serif"><h2>${escapeHtml(titleOf(notice))}</h2>\n${body}</body></html>`
}
