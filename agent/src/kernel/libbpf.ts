/** The C functions that we call: system libbpf (>= 1.0) and libc, through koffi. */
import koffi from 'koffi'

const libbpf = koffi.load('libbpf.so.1')
const libc = koffi.load('libc.so.6')

export const openFile = libbpf.func('void *bpf_object__open_file(const char *path, void *opts)')
export const loadObject = libbpf.func('int bpf_object__load(void *obj)')
export const closeObject = libbpf.func('void bpf_object__close(void *obj)')
export const findProgram = libbpf.func(
  'void *bpf_object__find_program_by_name(void *obj, const char *name)',
)
export const nextProgram = libbpf.func('void *bpf_object__next_program(void *obj, void *prev)')
export const programName = libbpf.func('const char *bpf_program__name(const void *prog)')
export const programFd = libbpf.func('int bpf_program__fd(void *prog)')
export const findMap = libbpf.func(
  'void *bpf_object__find_map_by_name(void *obj, const char *name)',
)
export const nextMap = libbpf.func('void *bpf_object__next_map(void *obj, void *map)')
export const mapName = libbpf.func('const char *bpf_map__name(const void *map)')
export const mapFd = libbpf.func('int bpf_map__fd(void *map)')
export const setMaxEntries = libbpf.func('int bpf_map__set_max_entries(void *map, uint32_t n)')
export const initialValue = libbpf.func(
  'void *bpf_map__initial_value(void *map, _Out_ size_t *size)',
)
export const lookupElement = libbpf.func(
  'int bpf_map_lookup_elem(int fd, const void *key, void *value)',
)
export const updateElement = libbpf.func(
  'int bpf_map_update_elem(int fd, const void *key, const void *value, uint64_t flags)',
)
export const deleteElement = libbpf.func('int bpf_map_delete_elem(int fd, const void *key)')
export const nextKey = libbpf.func('int bpf_map_get_next_key(int fd, const void *key, void *next)')
export const updateBatch = libbpf.func(
  'int bpf_map_update_batch(int fd, const void *keys, const void *values, void *count, const void *opts)',
)
export const deleteBatch = libbpf.func(
  'int bpf_map_delete_batch(int fd, const void *keys, void *count, const void *opts)',
)
export const lookupBatch = libbpf.func(
  'int bpf_map_lookup_batch(int fd, void *in_batch, void *out_batch, void *keys, void *values, void *count, const void *opts)',
)
export const lookupAndDeleteBatch = libbpf.func(
  'int bpf_map_lookup_and_delete_batch(int fd, void *in_batch, void *out_batch, void *keys, void *values, void *count, const void *opts)',
)
/** A file descriptor, or -errno. */
export const createMap = libbpf.func(
  'int bpf_map_create(int type, const char *name, uint32_t key_size, uint32_t value_size, uint32_t max_entries, const void *opts)',
)
export const reuseMap = libbpf.func('int bpf_map__reuse_fd(void *map, int fd)')
export const setAutoload = libbpf.func('int bpf_program__set_autoload(void *prog, bool autoload)')
/** Null when refused: `lastError` says why. */
export const attachProgram = libbpf.func('void *bpf_program__attach(const void *prog)')
export const destroyLink = libbpf.func('int bpf_link__destroy(void *link)')
export const parseBtf = libbpf.func('void *btf__parse(const char *path, void *btf_ext)')
export const freeBtf = libbpf.func('void btf__free(void *btf)')
export const findBtfType = libbpf.func(
  'int btf__find_by_name_kind(const void *btf, const char *name, uint32_t kind)',
)
export const btfType = libbpf.func('const void *btf__type_by_id(const void *btf, uint32_t id)')
export const btfName = libbpf.func(
  'const char *btf__name_by_offset(const void *btf, uint32_t offset)',
)
export const possibleCpus = libbpf.func('int libbpf_num_possible_cpus()')
export const hookCreate = libbpf.func('int bpf_tc_hook_create(void *hook)')
export const hookDestroy = libbpf.func('int bpf_tc_hook_destroy(void *hook)')
export const tcAttach = libbpf.func('int bpf_tc_attach(const void *hook, void *opts)')
export const tcDetach = libbpf.func('int bpf_tc_detach(const void *hook, const void *opts)')
export const tcQuery = libbpf.func('int bpf_tc_query(const void *hook, void *opts)')
export const testRun = libbpf.func('int bpf_prog_test_run_opts(int fd, void *opts)')

