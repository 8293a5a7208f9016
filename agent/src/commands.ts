/** Executes the server's commands (core/src/wire.ts). Whatever comes in, a reply goes out. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { parsePrefix } from '@netscope/core/prefix.ts'
import type { ListName, ListsRevision, Reply } from '@netscope/core/wire.ts'
import { captureFilterOf, captureLimitsOf } from './capture/capture-arguments.ts'
import type { Captures } from './capture/captures.ts'
import { ArgumentError } from './argument-error.ts'
import type { DesiredLists } from './lists/desired-lists.ts'
import type { Lists } from './lists/lists.ts'
import type { Executors } from './respond/response-commands.ts'

export interface CommandsDeps {
  lists: Pick<Lists, 'add' | 'remove' | 'get'>
  desired: Pick<DesiredLists, 'begin' | 'page' | 'end' | 'change'>
  /** Packet events from now on, or no more. */
  watch(on: boolean): void
  /** Ends all flows; returns how many last records are not with the uplink yet. */
  flush(): Promise<number>
  captures: Pick<Captures, 'start' | 'stop' | 'more'>
  /** The server no longer knows what these ids of the dictionary mean. */
  forget(ids: readonly number[]): void
  /** Keeps a new secret for the server; throws when the disk does not take it. */
  replaceCredential(credential: string): void
  /** Deny entries that have just come into force. */
  denied(prefixes: readonly string[]): void
  /** Further commands. */
  more: Executors
  log: { warn(fields: object, message: string): void }
}

type Arguments = Record<string, unknown>
type Result = Record<string, unknown>

/** Entries that one list.get answers. */
const MAX_PAGE = 10_000
/** Of so many deny entries at once it is kept what passes from now on; of more, feeds, when somebody asks. */
const MAX_FOLLOWED = 64

/** A function that executes one command and never rejects; its argument is unchecked JSON. */
export const createCommands = (deps: CommandsDeps): ((command: unknown) => Promise<Reply>) => {
  const { lists, desired } = deps
  const executors: Readonly<Record<string, (args: Arguments) => Promise<Result>>> = {
    ...deps.more,
    'list.add': async (args) => {
      const [list, entries] = [listOf(args), arrayOf(args, 'entries')]
      const done = await lists.add(list, entries)
      if (list === 'deny') follow(deps, done.entries)
      return { ...done }
    },
    'list.remove': async (args) => ({
      ...(await lists.remove(listOf(args), arrayOf(args, 'prefixes'))),
    }),
    'list.get': async (args) => {
      const [offset, limit] = [countOf(args, 'offset'), Math.min(countOf(args, 'limit'), MAX_PAGE)]
      return { ...(await lists.get(listOf(args), offset, limit, textOf(args, 'match'))) }
    },
    'lists.begin': async () => {
      desired.begin()
      return {}
    },
    'lists.page': async (args) => {
      await desired.page(listOf(args), arrayOf(args, 'entries'))
      return {}
    },
    'lists.end': async (args) => ({ ...(await desired.end(revisionOf(args, 'state'))) }),
    'lists.change': async (args) => {
      const change = { add: arrayOf(args, 'add'), remove: arrayOf(args, 'remove') }
      const to = revisionOf(args, 'to')
      const list = listOf(args)
      const done = await desired.change(list, change, countOf(args, 'from'), to)
      if (list === 'deny') follow(deps, change.add)
      return { ...done }
    },
    'events.watch': async ({ on }) => {
      if (typeof on !== 'boolean') throw new ArgumentError('on must be true or false')
      deps.watch(on)
      return {}
    },
    'capture.start': async (args) => {
      const [filter, limits] = [captureFilterOf(args), captureLimitsOf(args)]
      deps.captures.start(countOf(args, 'capture'), filter, limits)
      return {}
    },
    'capture.stop': async (args) => {
      deps.captures.stop(countOf(args, 'capture'))
      return {}
    },
    'capture.more': async (args) => {
      deps.captures.more(countOf(args, 'capture'), countOf(args, 'takenBytes'))
      return {}
    },
    'dictionary.forget': async (args) => {
      deps.forget(arrayOf(args, 'ids').filter((id) => typeof id === 'number'))
      return {}
    },
    'credential.replace': async ({ credential }) => {
      if (typeof credential !== 'string' || !/^[\w-]{16,256}$/.test(credential))
        throw new ArgumentError('credential must be a text of 16 to 256 characters')
      deps.replaceCredential(credential)
      return {}
    },
    'flows.flush': async () => ({ waiting: await deps.flush() }),
  }

  return async (command) => {
    const { id, name, ...args } = (
      typeof command === 'object' && command !== null ? command : {}
    ) as Arguments
    const replyId = typeof id === 'number' ? id : 0
    const execute =
      typeof name === 'string' && Object.hasOwn(executors, name) ? executors[name] : undefined
    if (!execute)
      return failure(
        replyId,
        JSON.stringify(name) ?? 'nothing',
        new ArgumentError('it is no command of this agent'),
        deps.log,
      )
    try {
      return { id: replyId, ok: true, result: await execute(args) }
    } catch (error) {
      return failure(replyId, String(name), error, deps.log)
    }
  }
}

/** Entries that are in force have prefixes that can be read. */
const follow = ({ denied }: CommandsDeps, entries: readonly unknown[]): void => {
  if (entries.length === 0 || entries.length > MAX_FOLLOWED) return
  const texts = entries.flatMap((entry) => {
    const { prefix, prefixes } = entry as { prefix?: string; prefixes?: readonly string[] }
    return prefixes ?? prefix ?? []
  })
  if (texts.length <= MAX_FOLLOWED) denied(texts.map((text) => parsePrefix(text).text))
}

const failure = (id: number, name: string, error: unknown, log: CommandsDeps['log']): Reply => {
  if (error instanceof NetscopeError)
    return { id, ok: false, code: error.code, message: error.message }
  if (error instanceof ArgumentError)
    return { id, ok: false, code: 'request.invalid', message: `${name}: ${error.message}` }
  log.warn({ command: name, err: error }, 'a command failed')
  const reason = error instanceof Error ? error.message : String(error)
  const { code, message } = new NetscopeError('agent.failed', { command: name, reason })
  return { id, ok: false, code, message }
}

const listOf = ({ list }: Arguments): ListName => {
  if (list === 'allow' || list === 'deny') return list
  throw new ArgumentError('list must be allow or deny')
}

const arrayOf = (args: Arguments, name: string): unknown[] => {
  const value = args[name]
  if (Array.isArray(value)) return value
  throw new ArgumentError(`${name} must be an array`)
}

const revisionOf = (args: Arguments, name: string): ListsRevision => {
  const { server, revision } = (args[name] ?? {}) as Record<string, unknown>
  if (typeof server !== 'string' || server.length > 64)
    throw new ArgumentError(`${name}.server must be a text of up to 64 characters`)
  return { server, revision: countOf({ revision }, 'revision') }
}

const countOf = (args: Arguments, name: string): number => {
  const value = args[name]
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new ArgumentError(`${name} must be a whole number from 0`)
}

const textOf = (args: Arguments, name: string): string => {
  const value = args[name] ?? ''
  if (typeof value === 'string' && value.length <= 200) return value
  throw new ArgumentError(`${name} must be a text of up to 200 characters`)
}
