/** What the probes ask of the machine: files, programs, system calls. A fake stands in for it in tests. */

/** Results below 0 are -errno throughout, as the kernel has them. */
export interface System {
  /** `6.1.0-18-amd64` */
  readonly release: string
  readonly uid: number
  read(path: string): { text: string } | { errno: number }
  /** Where a symbolic link points; empty where it can't be read. */
  readLink(path: string): string
  /** Names in a folder; empty where it can't be read. */
  list(path: string): string[]
  /** Runs a program for at most a second; never rejects. */
  run(command: string, args: readonly string[], input?: string): Promise<Ran>
  /** Makes a folder: 0 or -errno. */
  makeFolder(path: string): number
  removeFolder(path: string): void
  /** A file descriptor of a folder or -errno. */
  openFolder(path: string): number
  readonly calls: SystemCalls
  readonly libbpf: Libbpf | { missing: string }
}

export interface Ran {
  /** undefined: the program is not there, or it took too long. */
  code: number | undefined
  stdout: string
}

export interface SystemCalls {
  /** bpf(2). `attr` must stay alive over the call. */
  bpf(command: number, attr: Buffer): number
  /** The address of memory for a field of an attribute; the caller keeps it alive. */
  addressOf(bytes: Uint8Array): bigint
  /** perf_event_open(2) for any process on CPU 0. */
  perfEventOpen(attr: Buffer): number
  /** Off the event loop: taking a probe out waits for every CPU. */
  close(fd: number): void
  /** Resolves once all that was closed is. */
  settle(): Promise<void>
  /** Mounts a file system that nobody sees and that goes with its file descriptor (fsmount(2)). */
  mountUnseen(type: string): number
  /** Device features that are on, by ethtool's names; undefined where they can't be asked for. */
  deviceFeatures(name: string): readonly string[] | undefined
}

/** The kernel's own types, through libbpf. */
export interface Libbpf {
  readonly version: string
  /** Reads /sys/kernel/btf/vmlinux off the event loop; undefined where that fails. */
  openKernelTypes(): Promise<KernelTypes | undefined>
}

export interface KernelTypes {
  /** Number of a type, undefined where there is none. `kind` as in enum BTF_KIND_*. */
  find(name: string, kind: number): Promise<number | undefined>
  /** Values of an enum, or members of a struct. */
  memberCount(id: number): number
  close(): void
}
