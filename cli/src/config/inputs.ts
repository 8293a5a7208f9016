/** What the configuration loader needs to know of this process. */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { LoadInputs } from '@netscope/core/config/load-config.ts'

export const systemInputs = (): Pick<LoadInputs, 'env' | 'cwd' | 'hostname' | 'readFile'> => ({
  env: process.env,
  cwd: process.cwd(),
  hostname: hostname(),
  readFile: (path) => readFileSync(path, 'utf8'),
})
