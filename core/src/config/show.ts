/** `netscope config show`: the effective values with where they come from, secrets masked. */
import type { Loaded } from './load-config.ts'
import { KEYS } from './names.ts'
import { upConfig, type UpConfig } from './sections.ts'

const MASK = '(set, not shown)'

/** The values without secrets, by section. */
const masked = ({ config }: Loaded<UpConfig>): [string, [string, unknown][]][] =>
  Object.entries(upConfig).map(([section, { properties }]) => {
    const values: Readonly<Record<string, unknown>> = config[section as keyof UpConfig]
    return [
      section,
      Object.keys(properties).map((name): [string, unknown] => {
        const hide = KEYS.get(`${section}.${name}`)?.secret && values[name] !== ''
        return [name, hide ? MASK : values[name]]
      }),
    ]
  })

/** YAML that can be used as config.yaml; JSON values are YAML. */
export const showYaml = (loaded: Loaded<UpConfig>): string =>
  masked(loaded)
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
    masked(loaded).map(([section, values]) => [section, Object.fromEntries(values)]),
  )
  return JSON.stringify({ file: loaded.file ?? null, config, sources: loaded.sources }, null, 2)
}
