/** Settings as options of a command. */
import { Command } from 'commander'
import { expect, test } from 'vitest'
import { addConfigOptions, configFlagsOf } from './options.ts'

test.each([
  [[], {}],
  [['--server-port', '9000'], { 'server.port': '9000' }],
  [['--detect-enabled'], { 'detect.enabled': 'true' }],
  [['--no-detect-enabled'], { 'detect.enabled': 'false' }],
])('%j sets %j', (args, flags) => {
  const command = addConfigOptions(new Command())
  command.parse(args, { from: 'user' })
  expect(configFlagsOf(command)).toEqual({ flags })
})
