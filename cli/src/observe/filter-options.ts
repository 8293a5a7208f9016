/** The options of `netscope observe` and `netscope top` that choose flows, in the order in which they are typed. */
import type { Command } from 'commander'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { GivenFilter } from './filter.ts'

const OPTIONS = [
  ['--from <side>', 'client: address, prefix, name, process, container or unit (* for any text)'],
  ['--to <side>', 'the other side, in the same way'],
  ['--ip <prefix>', 'address or prefix of either side'],
  ['--port <port>', 'port of either side'],
  ['--protocol <name>', 'TCP, UDP, ICMP … or its number'],
  ['--process <name>', 'command name or process id of either side'],
  ['--name <name>', 'host name of either side'],
  ['--container <id>', 'container of either side, as runtime:id'],
  ['--interface <name>', 'interface where it was counted'],
  ['--verdict <verdict>', 'PASS, DROP, SKIP or SSH'],
  ['--filter <query>', 'any fields: src in 10.0.0.0/8 and (bytes > 1MB or process ~ curl)'],
  ['--where <query>', 'the same'],
] as const

const nameOf = (flags: string): string => flags.slice(2, flags.indexOf(' '))

/** Adds them to `command`; the result gives what was typed, once it is parsed. */
export const addFilterOptions = (
  command: Command,
): ((words: readonly string[]) => GivenFilter[]) => {
  const given: GivenFilter[] = []
  let negated = false
  const add = (option: string, text: string): void => {
    given.push({ option, text, negated })
    negated = false
  }
  command.argument('[filter...]', 'as of --filter; all must hold')
  command.optionsGroup('Filters:')
  for (const [flags, description] of OPTIONS) {
    command.option(flags, description)
    command.on(`option:${nameOf(flags)}`, (text: string) => add(nameOf(flags), text))
  }
  command.option('--not', 'the next filter must not hold')
  command.on('option:not', () => (negated = true))
  return (words) => {
    if (negated)
      throw new NetscopeError('filter.invalid', { filter: '--not', reason: 'no filter follows' })
    for (const text of words) add('where', text)
    return given
  }
}
