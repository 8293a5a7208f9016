/** The deny and the allow list, all pages. */
import type { ApiClient, AnswerOf } from '@netscope/core/api/client.ts'
import type { ListName } from '@netscope/core/wire.ts'

export type ListRow = AnswerOf<'getDenyList'>['entries'][number] & { list: ListName }

/** The most that the API gives at once. */
const PAGE = 10_000

/** Newest first; `match` is part of an address or a reason. */
export async function* listPages(
  api: ApiClient,
  list: ListName,
  match: string,
): AsyncGenerator<ListRow[]> {
  for (let offset = 0; ; offset += PAGE) {
    const query = { offset, limit: PAGE, match }
    const { entries } = await api.call(list === 'deny' ? 'getDenyList' : 'getAllowList', { query })
    yield entries.map((entry) => ({ list, ...entry }))
    if (entries.length < PAGE) return
  }
}