const PrintFn = koffi.proto('int PrintFn(int level, const char *format, void *args)')
const setPrint = libbpf.func('libbpf_set_print', 'void *', [koffi.pointer(PrintFn)])
/** libbpf writes to stderr of its own accord; the errors that we return say more. */
export const silence = (): void => void setPrint(null)

const syscall = libc.func('long syscall(long number, long command, void *attr, uint32_t size)')
const SYS_BPF = process.arch === 'arm64' ? 280 : 321
const mmapRaw = libc.func(
  'void *mmap(void *addr, size_t length, int prot, int flags, int fd, int64_t offset)',
)
const munmapRaw = libc.func('int munmap(void *addr, size_t length)')
const trimHeap = libc.func('int malloc_trim(size_t pad)')
/** Gives back what loading took: libbpf reads the kernel's types, some 30 MB that glibc would keep (malloc_trim(3)). */
export const giveBackHeap = (): void => void trimHeap(0)

export const closeFd = libc.func('int close(int fd)')
export const pageSize = Number(libc.func('long sysconf(int name)')(30))

/** bpf(2): a result >= 0, or -errno. `attr` must stay alive over the call. */
export const bpf = (command: number, attr: Buffer): number => {
  const result = Number(syscall(SYS_BPF, command, attr, attr.length))
  return result < 0 ? -koffi.errno() : result
}

const PROT_NONE = 0
const PROT_READ = 1
const PROT_WRITE = 2
const MAP_SHARED = 1
const MAP_PRIVATE = 2
const MAP_FIXED = 0x10
const MAP_ANONYMOUS = 0x20

export interface Mapping {
  bytes: Uint8Array
  /** No view of `bytes` may be touched afterwards. */
  unmap(): void
}

const mmapOrThrow = (...args: Parameters<typeof mmapRaw>): bigint => {
  const at = mmapRaw(...args) as bigint | null
  if (at !== null && BigInt(at) <= 0xffff_ffff_ffff_f000n) return BigInt(at)
  throw new Error(`mmap of ${args[1]} bytes of a BPF map: ${errorName(koffi.errno())}`)
}

/** Maps `length` bytes of a BPF map's memory; throws with the errno. */
export const mapMemory = (fd: number, length: number, writable: boolean, offset = 0): Mapping => {
  const protection = PROT_READ | (writable ? PROT_WRITE : 0)
  const at = mmapOrThrow(null, length, protection, MAP_SHARED, fd, offset)
  return {
    bytes: new Uint8Array(koffi.view(at, length)),
    unmap: () => void munmapRaw(at, length),
  }
}

export interface GrowingMapping extends Mapping {
  /** Makes bytes [0, end) readable; touching a byte beyond is a segmentation fault. */
  growTo(end: number): void
}

/**
 * Maps a BPF map's memory piece by piece: all its pages count as resident from the moment they are mapped,
 * used or not. `bytes` is `length` long from the beginning.
 */
export const mapMemoryByNeed = (fd: number, length: number, pieceBytes: number): GrowingMapping => {
  const at = mmapOrThrow(null, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
  let mapped = 0
  return {
    bytes: new Uint8Array(koffi.view(at, length)),
    growTo: (end) => {
      while (mapped < end) {
        const piece = Math.min(pieceBytes, length - mapped)
        const flags = MAP_SHARED | MAP_FIXED
        mmapOrThrow(at + BigInt(mapped), piece, PROT_READ | PROT_WRITE, flags, fd, mapped)
        mapped += piece
      }
    },
    unmap: () => void munmapRaw(at, length),
  }
}

/** The address of a buffer for a field of a bpf(2) attribute; the caller keeps the buffer alive. */
export const addressOf = (bytes: Uint8Array): bigint => BigInt(koffi.address(bytes))

/** Memory that C owns, in place. */
export const viewOf = (pointer: unknown, length: number): Uint8Array =>
  new Uint8Array(koffi.view(pointer, length))

const ERROR_NAMES = new Map(Object.entries(koffi.os.errno).map(([name, value]) => [value, name]))
/** `EPERM` for 1 or -1. */
export const errorName = (errno: number): string =>
  ERROR_NAMES.get(Math.abs(errno)) ?? `errno ${Math.abs(errno)}`
export const lastError = (): number => koffi.errno()
