/** On what machine the figures were measured. */
import { cpus, loadavg, release, totalmem } from 'node:os'

export const describeMachine = (): string => {
  const model = cpus()[0]?.model ?? 'unknown processor'
  const memory = (totalmem() / 2 ** 30).toFixed(0)
  const load = loadavg()
    .map((value) => value.toFixed(2))
    .join(' ')
  return `${cpus().length} × ${model}, ${memory} GiB, Linux ${release()}, Node ${process.version}, load ${load}`
}
