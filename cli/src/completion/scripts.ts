/** What completes `netscope` in a shell: static scripts, so that a tab costs no process of ours. */
import { allCommands, type CommandWords, type OptionWords } from './command-tree.ts'

/** In single quotes, as all three shells read it. */
const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** One line, not longer than a terminal shows. */
const MOST_CHARACTERS = 90
const brief = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length <= MOST_CHARACTERS ? line : `${line.slice(0, MOST_CHARACTERS - 1)}…`
}

/** The words that lead to a command, which the loop over the line follows. */
const pathCases = (tree: CommandWords): string =>
  allCommands(tree)
    .filter(({ path }) => path !== '')
    .map(({ path }) => quote(path))
    .join('|')

interface ValueCase {
  /** `path:option` */
  pattern: string
  option: OptionWords
}

const valueCases = (tree: CommandWords): ValueCase[] =>
  allCommands(tree).flatMap(({ path, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map((option) => ({
        pattern: option.names.map((name) => quote(`${path}:${name}`)).join('|'),
        option,
      })),
  )

const wordsOf = ({ commands, options, choices }: CommandWords): string[] => [
  ...commands.map(({ name }) => name),
  ...choices,
  ...options.flatMap(({ names }) => names),
]

export const bashScript = (tree: CommandWords): string => {
  const { name } = tree
  const values = valueCases(tree).map(({ pattern, option }) => {
    const reply =
      option.choices.length > 0
        ? `COMPREPLY=($(compgen -W ${quote(option.choices.join(' '))} -- "$cur"))`
        : 'COMPREPLY=($(compgen -f -- "$cur"))'
    return `    ${pattern}) ${reply}; return ;;`
  })
  const words = allCommands(tree).map(
    (command) => `    ${quote(command.path)}) words=${quote(wordsOf(command).join(' '))} ;;`,
  )
  return `# bash completion of ${name}: source <(${name} completion bash)
_${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} at='' words='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at \${COMP_WORDS[i]}" in
    ${pathCases(tree)}) at="$at \${COMP_WORDS[i]}" ;;
    esac
  done
  case "$at:\${COMP_WORDS[COMP_CWORD - 1]}" in
${values.join('\n')}
  esac
  case "$at" in
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _${name} ${name}
`
}

export const zshScript = (tree: CommandWords): string => {
  const { name } = tree
  const described = (word: string, text: string): string =>
    quote(`${word.replaceAll(':', String.raw`\:`)}:${brief(text)}`)
  const values = valueCases(tree).map(({ pattern, option }) => {
    const add = option.choices.length > 0 ? `compadd -- ${option.choices.join(' ')}` : '_files'
    return `    ${pattern}) ${add}; return ;;`
  })
  const words = allCommands(tree).map(({ path, commands, choices, options }) => {
    const all = [
      ...commands.map((one) => described(one.name, one.description)),
      ...choices.map((choice) => described(choice, '')),
      ...options.flatMap((option) =>
        option.names.map((each) => described(each, option.description)),
      ),
    ]
    return `    ${quote(path)}) words_=(${all.join(' ')}) ;;`
  })
  return `#compdef ${name}
# zsh completion of ${name}: source <(${name} completion zsh), or as _${name} in a folder of $fpath
_${name}() {
  local at='' i
  local -a words_
  for ((i = 2; i < CURRENT; i++)); do
    case "$at \${words[i]}" in
    ${pathCases(tree)}) at="$at \${words[i]}" ;;
    esac
  done
  case "$at:\${words[CURRENT - 1]}" in
${values.join('\n')}
  esac
  case "$at" in
${words.join('\n')}
  esac
  _describe -t words ${name} words_ || _files
}
if [ "\${funcstack[1]}" = _${name} ]; then _${name} "$@"; else compdef _${name} ${name}; fi
`
}

export const fishScript = (tree: CommandWords): string => {
  const { name } = tree
  const lines = allCommands(tree).flatMap(({ path, commands, choices, options }) => {
    const at = `complete -c ${name} -n ${quote(`__${name}_at ${quote(path)}`)}`
    return [
      ...commands.map((one) => `${at} -f -a ${one.name} -d ${quote(brief(one.description))}`),
      ...choices.map((choice) => `${at} -f -a ${choice}`),
      ...options.map((option) => {
        const names = option.names.map((each) =>
          each.startsWith('--') ? `-l ${each.slice(2)}` : `-s ${each.slice(1)}`,
        )
        const given = option.choices.length > 0 ? ` -xa ${quote(option.choices.join(' '))}` : ' -r'
        const value = option.takesValue ? given : ''
        return `${at} ${names.join(' ')}${value} -d ${quote(brief(option.description))}`
      }),
    ]
  })
  return `# fish completion of ${name}: ${name} completion fish > ~/.config/fish/completions/${name}.fish
function __${name}_at
  set -l at ''
  for word in (commandline -opc)[2..]
    switch "$at $word"
      case ${pathCases(tree).replaceAll('|', ' ')}
        set at "$at $word"
    end
  end
  test "$at" = "$argv[1]"
end
${lines.join('\n')}
`
}
