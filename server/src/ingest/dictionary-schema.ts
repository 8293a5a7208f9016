/** The schema of what an agent says that ids in flow records mean. */
import type { ContainerRuntime } from '@netscope/core/process.ts'
import { Type } from 'typebox'
import { id, list, name } from './json-values.ts'

const path = Type.String({ maxLength: 4096 })

/** All of them, or it does not compile. */
const RUNTIMES = Object.keys({
  docker: true,
  containerd: true,
  'cri-o': true,
  podman: true,
  nerdctl: true,
  buildkit: true,
  lxc: true,
  'systemd-nspawn': true,
  kubernetes: true,
  oci: true,
} satisfies Record<ContainerRuntime, true>) as ContainerRuntime[]

const container = Type.Object({
  runtime: Type.Enum(RUNTIMES),
  id: name,
  name: Type.Optional(name),
  podUid: Type.Optional(name),
})

const process = Type.Object({
  pid: id,
  command: Type.String({ maxLength: 64 }),
  uid: id,
  user: Type.Optional(name),
  exe: Type.Optional(path),
  commandLine: Type.Optional(path),
  startMs: Type.Optional(Type.Number()),
  cgroup: Type.Optional(path),
  container: Type.Optional(container),
  unit: Type.Optional(name),
})

/** Above the entries of a full dictionary of an agent; a frame has at most 16 MiB anyway. */
const MAX_ENTRIES = 262_144
const entryId = Type.Integer({ minimum: 1, maximum: 0xffffffff })

const texts = Type.Array(Type.Tuple([entryId, Type.String({ maxLength: 1024 })]), {
  maxItems: MAX_ENTRIES,
})
const processes = Type.Array(Type.Tuple([entryId, process]), { maxItems: MAX_ENTRIES })

/** What `Dictionary` of core/src/wire.ts must look like. */
export const dictionarySchema = Type.Object({ texts, processes })

/** Far from both ends of what a Date can be. */
const MAX_OFFSET_MS = 1e15

/** What `SpooledNames` of core/src/wire.ts must look like. */
export const spooledNamesSchema = Type.Object({
  wallOffsetMs: Type.Number({ minimum: -MAX_OFFSET_MS, maximum: MAX_OFFSET_MS }),
  interfaces: list(Type.Tuple([id, name])),
  texts,
  processes,
})
