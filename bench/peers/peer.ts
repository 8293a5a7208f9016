/** The tools that count the same traffic: how to start them, and how many packets they say that they saw. */
import { readFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import type { Status } from '@netscope/core/status.ts'
import { createCpuAccount, type CpuAccount } from '../rig/cpu-account.ts'
import { sleep } from '../rig/line-process.ts'
import type { Side } from '../rig/namespaces.ts'
import { getJson, startNetscope } from '../rig/netscope.ts'
import { startProcess, type RunningProcess } from '../rig/process.ts'
import type { Undo } from '../rig/undo.ts'

export interface StartedPeer {
  /** Whose CPU time is measured, by name; the first is the tool that counts. */
  accounts: Record<string, CpuAccount>
  /** Packets seen so far, where the tool tells while it runs. */
  seen(): Promise<number | undefined>
  /** Ends all flows, as at exit; afterwards the tool is gone. */
  finish(): Promise<number | undefined>
}

export interface Place {
  side: Side
  folder: string
  undo: Undo
}

export interface Peer {
  name: string
  start(place: Place): Promise<StartedPeer>
}

/** More than either number of flows, for every tool. */
export const TABLE_SIZE = 262144
const COLLECTOR_PORT = 9995

const netscope: Peer = {
  name: 'NetScope agent',
  start: async ({ side, folder, undo }) => {
    const accounts = { agent: createCpuAccount(undo), server: createCpuAccount(undo) }
    const flags = [`--flows-table-size=${TABLE_SIZE}`]
    const running = await startNetscope(side, { folder, flags, accounts }, undo)
    await sleep(1500)
    const seen = async () => {
      const { totals } = await getJson<Status>(running, '/api/v1/status')
      return totals
        .filter(({ protocol }) => protocol === 'UDP')
        .reduce((sum, { packets }) => sum + packets, 0)
    }
    return {
      accounts: { agent: accounts.agent, 'NetScope server': accounts.server },
      seen,
      finish: async () => {
        await running.agent.end()
        await sleep(500)
        await running.server.end()
        return undefined
      },
    }
  },
}

const startCollector = (
  side: Side,
  folder: string,
  account: CpuAccount,
  undo: Undo,
): RunningProcess =>
  startProcess(
    account.inside(
      side.inside(
        'nfcapd',
        '-w',
        folder,
        '-b',
        '127.0.0.1',
        '-p',
        String(COLLECTOR_PORT),
        '-B',
        '16777216',
      ),
    ),
    undo,
  )

const softflowd: Peer = {
  name: 'softflowd 1.1',
  start: async ({ side, folder, undo }) => {
    const accounts = {
      softflowd: createCpuAccount(undo),
      'nfcapd (its collector)': createCpuAccount(undo),
    }
    const collector = startCollector(side, folder, accounts['nfcapd (its collector)'], undo)
    const control = join(folder, 'softflowd.ctl')
    const probe = startProcess(
      accounts.softflowd.inside(
        side.inside(
          'softflowd',
          '-d',
          '-i',
          side.device,
          '-m',
          String(TABLE_SIZE),
          '-v',
          '9',
          '-n',
          `127.0.0.1:${COLLECTOR_PORT}`,
          '-c',
          control,
          '-p',
          join(folder, 'softflowd.pid'),
        ),
      ),
      undo,
    )
    await sleep(1500)
    return {
      accounts,
      seen: async () => {
        const text = execFileSync('softflowctl', ['-c', control, 'statistics'], {
          encoding: 'utf8',
        })
        return Number(/Packets processed: (\d+)/.exec(text)?.[1])
      },
      finish: async () => {
        execFileSync('softflowctl', ['-c', control, 'expire-all'], { stdio: 'ignore' })
        await sleep(1000)
        await probe.end()
        await collector.end()
        return undefined
      },
    }
  },
}

const pmacctd: Peer = {
  name: 'pmacctd 1.7, print',
  start: async ({ side, folder, undo }) => {
    const account = createCpuAccount(undo)
    const output = join(folder, 'pmacct.csv')
    const config = join(folder, 'pmacctd.conf')
    writeFileSync(
      config,
      [
        'daemonize: false',
        `pcap_interface: ${side.device}`,
        'plugins: print',
        'aggregate: src_host,dst_host,src_port,dst_port,proto',
        'print_output: csv',
        `print_output_file: ${output}`,
        'print_refresh_time: 3600',
        `print_cache_entries: ${TABLE_SIZE}`,
        'plugin_pipe_size: 67108864',
        'plugin_buffer_size: 65536',
        '',
      ].join('\n'),
    )
    const probe = startProcess(account.inside(side.inside('pmacctd', '-f', config)), undo)
    await sleep(2000)
    return {
      accounts: { pmacctd: account },
      seen: async () => undefined,
      finish: async () => {
        await probe.end('SIGINT')
        await sleep(2000)
        return sumOfColumn(readFileSync(output, 'utf8'), 'PACKETS')
      },
    }
  },
}

const sumOfColumn = (csv: string, name: string): number => {
  const [head = '', ...lines] = csv.trim().split('\n')
  const column = head.split(',').indexOf(name)
  return lines.reduce((sum, line) => sum + (Number(line.split(',')[column]) || 0), 0)
}

const tcpdump: Peer = {
  name: 'tcpdump -w /dev/null',
  start: async ({ side, undo }) => {
    const account = createCpuAccount(undo)
    const probe = startProcess(
      account.inside(
        side.inside('tcpdump', '-i', side.device, '-n', '-s', '96', '-w', '/dev/null'),
      ),
      undo,
    )
    await probe.printed(/listening on/)
    await sleep(500)
    return {
      accounts: { tcpdump: account },
      seen: async () => undefined,
      finish: async () => {
        await probe.end('SIGINT')
        return Number(/(\d+) packets captured/.exec(probe.output())?.[1])
      },
    }
  },
}

export const PEERS: readonly Peer[] = [netscope, softflowd, pmacctd, tcpdump]
