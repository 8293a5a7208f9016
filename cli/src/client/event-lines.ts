/** The data of Server-Sent Events (WHATWG HTML, section 9.2) out of pieces of text. */

/** Characters; the server's largest event, 1,000 flows, has 3,000,000. */
const LONGEST_EVENT = 64 * 2 ** 20

/** Feeds a piece, returns the `data` of each event that is complete with it; comments and other fields are left out. */
export const createEventReader = (longest = LONGEST_EVENT): ((piece: string) => string[]) => {
  let rest = ''
  let data: string[] = []
  let held = 0

  return (piece) => {
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    const events: string[] = []
    for (const line of lines) {
      if (line.startsWith('data:')) {
        data.push(line.slice(line.startsWith('data: ') ? 6 : 5))
        held += line.length
      } else if (line === '' && data.length > 0) {
        events.push(data.join('\n'))
        data = []
        held = 0
      }
    }
    if (held + rest.length > longest)
      throw new Error(`an event has more than ${longest} characters`)
    return events
  }
}
