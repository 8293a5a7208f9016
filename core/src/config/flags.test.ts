/** Flags of the configuration: reading, writing, mistakes. */
import { describe, expect, it } from 'vitest'
import { formatConfigFlags, parseConfigFlags } from './flags.ts'
import { envName, flagName, KEYS } from './names.ts'

describe('configuration flags', () => {
  it('are read with = or as the next argument, and the last one wins', () => {
    const argv = [
      '--server-port=1',
      '--server-port',
      '2',
      '--config',
      'a.yaml',
      '--network-interfaces=eth0,lo',
    ]
    expect(parseConfigFlags(argv)).toEqual({
      file: 'a.yaml',
      flags: { 'server.port': '2', 'network.interfaces': 'eth0,lo' },
    })
  })

  it('take whatever follows as the value, also what looks like a flag or is empty', () => {
    expect(parseConfigFlags(['--server-port', '--x', '--agent-name=']).flags).toEqual({
      'server.port': '--x',
      'agent.name': '',
    })
  })

  it('--mock is short for --agent-source mock', () => {
    expect(parseConfigFlags(['--mock']).flags).toEqual({ 'agent.source': 'mock' })
  })

  it.each([
    [['--server-prot', '1'], /--server-prot: unknown flag\n.*did you mean --server-port\?/],
    [['--server-port'], /--server-port: needs a value/],
    [['--config'], /--config: needs a value/],
    [['--mock=1'], /--mock: unknown flag/],
    [['constructor'], /constructor: unknown flag/],
    [['__proto__=1'], /unknown flag/],
    [['x'.repeat(1e5)], /unknown flag/],
    [[''], /unknown flag/],
  ])('%j are refused', (argv, message) => {
    expect(() => parseConfigFlags(argv)).toThrow(message)
  })

  it('of every key are read back as they were written', () => {
    const flags = Object.fromEntries([...KEYS.keys()].map((path) => [path, `= ${path} =`]))
    expect(parseConfigFlags(formatConfigFlags({ file: 'a=b.yaml', flags }))).toEqual({
      file: 'a=b.yaml',
      flags,
    })
  })

  it('and variables have a name of their own for every key', () => {
    const paths = [...KEYS.keys()]
    expect(new Set(paths.map(flagName)).size).toBe(paths.length)
    expect(new Set(paths.map(envName)).size).toBe(paths.length)
    expect(flagName('flows.tcpIdleSeconds')).toBe('--flows-tcp-idle-seconds')
    expect(envName('flows.tcpIdleSeconds')).toBe('NETSCOPE_FLOWS_TCP_IDLE_SECONDS')
  })
})
