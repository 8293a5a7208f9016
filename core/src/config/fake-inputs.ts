/** Inputs of the configuration loader for tests: files in memory, current folder /work, host spruce. */
import { ConfigError, type ConfigProblem } from './config-error.ts'
import { loadConfig, type LoadInputs } from './load-config.ts'

const noFile = (path: string): never => {
  throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })
}

/** Inputs of `netscope up` whose files are `files`, by absolute path. */
export const fakeInputs = (
  files: Record<string, string> = {},
  rest: Partial<Pick<LoadInputs, 'file' | 'env' | 'flags'>> = {},
): LoadInputs<'up'> => ({
  process: 'up',
  env: {},
  cwd: '/work',
  hostname: 'spruce',
  readFile: (path) => files[path] ?? noFile(path),
  ...rest,
})

/** Inputs whose ./config.yaml is `text`. */
export const withYaml = (text: string): LoadInputs<'up'> =>
  fakeInputs({ '/work/config.yaml': text })

/** The problems of a configuration that is wrong. */
export const problemsOf = async (of: LoadInputs): Promise<readonly ConfigProblem[]> => {
  const error: unknown = await loadConfig(of).catch((thrown: unknown) => thrown)
  if (!(error instanceof ConfigError)) throw new Error('no ConfigError')
  return error.problems
}
