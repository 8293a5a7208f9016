/** Rules of the sources that no linter knows: size, names, first line, and what a package may import. */
import { globSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { basename, join } from 'node:path'

const MAX_LINES = 300
/** C in the kernel's style is longer: one statement a line, tabs of eight. */
const MAX_LINES_OF_C = 400
const GENERATED = /^\/\*\* Generated from /
const VAGUE = /(^|[-/])(utils?|helpers?|common|misc|manager)([-./]|$)/
const PACKAGES = ['core', 'detect', 'agent', 'server', 'web', 'cli'] as const
const SOURCES = `{${PACKAGES.join(',')},test,bench}/**/*.{ts,tsx}`
const SKIPPED = (path: string): boolean => /node_modules|\/dist(\/|$)/.test(path)

interface PackageFile {
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

/** Everything that breaks a rule in the checkout at `root`, as `path: what`. */
export const structureProblems = (root: string): string[] => {
  const sources = globSync(SOURCES, { cwd: root, exclude: SKIPPED }).toSorted()
  const others = globSync(['bpf/**/*.{c,h}', 'bin/*', 'docs/**/*.md'], {
    cwd: root,
    exclude: SKIPPED,
  })
  return [
    ...[...sources, ...others].flatMap((path) => nameProblems(path)),
    ...[...sources, ...globSync('bpf/**/*.{c,h}', { cwd: root })].flatMap((path) =>
      textProblems(path, readFileSync(join(root, path), 'utf8')),
    ),
    ...PACKAGES.flatMap((name) => importProblems(root, name, sources)),
  ]
}

const nameProblems = (path: string): string[] => {
  const problems: string[] = []
  if (VAGUE.test(path))
    problems.push(`${path}: the name says nothing; name it after what it exports`)
  if (/\.tsx?$/.test(path) && !/^[a-z0-9.-]+$/.test(basename(path))) {
    problems.push(`${path}: file names are kebab-case`)
  }
  return problems
}

const textProblems = (path: string, text: string): string[] => {
  const problems: string[] = []
  const lines = text.split('\n').length - 1
  const limit = /\.[ch]$/.test(path) ? MAX_LINES_OF_C : MAX_LINES
  if (lines > limit && !GENERATED.test(text)) {
    problems.push(`${path}: ${lines} lines, at most ${limit}; split it by concern`)
  }
  if (!/^(#!.*\n)?\s*(\/\*|\/\/)/.test(text))
    problems.push(`${path}: the first line must say what the file is`)
  return problems
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s(?:[^'"`;]*?\sfrom\s)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

/** Modules that the text imports. */
export const importsOf = (text: string): string[] =>
  [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? '')

/** `@scope/name/file.ts` → `@scope/name`. */
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

const isTestOnly = (path: string): boolean => /\.test\.tsx?$|\/fakes?[-/]|\/fixtures\//.test(path)

const importProblems = (root: string, name: string, sources: string[]): string[] => {
  const own = JSON.parse(readFileSync(join(root, name, 'package.json'), 'utf8')) as PackageFile
  const shared = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PackageFile
  const listed = new Set(Object.keys({ ...own.dependencies, ...own.devDependencies }))
  const forTests = new Set([...listed, ...Object.keys(shared.devDependencies ?? {})])
  return sources
    .filter((path) => path.startsWith(`${name}/`))
    .flatMap((path) =>
      importsOf(readFileSync(join(root, path), 'utf8'))
        .filter((specifier) => isForeign(specifier))
        .map(packageOf)
        .filter((specifier) => specifier !== `@netscope/${name}`)
        .filter(
          (specifier) =>
            !(isTestOnly(path) || /\.config\.ts$|-plugin\.ts$/.test(path) ? forTests : listed).has(
              specifier,
            ),
        )
        .map(
          (specifier) => `${path}: imports ${specifier}, which ${name}/package.json does not list`,
        ),
    )
}

const isForeign = (specifier: string): boolean =>
  !specifier.startsWith('.') &&
  !specifier.startsWith('node:') &&
  !specifier.startsWith('virtual:') &&
  !builtinModules.includes(specifier)
