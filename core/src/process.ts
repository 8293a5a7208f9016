/** Who owns a socket: program, user, container. Only what is known; a field that is missing was not to be found out. */

/**
 * What made a container, as the cgroup path tells. `kubernetes`: a pod's container of which the path doesn't name
 * the runtime (kubelet with the cgroupfs driver). `oci`: a container id at a place that no runtime is known for.
 */
export type ContainerRuntime =
  | 'docker'
  | 'containerd'
  | 'cri-o'
  | 'podman'
  | 'nerdctl'
  | 'buildkit'
  | 'lxc'
  | 'systemd-nspawn'
  | 'kubernetes'
  | 'oci'

export interface ContainerInfo {
  runtime: ContainerRuntime
  /** Full id, as the runtime's own tools take it; of lxc and systemd-nspawn the machine's name. */
  id: string
  name?: string
  /** UID of the Kubernetes pod, with dashes as the API has it; of static pods 32 hex digits. */
  podUid?: string
}

/** A process that owns a socket. `command`, `pid`, `uid` are from the kernel at the moment it used the socket. */
export interface ProcessInfo {
  /** As the host sees it, not as the container does. */
  pid: number
  /** Name of the thread, at most 15 bytes; control characters are replaced. */
  command: string
  /** Real user id on the host. */
  uid: number
  /** The host's name of `uid`; left out in containers (but for root), which have names of their own. */
  user?: string
  /** Path in the process's own mount namespace; ends with ` (deleted)` when the file has gone. */
  exe?: string
  /** Arguments with blanks between, secrets masked as `***`, at most 512 characters. As it was when it was read. */
  commandLine?: string
  /** Milliseconds since 1970, exact to 20 ms. */
  startMs?: number
  /** Path of the cgroup below its mount; v2 if that tells who it is, else v1. */
  cgroup?: string
  container?: ContainerInfo
  /** systemd unit, also a user's or one inside the container. */
  unit?: string
}
