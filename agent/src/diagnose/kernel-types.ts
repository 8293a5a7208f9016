/** The kernel's own BTF through libbpf, read on another thread: it has 5 MB and takes 50 ms. */
import koffi, { type LibraryHandle } from 'koffi'
import type { KernelTypes, Libbpf } from './system.ts'

/** struct btf_type: name, info (its low 16 bits count the members), size. */
const TYPE_BYTES = 12

/** libbpf 1.x, or why it cannot be used. */
export const openLibbpf = (): Libbpf | { missing: string } => {
  try {
    return createLibbpf(koffi.load('libbpf.so.1'))
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) }
  }
}

const createLibbpf = (library: LibraryHandle): Libbpf => {
  const load = library.func('void *btf__load_vmlinux_btf()')
  const free = library.func('void btf__free(void *btf)')
  const findByName = library.func(
    'int btf__find_by_name_kind(const void *btf, const char *name, uint32_t kind)',
  )
  const typeById = library.func('const void *btf__type_by_id(const void *btf, uint32_t id)')
  const version = library.func('const char *libbpf_version_string()')
  const PrintFn = koffi.proto('int DoctorPrintFn(int level, const char *format, void *args)')
  const setPrint = library.func('libbpf_set_print', 'void *', [koffi.pointer(PrintFn)])
  // It writes to stderr of its own accord.
  setPrint(null)

  const typesOf = (btf: unknown): KernelTypes => ({
    find: (name, kind) =>
      new Promise((resolve) => {
        findByName.async(btf, name, kind, (_error: unknown, id: number) =>
          resolve(id > 0 ? id : undefined),
        )
      }),
    memberCount: (id) => {
      const type: unknown = typeById(btf, id)
      if (!type) return 0
      return new DataView(koffi.view(type, TYPE_BYTES)).getUint32(4, true) & 0xffff
    },
    close: () => void free(btf),
  })

  return {
    version: String(version()),
    openKernelTypes: () =>
      new Promise((resolve) => {
        load.async((_error: unknown, btf: unknown) => resolve(btf ? typesOf(btf) : undefined))
      }),
  }
}
