/** The running kernel's types (BTF), read through libbpf: values of an enum, parameters of a function. */
import * as libbpf from '../libbpf.ts'

export const VMLINUX_BTF = '/sys/kernel/btf/vmlinux'

/** include/uapi/linux/btf.h */
const KIND = { enum: 6, func: 12 }
const HEADER_BYTES = 12
const ENUM_VALUE_BYTES = 8

export interface KernelTypes {
  /** Number → name; undefined when there is no such enum. */
  enumValues(name: string): Map<number, string> | undefined
  /** Undefined when the kernel has no such function, or none that could be traced. */
  parameterCount(name: string): number | undefined
  /** Nothing may be asked afterwards. */
  close(): void
}

/** Takes 50 ms and, until closed, 10 MB. Undefined where there is no BTF. */
export const openKernelTypes = (path = VMLINUX_BTF): KernelTypes | undefined => {
  libbpf.silence()
  const btf: unknown = libbpf.parseBtf(path, null)
  if (!btf) return undefined

  /** struct btf_type and `tailBytes` behind it. */
  const typeAt = (id: number, tailBytes: (memberCount: number) => number): DataView => {
    const at: unknown = libbpf.btfType(btf, id)
    const header = viewOf(at, HEADER_BYTES)
    return viewOf(at, HEADER_BYTES + tailBytes(memberCountOf(header)))
  }
  const find = (name: string, kind: number): number | undefined => {
    const id: number = libbpf.findBtfType(btf, name, kind)
    return id > 0 ? id : undefined
  }
  return {
    enumValues: (name) => {
      const id = find(name, KIND.enum)
      if (id === undefined) return undefined
      const type = typeAt(id, (count) => count * ENUM_VALUE_BYTES)
      const values = new Map<number, string>()
      for (let i = 0; i < memberCountOf(type); i++) {
        const at = HEADER_BYTES + i * ENUM_VALUE_BYTES
        values.set(
          type.getInt32(at + 4, true),
          String(libbpf.btfName(btf, type.getUint32(at, true))),
        )
      }
      return values
    },
    parameterCount: (name) => {
      const id = find(name, KIND.func)
      if (id === undefined) return undefined
      const prototype = typeAt(id, () => 0).getUint32(8, true)
      return memberCountOf(typeAt(prototype, () => 0))
    },
    close: () => libbpf.freeBtf(btf),
  }
}

const viewOf = (pointer: unknown, length: number): DataView =>
  new DataView(libbpf.viewOf(pointer, length).buffer)

const memberCountOf = (type: DataView): number => type.getUint32(4, true) & 0xffff
