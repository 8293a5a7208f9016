/** Loads a small kernel program of the benchmarks. */
import {
  closeObject,
  errorName,
  findMap,
  findProgram,
  loadObject,
  mapFd,
  openFile,
  programFd,
  silence,
} from '@netscope/agent/kernel/libbpf.ts'
import type { BpfObject } from '@netscope/agent/kernel/bpf-object.ts'
import type { Undo } from './undo.ts'

/** Throws with the errno's name; closed by `undo`. */
export const loadBenchObject = (path: string, undo: Undo): Omit<BpfObject, 'loadedPrograms'> => {
  silence()
  const object: unknown = openFile(path, null)
  if (!object) throw new Error(`${path} is no BPF object`)
  const result: number = loadObject(object)
  if (result < 0)
    throw new Error(`loading ${path}: ${errorName(result)}. The benchmarks need root.`)
  const close = undo.add(() => void closeObject(object))
  return {
    mapFd: (name) => mapFd(findMap(object, name)) as number,
    programFd: (name) => programFd(findProgram(object, name)) as number,
    close,
  }
}
