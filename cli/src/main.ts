/** The `netscope` command: everything else is loaded when it is needed. */
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Compiled code is kept: without it Node strips the types of every file at every start, which costs
 * 0.1 s and 25 MB in each process. Children inherit the folder.
 */
const root = fileURLToPath(new URL('../..', import.meta.url))
process.env['NODE_COMPILE_CACHE'] ??= join(root, '.node', 'compile-cache')
enableCompileCache(process.env['NODE_COMPILE_CACHE'])

// As in `netscope config docs | head`.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) =>
  process.exit(code === 'EPIPE' ? 0 : 1),
)

const args = process.argv.slice(2)
/** Known by their command line, which a title takes the place of. */
const RUNS_ON = ['up', 'agent', 'server']
// Its own connections are seen too, and are over before anybody can ask whose Node that was.
if (!RUNS_ON.includes(args[0] ?? '')) process.title = 'netscope'

const { run } = await import('./program.ts')
process.exitCode = await run(args)
