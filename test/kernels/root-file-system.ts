/** The guest's root: busybox, iproute2, Node, libbpf, kernel modules, the kernel program and one bundled script. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'rolldown'
import { createArchive } from './cpio.ts'
import { readModules } from './kernel-modules.ts'

const ROOT = join(import.meta.dirname, '../..')
/** As in the checkout, because the agent finds the kernel program from where its own file is. */
const THERE = '/netscope'
const MODULES = ['veth', 'sch_ingress', 'cls_bpf', '8021q', 'ipip', 'tun', 'ipv6', 'sch_netem']
const OBJECTS = ['flow', 'socket', 'trace-fentry', 'trace-kprobe'].map(
  (name) => `bpf/build/${name}.bpf.o`,
)
/** Run by the agent, and what starts it with its capabilities only. */
const PROGRAMS = ['ip', 'tc', 'ss', 'setpriv', 'prlimit']
const LIBRARIES = ['libbpf.so.1', 'libc.so.6']
const LIBRARY_FOLDERS = [
  '/lib/x86_64-linux-gnu',
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib64',
  '/lib64',
]

const librariesOf = (file: string): string[] =>
  [...execFileSync('ldd', [file], { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g)].map(
    (match) => match[1] ?? '',
  )

const which = (name: string): string =>
  execFileSync('sh', ['-c', `PATH=$PATH:/usr/sbin:/sbin command -v ${name}`], {
    encoding: 'utf8',
  }).trim()

const findLibrary = (name: string): string => {
  const path = LIBRARY_FOLDERS.map((folder) => join(folder, name)).find(existsSync)
  if (!path) throw new Error(`no ${name} in ${LIBRARY_FOLDERS.join(' ')}`)
  return path
}

/** One file of plain JavaScript: stripping types in a machine without KVM would take seconds per file. */
const bundle = async (script: string): Promise<string> => {
  const { output } = await build({
    input: join(import.meta.dirname, 'guest', script),
    platform: 'node',
    external: ['koffi'],
    output: { format: 'esm', codeSplitting: false },
    write: false,
    logLevel: 'warn',
  })
  return output[0].code
}

/**
 * An initramfs, uncompressed: unpacking 100 MB takes the guest longer than reading them. `script`: what the
 * guest runs, a file of the folder guest.
 */
export const createRootFileSystem = async (
  modulesFolder: string,
  script: string,
): Promise<Buffer> => {
  const archive = createArchive()
  const programs = [...PROGRAMS.map(which), process.execPath]
  archive.file('init', readFileSync(join(import.meta.dirname, 'init.sh')), 0o755)
  archive.copy(which('busybox'), '/bin/busybox')
  for (const path of programs) archive.copy(path, join('/usr/bin', basename(path)))
  const found = LIBRARIES.map(findLibrary)
  const needed = [...programs, ...found].flatMap(librariesOf)
  for (const path of new Set([...found, ...needed])) archive.copy(path, path)

  const modules = readModules(modulesFolder, MODULES)
  for (const { name, bytes } of modules) archive.file(`/modules/${name}.ko`, bytes)
  archive.file('/modules/order', modules.map(({ name }) => `${name}\n`).join(''))

  const koffi = ['koffi', '@koromix/koffi-linux-x64']
  for (const path of [...koffi.map((part) => `node_modules/${part}`), ...OBJECTS]) {
    archive.copy(join(ROOT, path), join(THERE, path))
  }
  archive.file(join(THERE, 'package.json'), '{"type":"module"}')
  archive.file(join(THERE, 'test/kernels/guest/main.js'), await bundle(script))
  return archive.end()
}
