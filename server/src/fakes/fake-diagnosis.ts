/** For tests: what an agent has found out about its machine. */
import type { Diagnosis } from '@netscope/core/diagnosis.ts'

export const FAKE_DIAGNOSIS: Diagnosis = {
  timeMs: 1_700_000_000_000,
  kernel: '6.1.0-18-amd64',
  architecture: 'x64',
  user: { uid: 0, capabilities: ['cap_bpf', 'cap_net_admin'] },
  checks: [
    { id: 'tier-a.sock-ops', area: 'tier A', name: 'sock_ops', state: 'works', detail: 'attached' },
    {
      id: 'tier-b.fentry',
      area: 'tier B',
      name: 'fentry',
      state: 'missing',
      detail: 'the kernel is locked down',
      remedy: 'Boot without lockdown.',
    },
  ],
  programs: [
    {
      interface: 'eth0',
      hook: 'tcx ingress',
      position: 1,
      name: 'ingress',
      id: 40,
      runsBefore: false,
    },
  ],
  cgroupPrograms: [
    { hook: 'connect4', position: 1, name: 'other', id: 12, owner: 'systemd', exclusive: false },
  ],
  durationMs: 35,
}
