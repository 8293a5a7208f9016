/** The configuration loader: the order of the layers, and where values come from. */
import { describe, expect, it } from 'vitest'
import { fakeInputs, problemsOf, withYaml } from './fake-inputs.ts'
import { loadConfig } from './load-config.ts'
import { KEYS } from './names.ts'

const SERVER = {
  ...{ host: '127.0.0.1', port: 8086, timezone: '' },
  ...{ hosts: [], tlsCertFile: '', tlsKeyFile: '', trustedProxies: [] },
}

describe('loading the configuration', () => {
  it('without file, environment and flags gives the default of every key', async () => {
    const { config, sources, file, warnings } = await loadConfig(fakeInputs())
    expect(config.server).toEqual(SERVER)
    expect(config.network).toEqual({
      interfaces: ['auto'],
      exclude: [],
      attach: 'auto',
      sshPorts: [22],
      operatorPorts: [22],
    })
    expect(config.agent.name).toBe('spruce')
    expect(config.uplink.socket).toBe('/work/data/run/uplink.sock')
    expect(config.persistence.path).toBe('/work/data/lists.json')
    expect(Object.keys(sources).toSorted()).toEqual([...KEYS.keys()].toSorted())
    expect(new Set(Object.values(sources).map(({ from }) => from))).toEqual(new Set(['default']))
    expect(file).toBeUndefined()
    expect(warnings).toEqual([])
  })

  it('lets the file win over the default, the environment over the file, a flag over all', async () => {
    const files = {
      '/work/config.yaml': 'server:\n  port: 1\nflows:\n  tableSize: 100\n  recentEnded: 7\n',
    }
    const env = { NETSCOPE_SERVER_PORT: '2', NETSCOPE_FLOWS_TABLE_SIZE: '200' }
    const { config, sources } = await loadConfig(
      fakeInputs(files, { env, flags: { 'server.port': '3' } }),
    )
    expect([config.server.port, config.flows.tableSize, config.flows.recentEnded]).toEqual([
      3, 200, 7,
    ])
    expect(sources['server.port']).toEqual({ from: 'flag', place: '--server-port' })
    expect(sources['flows.tableSize']).toEqual({ from: 'env', place: 'NETSCOPE_FLOWS_TABLE_SIZE' })
    expect(sources['flows.recentEnded']).toEqual({ from: 'file', place: 'config.yaml:5' })
  })

  it('reads lists from the environment and flags with commas', async () => {
    const env = {
      NETSCOPE_NETWORK_INTERFACES: 'eth0, wlan0',
      NETSCOPE_NETWORK_SSH_PORTS: '22,2222',
    }
    const { config } = await loadConfig(
      fakeInputs({}, { env, flags: { 'network.exclude': 'docker*,veth*' } }),
    )
    expect(config.network.interfaces).toEqual(['eth0', 'wlan0'])
    expect(config.network.sshPorts).toEqual([22, 2222])
    expect(config.network.exclude).toEqual(['docker*', 'veth*'])
  })

  it('takes an empty list from a flag', async () => {
    const { config } = await loadConfig(fakeInputs({}, { flags: { 'network.sshPorts': '' } }))
    expect(config.network.sshPorts).toEqual([])
  })

  it("takes the names of earlier tools' variables where ours are not set", async () => {
    const secret = 'x'.repeat(40)
    const env = { JWT_SECRET_KEY: secret, PROMETHEUS_URL: 'http://p:9090' }
    const { config, sources } = await loadConfig(fakeInputs({}, { env }))
    expect(config.auth.jwtSecret).toBe(secret)
    expect(config.metrics.prometheusUrl).toBe('http://p:9090')
    expect(sources['auth.jwtSecret']).toEqual({ from: 'env', place: 'JWT_SECRET_KEY' })
    const both = { ...env, NETSCOPE_AUTH_JWT_SECRET: 'y'.repeat(40) }
    const ours = await loadConfig(fakeInputs({}, { env: both }))
    expect(ours.config.auth.jwtSecret).toBe('y'.repeat(40))
  })

  it('takes keys and channels as the earlier tool named them', async () => {
    const env = {
      ...{ ABUSEIPDB_API_KEY: 'a-key', VIRUSTOTAL_API_KEY: 'v-key', SHODAN_API_KEY: 's-key' },
      ...{ SLACK_WEBHOOK_URL: 'https://s.example/x', DISCORD_WEBHOOK_URL: 'https://d.example/x' },
      ...{ SMTP_HOST: 'mail.example', SMTP_PORT: '465', SMTP_USER: 'ann', SMTP_PASSWORD: 'pw' },
      ALERT_EMAIL_FROM: 'netscope@example.org',
    }
    const { config } = await loadConfig(fakeInputs({}, { env }))
    expect(config.intel).toMatchObject({
      ...{ abuseipdbKey: 'a-key', virustotalKey: 'v-key', shodanKey: 's-key' },
    })
    expect(config.notify).toMatchObject({
      ...{ slackUrl: 'https://s.example/x', discordUrl: 'https://d.example/x' },
      ...{ smtpHost: 'mail.example', smtpPort: 465, smtpUser: 'ann', smtpPassword: 'pw' },
      emailFrom: 'netscope@example.org',
    })
  })

  it('takes an empty variable, an empty section and a key without value as absent', async () => {
    const files = { '/work/config.yaml': 'flows:\nserver:\n  timezone:\n  port:\n' }
    const { config } = await loadConfig(fakeInputs(files, { env: { NETSCOPE_AGENT_SOURCE: '' } }))
    expect(config.server).toEqual(SERVER)
    expect(config.agent.source).toBe('ebpf')
  })

  it('looks for ./config.yaml, then /etc/netscope/config.yaml', async () => {
    const etc = { '/etc/netscope/config.yaml': 'server: {port: 2}' }
    expect(await loadConfig(fakeInputs(etc))).toMatchObject({
      config: { server: { port: 2 } },
      file: '/etc/netscope/config.yaml',
    })
    const both = { ...etc, '/work/config.yaml': 'server: {port: 1}' }
    expect((await loadConfig(fakeInputs(both))).config.server.port).toBe(1)
  })

  it('reads the file of --config rather than that of NETSCOPE_CONFIG', async () => {
    const files = { '/work/a.yaml': 'server: {port: 1}', '/work/b.yaml': 'server: {port: 2}' }
    const env = { NETSCOPE_CONFIG: 'a.yaml' }
    expect((await loadConfig(fakeInputs(files, { env }))).config.server.port).toBe(1)
    expect((await loadConfig(fakeInputs(files, { env, file: 'b.yaml' }))).config.server.port).toBe(
      2,
    )
  })

  it('starts paths of the file at its folder, those of flags and environment at the current folder', async () => {
    const files = { '/srv/ns/config.yaml': 'persistence: {path: lists.json}' }
    const file = '/srv/ns/config.yaml'
    expect((await loadConfig(fakeInputs(files, { file }))).config.persistence.path).toBe(
      '/srv/ns/lists.json',
    )
    const env = { NETSCOPE_PERSISTENCE_PATH: 'x/lists.json' }
    expect((await loadConfig(fakeInputs(files, { file, env }))).config.persistence.path).toBe(
      '/work/x/lists.json',
    )
  })

  it('puts the socket into NETSCOPE_RUN_DIR', async () => {
    const { config } = await loadConfig(
      fakeInputs({}, { env: { NETSCOPE_RUN_DIR: '/run/netscope' } }),
    )
    expect(config.uplink.socket).toBe('/run/netscope/uplink.sock')
  })

  it('makes a name for the agent of any host name', async () => {
    const named = async (hostname: string) =>
      (await loadConfig({ ...fakeInputs(), hostname })).config.agent.name
    expect(await named('café box')).toBe('caf--box')
    expect(await named('')).toBe('localhost')
  })

  it('gives a process only its sections, and does not judge values of the others', async () => {
    const wrong = withYaml('server: {port: 99999}')
    const { config } = await loadConfig({ ...wrong, process: 'agent' })
    expect(Object.keys(config)).not.toContain('server')
    expect(await problemsOf({ ...wrong, process: 'server' })).toHaveLength(1)
  })

  it('warns of a variable that is nearly a setting', async () => {
    const env = {
      NETSCOPE_SERVER_PROT: '1',
      NETSCOPE_SERVER_PORT_8086_TCP: 'tcp://10.0.0.1:8086',
      NETSCOPE_SERVICE_HOST: '10.0.0.1',
      NETSCOPE_CONFIG: '',
    }
    expect((await loadConfig(fakeInputs({}, { env }))).warnings).toEqual([
      'NETSCOPE_SERVER_PROT is not a setting: did you mean NETSCOPE_SERVER_PORT?',
    ])
  })
})
