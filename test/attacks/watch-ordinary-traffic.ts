/** Runs the ordinary network with all habits for a while; what NetScope with its defaults finds there. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Flow } from '@netscope/core/flow.ts'
import type { Alert } from '@netscope/detect/alert.ts'
import { sleep, type FlowPage } from '../e2e/lab.ts'
import { HABITS, PRELUDE } from './ordinary-habits.ts'
import { createOrdinaryNetwork } from './ordinary-network.ts'

export interface OrdinaryResult {
  alerts: readonly Alert<string>[]
  /** That NetScope has counted: nothing found in nothing seen proves nothing. */
  flows: number
  packets: number
  /** `protocol port` → how many of 200 flows that got an answer. */
  services: Readonly<Record<string, number>>
}

const servicesOf = (flows: readonly Flow[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { protocol, dstPort, dstPackets } of flows) {
    const service = `${protocol} ${dstPort}`
    if (dstPackets > 0) counts[service] = (counts[service] ?? 0) + 1
  }
  return counts
}

export const watchOrdinaryTraffic = async (seconds: number): Promise<OrdinaryResult> => {
  const network = createOrdinaryNetwork()
  const { lab, folder } = network
  const exports = Object.entries(network.variables)
    .map(([name, value]) => `export ${name}='${value}'\n`)
    .join('')
  try {
    const hosts = await network.up()
    await lab.netscope()
    HABITS.forEach(({ where, script }, at) => {
      const file = join(folder, `habit${at}.sh`)
      writeFileSync(file, `exec >/dev/null 2>&1\n${exports}${PRELUDE}${script}\n`)
      const command = `nice bash ${file}`
      if (where === 'router') lab.startHere(command)
      else hosts[where].start(command)
    })
    await sleep(seconds * 1000)
    const { total, flows } = JSON.parse(lab.get('/api/v1/flows?state=all&limit=200')) as FlowPage
    const packets = lab.status().totals.reduce((sum, part) => sum + part.packets, 0)
    return { alerts: lab.alertsOf(), flows: total, packets, services: servicesOf(flows) }
  } finally {
    await network.down()
  }
}
