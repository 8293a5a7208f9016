/**
 * `npm run test:ordinary -- [MINUTES]`: what a small company does in that time (default 30), by real programs between network
 * namespaces; prints every detection with its severity. Exit code 0 when none is above info. As root.
 */
import type { Alert } from '@netscope/detect/alert.ts'
import { watchOrdinaryTraffic } from './watch-ordinary-traffic.ts'

/** From here on it is above info. */
const LOW = 20

const line = ({ severity, label, detector, title, evidence, count }: Alert<string>): string =>
  `${String(severity).padStart(3)} ${label.padEnd(8)} ${detector}: ${title} (${count})\n    ${evidence.reason}`

const minutes = Number(process.argv[2] ?? 30)
if (!(minutes > 0)) throw new Error('npm run test:ordinary -- MINUTES')
const { alerts, flows, packets, services } = await watchOrdinaryTraffic(minutes * 60)
for (const alert of alerts) console.log(line(alert))
console.log(
  `services that answered: ${Object.entries(services)
    .map(([service, count]) => `${service} ${count}`)
    .join(', ')}`,
)
const wrong = alerts.filter(({ severity }) => severity >= LOW)
console.log(
  `${minutes} minutes of ordinary traffic, ${flows} flows, ${packets} packets: ${alerts.length} detections, ${wrong.length} above info`,
)
process.exitCode = wrong.length === 0 ? 0 : 1
