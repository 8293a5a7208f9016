/** `netscope capture`: packets of the running NetScope into a pcapng file. */
import { createWriteStream } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { NUMBER_KINDS, parseDuration } from '@netscope/core/query/value.ts'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { cutOff, postJson, remove } from '../client/post.ts'
import { serverUrl, type ServerOptions } from '../client/server-url.ts'
import { addServerOptions } from '../observe/options.ts'
import { formatBytes } from '../output/units.ts'
import { createBlockCounter } from './block-counter.ts'
import { parseCaptureFilter } from './parse-filter.ts'
import { createProgress } from './progress.ts'
import { EXIT_CODES } from '../report.ts'

type Before = { beforeBytes: number } | { beforeSeconds: number }

interface CaptureOptions extends ServerOptions {
  filter: string
  flow?: string
  agent?: string
  duration: number
  maxSize: number
  snapLength: number
  before?: Before
  output: string
}

const HELP = `
A filter is made of these words, joined by "and"; all must hold, and addresses and ports are those of either side:
  host ADDRESS   net PREFIX   port NUMBER   proto NAME   interface NAME

Each packet of this machine is captured once, also one that is dropped by the deny list; its comment names the
programs and the flow. Ctrl-C ends the file in good order.

Examples:
  netscope capture --filter 'host 192.0.2.7 and port 443' -o https.pcapng
  netscope capture --filter 'proto icmp' --duration 1m -o - | tshark -r -
  netscope capture --filter 'host 192.0.2.7' --before 30s -o what-was.pcapng
  netscope capture --flow "$(netscope observe --last 1 --format json | jq -r .id)" -o flow.pcapng

${EXIT_CODES} Ctrl-C ends well.`

const whole = (from: number, to: number) => (text: string) => {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= from && value <= to) return value
  throw new InvalidArgumentError(`A whole number from ${from} to ${to}.`)
}

const parseSeconds = (text: string): number => {
  const seconds = (parseDuration(/^\d+$/.test(text) ? `${text}s` : text) ?? NaN) / 1000
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 600) return seconds
  throw new InvalidArgumentError('Whole seconds up to ten minutes, as 10s or 2m.')
}

const parseSize = (text: string): number => {
  const bytes = Math.floor(NUMBER_KINDS.bytes.parse(text) ?? NaN)
  if (bytes >= 4096 && bytes <= 2 ** 30) return bytes
  throw new InvalidArgumentError('From 4096 bytes to 1GiB, as 100MB.')
}

/** The unit tells which; `M` could be either, and is neither. */
const parseBefore = (text: string): Before => {
  if (NUMBER_KINDS.bytes.parse(text) !== undefined) return { beforeBytes: parseSize(text) }
  const seconds = /[A-Z]/.test(text) ? NaN : (parseDuration(text) ?? NaN) / 1000
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 86_400)
    return { beforeSeconds: seconds }
  throw new InvalidArgumentError(
    'Whole seconds up to a day, as 30s or 5m; or bytes of the file, from 4096 to 1GiB, as 1MB.',
  )
}

const parseOutput = (text: string): string => {
  if (text !== '-' || !process.stdout.isTTY) return text
  throw new InvalidArgumentError(
    'A capture is not for a terminal: name a file, or pipe it to a program.',
  )
}

const bodyOf = (options: CaptureOptions) => {
  const { filter, flow, agent, duration, maxSize, snapLength, before } = options
  return {
    ...(agent !== undefined && { agent }),
    ...(flow === undefined ? { filter: parseCaptureFilter(filter) } : { flow }),
    seconds: duration,
    maxBytes: maxSize,
    snapLength,
    ...before,
  }
}

/** The first signal ends the capture, whose file then comes to its end; another one leaves at once. */
const stopOnSignal = (stop: (leaving: AbortSignal) => Promise<void>): AbortSignal => {
  const leaving = new AbortController()
  let isStopping = false
  const onSignal = (): void => {
    if (isStopping) return leaving.abort()
    isStopping = true
    stop(leaving.signal).catch((error: unknown) => leaving.abort(error))
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal)
  return leaving.signal
}

const write = async (
  response: IncomingMessage,
  options: CaptureOptions,
  base: URL,
): Promise<void> => {
  const counter = createBlockCounter()
  const progress = createProgress(process.stderr, options.duration)
  const id = String(response.headers['netscope-capture'] ?? '')
  const signal = stopOnSignal((leaving) => remove(new URL(`api/v1/captures/${id}`, base), leaving))
  let bytes = 0
  const count = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      bytes += chunk.length
      counter.push(chunk)
      progress.show(bytes, counter.packets)
      yield chunk
    }
  }
  const target = options.output === '-' ? process.stdout : createWriteStream(options.output)
  try {
    await pipeline(response, count, target, { signal, end: options.output !== '-' })
  } catch (error) {
    if (!signal.aborted) throw isCut(error) ? cutOff(base, error as Error) : error
  } finally {
    progress.end()
  }
  const lost = counter.lost === 0 ? '' : `, ${counter.lost} more were lost`
  const rest = counter.isWhole || counter.packets === 0 ? '' : ', cut off'
  process.stderr.write(
    `netscope: ${counter.packets} packets${lost}, ${formatBytes(bytes)}${rest}\n`,
  )
}

const isCut = (error: unknown): boolean =>
  ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes((error as NodeJS.ErrnoException).code ?? '')

export const registerCapture = (program: Command): void => {
  const command = program
    .command('capture')
    .description('Capture packets into a pcapng file')
    .optionsGroup('Which packets:')
    .addOption(new Option('--filter <words>', 'see below').default('', 'all packets'))
    .addOption(new Option('--flow <id>', 'those of one flow, by its id').conflicts('filter'))
    .addOption(
      new Option('--agent <name>', 'on which machine, where there are several').conflicts('flow'),
    )
    .option('--snap-length <bytes>', 'bytes kept of each packet', whole(16, 65_535), 65_535)
    .optionsGroup('Since when, until when:')
    .addOption(
      new Option(
        '--before <time>',
        'the last packets so far, where the agent keeps a capture ring: 30s, or 1MB of the file',
      ).argParser(parseBefore),
    )
    .addOption(
      new Option('--duration <time>', 'up to 10m').argParser(parseSeconds).default(10, '10s'),
    )
    .addOption(
      new Option('--max-size <bytes>', 'of the file, up to 1GiB')
        .argParser(parseSize)
        .default(100_000_000, '100MB'),
    )
    .optionsGroup('Output:')
    .requiredOption('-o, --output <file>', 'file, or - for standard output', parseOutput)
  addServerOptions(command)
  command.addHelpText('after', HELP).action(async (options: CaptureOptions) => {
    const body = bodyOf(options)
    const base = await serverUrl(options)
    const response = await postJson(new URL('api/v1/captures', base), body)
    await write(response, options, base)
  })
}
