/** Cgroup paths as they are found on real hosts, and whose they are. */
import { expect, it } from 'vitest'
import { containerOf, type CgroupOwner } from './container-of.ts'

const A = '4f3c2b1a'.repeat(8)
const B = '0123456789abcdef'.repeat(4)
const UID = 'f1e2d3c4-0a1b-4c2d-8e3f-001122334455'
const LOW = UID.replaceAll('-', '_')
const USER = '/user.slice/user-1000.slice/user@1000.service'
const pod = (runtime: string, id = A, podUid = UID): CgroupOwner =>
  ({ container: { runtime, id, podUid } }) as CgroupOwner
const box = (runtime: string, id = A, unit?: string): CgroupOwner =>
  ({ container: { runtime, id }, ...(unit === undefined ? {} : { unit }) }) as CgroupOwner
const machine = (runtime: string, name: string, unit?: string): CgroupOwner =>
  ({
    container: { runtime, id: name, name },
    ...(unit === undefined ? {} : { unit }),
  }) as CgroupOwner

const PATHS: [string, CgroupOwner][] = [
  ['', {}],
  ['/', {}],
  ['/../..', {}],
  // Docker
  [`/docker/${A}`, box('docker')],
  [`/docker/${A}/init`, box('docker')],
  [`/system.slice/docker-${A}.scope`, box('docker')],
  [`/system.slice/docker-${A}.scope/init.scope`, box('docker', A, 'init.scope')],
  [`/system.slice/docker-${A}.scope (deleted)`, box('docker')],
  [`/../docker-${A}.scope`, box('docker')],
  [`/docker/${A}/docker/${B}`, box('docker', B)],
  [`/system.slice:docker:${A}`, box('docker')],
  [`${USER}/user.slice/docker-${A}.scope`, box('docker')],
  [`${USER}/app.slice/docker.service`, { unit: 'docker.service' }],
  [`/docker/${A}/system.slice/nginx.service`, box('docker', A, 'nginx.service')],
  [`/docker/buildkit/k2v7x0q9w8e7r6t5y4u3i2o1p`, box('buildkit', 'k2v7x0q9w8e7r6t5y4u3i2o1p')],
  // Kubernetes, cgroupfs driver
  [`/kubepods/besteffort/pod${UID}/${A}`, pod('kubernetes')],
  [`/kubepods/burstable/pod${UID}/${A}`, pod('kubernetes')],
  [`/kubepods/pod${UID}/${A}`, pod('kubernetes')],
  [`/kubepods/burstable/pod${UID}/crio-${A}`, pod('cri-o')],
  [`/kubepods/burstable/pod${'ab12'.repeat(8)}/${A}`, pod('kubernetes', A, 'ab12'.repeat(8))],
  // Kubernetes, systemd driver
  [
    `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${LOW}.slice/cri-containerd-${A}.scope`,
    pod('containerd'),
  ],
  [
    `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${LOW}.slice/crio-${A}.scope`,
    pod('cri-o'),
  ],
  [
    `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${LOW}.slice/crio-${A}.scope/container`,
    pod('cri-o'),
  ],
  [
    `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${LOW}.slice/crio-conmon-${A}.scope`,
    {},
  ],
  [`/kubepods.slice/kubepods-pod${LOW}.slice/docker-${A}.scope`, pod('docker')],
  [
    `/system.slice/containerd.service/kubepods-burstable-pod${LOW}.slice:cri-containerd:${A}`,
    pod('containerd'),
  ],
  [
    `/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/kubelet-kubepods-besteffort-pod${LOW}.slice/cri-containerd-${A}.scope`,
    pod('containerd'),
  ],
  [`/docker/${B}/kubelet/kubepods/besteffort/pod${UID}/${A}`, pod('kubernetes')],
  [
    `/system.slice/docker-${B}.scope/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod${LOW}.slice/cri-containerd-${A}.scope`,
    pod('containerd'),
  ],
  [`/kubepods/burstable/pod${UID}/${B}/docker/${A}`, pod('docker')],
  // containerd, nerdctl
  [`/k8s.io/${A}`, box('containerd')],
  [`/default/${A}`, box('containerd')],
  [`/system.slice/nerdctl-${A}.scope`, box('nerdctl')],
  [`${USER}/user.slice/nerdctl-${A}.scope`, box('nerdctl')],
  // Podman
  [`/machine.slice/libpod-${A}.scope`, box('podman')],
  [`/machine.slice/libpod-${A}.scope/container`, box('podman')],
  [`/machine.slice/libpod-conmon-${A}.scope`, {}],
  [`/libpod_parent/libpod-${A}`, box('podman')],
  [`/libpod_parent/${A}`, box('podman')],
  [`${USER}/user.slice/libpod-${A}.scope/container`, box('podman')],
  [`${USER}/user.slice/libpod-conmon-${A}.scope`, { unit: 'user@1000.service' }],
  [`/machine.slice/machine-libpod_pod_${B}.slice/libpod-${A}.scope/container`, box('podman')],
  [`/system.slice/web.service/libpod-payload-${A}`, box('podman', A, 'web.service')],
  [`/system.slice/web.service/runtime`, { unit: 'web.service' }],
  [
    `/machine.slice/libpod-${A}.scope/container/system.slice/httpd.service`,
    box('podman', A, 'httpd.service'),
  ],
  // LXC, LXD, Incus, Proxmox, libvirt
  ['/lxc/web1', machine('lxc', 'web1')],
  ['/lxc/101/ns/system.slice/cron.service', machine('lxc', '101', 'cron.service')],
  ['/lxc.payload/old', machine('lxc', 'old')],
  ['/lxc.payload.web2', machine('lxc', 'web2')],
  ['/lxc.payload.web2/system.slice/sshd.service', machine('lxc', 'web2', 'sshd.service')],
  ['/lxc.monitor.web2', {}],
  [`/lxc.payload.web2/system.slice/docker-${A}.scope`, box('docker')],
  [
    '/machine.slice/machine-lxc\\x2d3127\\x2dbuild.scope/system.slice/dbus.service',
    machine('lxc', 'build', 'dbus.service'),
  ],
  [
    '/machine.slice/machine-qemu\\x2d3\\x2dwin11.scope/libvirt/emulator',
    { unit: 'machine-qemu\\x2d3\\x2dwin11.scope' },
  ],
  // systemd-nspawn
  ['/machine.slice/machine-deb.scope', machine('systemd-nspawn', 'deb')],
  [
    '/machine.slice/machine-my\\x2dbox.scope/payload/system.slice/ssh.service',
    machine('systemd-nspawn', 'my-box', 'ssh.service'),
  ],
  [
    '/machine.slice/systemd-nspawn@deb.service/payload/init.scope',
    machine('systemd-nspawn', 'deb', 'init.scope'),
  ],
  ['/machine.slice/systemd-nspawn@deb.service/supervisor', { unit: 'systemd-nspawn@deb.service' }],
  // Others
  [`/ecs/0a1b2c3d4e5f60718293a4b5c6d7e8f9/${A}`, box('oci')],
  [
    '/ecs/0a1b2c3d4e5f60718293a4b5c6d7e8f9/0a1b2c3d4e5f60718293a4b5c6d7e8f9-1234567890',
    box('oci', '0a1b2c3d4e5f60718293a4b5c6d7e8f9-1234567890'),
  ],
  [`/my-parent/${A}`, box('oci')],
  // systemd units
  ['/init.scope', { unit: 'init.scope' }],
  ['/system.slice/nginx.service', { unit: 'nginx.service' }],
  ['/system.slice/system-getty.slice/getty@tty1.service', { unit: 'getty@tty1.service' }],
  ['/system.slice/ssh.service/sub', { unit: 'ssh.service' }],
  ['/user.slice/user-1000.slice/session-3.scope', { unit: 'session-3.scope' }],
  [`${USER}/app.slice/app-firefox-4711.scope`, { unit: 'app-firefox-4711.scope' }],
  [`${USER}/init.scope`, { unit: 'init.scope' }],
  ['/system.slice', {}],
  ['/user.slice/user-1000.slice', {}],
  // Not a container, however it looks
  ['/process_api/37ea88d667b60fb31f017e783ed8270b', {}],
  [`/docker/${A.slice(1)}`, {}],
  [`/docker-${A}x.scope`, { unit: `docker-${A}x.scope` }],
  ['/docker', {}],
  ['/lxc', {}],
  ['/machine.slice/machine-.scope', { unit: 'machine-.scope' }],
]

it.each(PATHS)('%s', (path, owner) => {
  expect(containerOf(path)).toEqual(owner)
})

it('a hostile path costs little and harms nothing', () => {
  const paths = [
    '/'.repeat(1e6),
    `/${'a-'.repeat(1e5)}`,
    `/pod${'_'.repeat(1e5)}`,
    '/lxc/'.repeat(1e5),
  ]
  for (const path of [...paths, `/lxc/${'x'.repeat(1e6)}`, '/\0\n\u001b[2J.service']) {
    const { container, unit } = containerOf(path)
    expect((container?.id ?? '').length).toBeLessThanOrEqual(256)
    expect((unit ?? '').length).toBeLessThanOrEqual(256)
  }
})
