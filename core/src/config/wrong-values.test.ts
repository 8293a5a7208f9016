/** Every kind of wrong value is told with its place, what was found and what is allowed. */
import { describe, expect, it } from 'vitest'
import { fakeInputs, problemsOf, withYaml } from './fake-inputs.ts'

const wrongValues: [text: string, path: string, allowed: RegExp][] = [
  ['server: {port: "8086"}', 'server.port', /whole number from 0 to 65535/],
  ['server: {port: 80.5}', 'server.port', /whole number/],
  ['server: {port: -1}', 'server.port', /whole number/],
  ['server: {port: 65536}', 'server.port', /whole number/],
  ['server: {port: .nan}', 'server.port', /whole number/],
  ['server: {port: [1]}', 'server.port', /whole number/],
  ['server: {port: yes}', 'server.port', /whole number/],
  ['server: {host: 127.0.0.999}', 'server.host', /an address/],
  ['server: {host: 127.0.0.1.}', 'server.host', /an address/],
  ['server: {host: "http://127.0.0.1"}', 'server.host', /an address/],
  ['server: {host: ""}', 'server.host', /an address/],
  ['server: {host: 1}', 'server.host', /an address/],
  ['server: {hosts: ["a b"]}', 'server.hosts', /host names/],
  ['auth: {jwtSecret: short}', 'auth.jwtSecret', /at least 32 bytes/],
  ['server: {timezone: Mars/Olympus}', 'server.timezone', /IANA/],
  ['server: {timezone: 2}', 'server.timezone', /IANA/],
  ['network: {interfaces: eth0}', 'network.interfaces', /list/],
  ['network: {interfaces: []}', 'network.interfaces', /list/],
  ['network: {interfaces: [1]}', 'network.interfaces', /list/],
  ['network: {interfaces: [an-interface-name]}', 'network.interfaces', /15 characters/],
  ['network: {interfaces: [a/b]}', 'network.interfaces', /list/],
  ['network: {interfaces: [auto, eth0]}', 'network.interfaces', /list/],
  ['network: {exclude: {a: 1}}', 'network.exclude', /list/],
  ['network: {attach: xdp}', 'network.attach', /one of auto, tcx, clsact/],
  ['network: {attach: true}', 'network.attach', /one of auto, tcx, clsact/],
  ['network: {sshPorts: [0]}', 'network.sshPorts', /up to 8 whole numbers from 1 to 65535/],
  ['network: {sshPorts: [1,2,3,4,5,6,7,8,9]}', 'network.sshPorts', /up to 8/],
  ['flows: {tableSize: 63}', 'flows.tableSize', /from 64 to 4194304/],
  ['persistence: {path: ""}', 'persistence.path', /file path/],
  ['persistence: {path: "a\\0b"}', 'persistence.path', /file path/],
  ['agent: {name: ""}', 'agent.name', /letters/],
  ['uplink: {socket: ""}', 'uplink.socket', /file path/],
  ['agent: {name: "a b"}', 'agent.name', /letters/],
  [`uplink: {socket: /${'x'.repeat(107)}}`, 'uplink.socket', /107 bytes/],
]

describe('a wrong value', () => {
  it.each(wrongValues)(
    '%s names place, key, what was found and what is allowed',
    async (text, path, allowed) => {
      const problems = await problemsOf(withYaml(`# a comment\n${text}`))
      expect(problems).toHaveLength(1)
      expect(problems[0]).toMatchObject({
        place: 'config.yaml:2',
        path,
        allowed: expect.stringMatching(allowed),
      })
      expect(problems[0]?.found).toBeTruthy()
    },
  )

  it.each([
    ['server.port', 'http'],
    ['server.port', '80 86'],
    ['server.port', '0x50'],
    ['server.port', '1e3'],
    ['server.port', '99999999999999999999'],
    ['network.sshPorts', '22,,23'],
    ['network.interfaces', 'eth0,'],
    ['agent.source', 'EBPF'],
  ])('%s=%s is refused in the environment and as a flag', async (path, text) => {
    const name = `NETSCOPE_${path.replace('.', '_').replace('sshPorts', 'ssh_ports').toUpperCase()}`
    expect(await problemsOf(fakeInputs({}, { env: { [name]: text } }))).toMatchObject([
      { place: name, path },
    ])
    expect(await problemsOf(fakeInputs({}, { flags: { [path]: text } }))).toMatchObject([{ path }])
  })

  it('is told even where something else overrides it, and all are told at once in order', async () => {
    const text = 'server:\n  port: x\n  timezon: UTC\nnetwork:\n  attach: y\n'
    const of = fakeInputs(
      { '/work/config.yaml': text },
      { env: { NETSCOPE_MOCK_SEED: 'z' }, flags: { 'server.port': '1' } },
    )
    const problems = await problemsOf(of)
    expect(problems.map(({ place, path }) => `${place} ${path}`)).toEqual([
      'config.yaml:2 server.port',
      'config.yaml:3 server.timezon',
      'config.yaml:5 network.attach',
      'NETSCOPE_MOCK_SEED mock.seed',
    ])
  })

  it('of server.host is explained', async () => {
    const [problem] = await problemsOf(fakeInputs({}, { flags: { 'server.host': 'my host' } }))
    expect(problem).toMatchObject({ place: '--server-host', found: '"my host"' })
    expect(problem?.remedy).toMatch(/0\.0\.0\.0.*ip address/)
  })

  it('is shown cut to a bounded length', async () => {
    const [problem] = await problemsOf(withYaml(`server: {port: "${'9'.repeat(1e5)}"}`))
    expect(problem?.found?.length).toBeLessThan(100)
  })
})
