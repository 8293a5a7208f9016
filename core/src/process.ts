/** A process that owns a connection, as far as it is known: what the kernel captured when it connected, and /proc. */

export interface ProcessInfo {
  pid: number
  /** Command name, up to 15 bytes (comm). */
  command: string
  uid: number
  /** Name of the user, where /etc/passwd has one. */
  user?: string
  /** Path of the program. */
  exe?: string
  /** Arguments, secrets masked. */
  commandLine?: string
  /** Start of the process, milliseconds since 1970. */
  startMs?: number
  /** Path below the cgroup mount. */
  cgroup?: string
  container?: Container
  /** systemd unit, system's or user's. */
  unit?: string
}

export interface Container {
  /** docker, containerd, cri-o, podman, lxc, systemd-nspawn … */
  runtime: string
  /** Full id. */
  id: string
  name?: string
}
