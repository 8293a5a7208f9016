/** `netscope completion`: prints what completes commands and options in a shell. */
import { Argument, type Command } from 'commander'
import { commandTree } from './command-tree.ts'
import { bashScript, fishScript, zshScript } from './scripts.ts'

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const

const HELP = `
Examples:
  source <(netscope completion bash)       in ~/.bashrc
  source <(netscope completion zsh)        in ~/.zshrc, after compinit
  netscope completion fish > ~/.config/fish/completions/netscope.fish`

export const registerCompletion = (program: Command): void => {
  program
    .command('completion')
    .description('Print what completes commands and options in a shell')
    .addArgument(new Argument('<shell>').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', HELP)
    .action((shell: keyof typeof SCRIPTS) => {
      process.stdout.write(SCRIPTS[shell](commandTree(program)))
    })
}
