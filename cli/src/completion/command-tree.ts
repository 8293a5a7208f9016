/** The commands of a commander program, as a shell has to know them. */
import type { Command, Option } from 'commander'

export interface OptionWords {
  /** `--output`, `-o` */
  names: string[]
  description: string
  takesValue: boolean
  /** All values that it takes; empty: any. */
  choices: readonly string[]
}

export interface CommandWords {
  /** Names from the program on, each after a space; empty: the program itself. */
  path: string
  name: string
  description: string
  options: OptionWords[]
  /** Values of its first argument, where they are known. */
  choices: readonly string[]
  commands: CommandWords[]
}

const optionWords = (option: Option): OptionWords => ({
  names: [option.long, option.short].filter((name): name is string => typeof name === 'string'),
  description: option.description,
  takesValue: option.required || option.optional,
  choices: option.argChoices ?? [],
})

const commandWords = (command: Command, above: string): CommandWords => {
  const path = `${above} ${command.name()}`
  return {
    path,
    name: command.name(),
    description: command.description(),
    options: command.createHelp().visibleOptions(command).map(optionWords),
    choices: command.registeredArguments[0]?.argChoices ?? [],
    commands: command.commands.map((one) => commandWords(one, path)),
  }
}

/** Of the program itself first. */
export const commandTree = (program: Command): CommandWords => ({
  path: '',
  name: program.name(),
  description: program.description(),
  options: program.createHelp().visibleOptions(program).map(optionWords),
  choices: [],
  commands: program.commands.map((one) => commandWords(one, '')),
})

export const allCommands = (tree: CommandWords): CommandWords[] => [
  tree,
  ...tree.commands.flatMap(allCommands),
]
