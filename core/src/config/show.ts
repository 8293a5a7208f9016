/** `netscope config show`: the effective values with where they come from, secrets masked. */
import type { Key } from './key.ts'
import type { Loaded } from './load-config.ts'
import { upConfig, type UpConfig } from './sections.ts'

/** A value as it may be shown. */
export const masked = (value: unknown, key: Key): unknown =>
  key.secret && value !== '' ? '(set, not shown)' : value

/** The values by section, secrets masked. */
const shownValues = ({ config }: Loaded<UpConfig>): [string, [string, unknown][]][] =>
  Object.entries(upConfig).map(([section, { properties }]) => {
    const values: Readonly<Record<string, unknown>> = config[section as keyof UpConfig]
    const keys = Object.entries<Key>(properties)
    return [section, keys.map(([name, key]) => [name, masked(values[name], key)])]
  })

/** YAML that can be used as config.yaml; JSON values are YAML. */
export const showYaml = (loaded: Loaded<UpConfig>): string =>
  shownValues(loaded)
    .flatMap(([section, values]) => [
      `${section}:`,
      ...values.map(([name, value]) => {
        const place = loaded.sources[`${section}.${name}`]?.place ?? ''
        return `${`  ${name}: ${JSON.stringify(value)}`.padEnd(48)} # ${place}`
      }),
    ])
    .join('\n')

export const showJson = (loaded: Loaded<UpConfig>): string => {
  const config = Object.fromEntries(
    shownValues(loaded).map(([section, values]) => [section, Object.fromEntries(values)]),
  )
  return JSON.stringify({ file: loaded.file ?? null, config, sources: loaded.sources }, null, 2)
}
