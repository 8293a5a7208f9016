/** Which interfaces the names and patterns of the configuration mean. */
import { describe, expect, it } from 'vitest'
import { createNameFilter } from './attachments.ts'
import { kernelAtLeast, ringSize } from './bpf-object.ts'

describe('the choice of interfaces', () => {
  it('auto takes all but the excluded, by name or glob', () => {
    const wanted = createNameFilter({
      interfaces: ['auto'],
      exclude: ['docker0', 'veth*', 'eth?.5'],
    })
    const names = ['lo', 'eth0', 'docker0', 'docker01', 'veth12', 'eth1.5', 'eth1x5']
    expect(names.filter(wanted)).toEqual(['lo', 'eth0', 'docker01', 'eth1x5'])
  })

  it('a list takes its names only, and an exclusion beats it', () => {
    const wanted = createNameFilter({ interfaces: ['eth0', 'wlan0'], exclude: ['wlan0'] })
    expect(['eth0', 'wlan0', 'lo'].filter(wanted)).toEqual(['eth0'])
  })
})

describe('the release of the kernel', () => {
  it.each([
    ['6.1.0-18-amd64', 5, 11, true],
    ['5.10.0', 5, 11, false],
    ['6.18.44-fc-v595', 6, 6, true],
    ['6.6', 6, 6, true],
    ['7.0-rc1', 6, 12, true],
    ['5.9.1', 5, 10, false],
  ])('%s is at least %i.%i: %s', (release, major, minor, expected) => {
    expect(kernelAtLeast(major, minor, release)).toBe(expected)
  })
})

it('the ring of free slots is the next power of two', () => {
  expect([1000, 1024, 1025].map(ringSize)).toEqual([1024, 1024, 2048])
})
