/** `netscope doctor` inside a guest: the same probe and the same words, in one process. */
import { diagnose } from '../../../agent/src/diagnose/diagnose.ts'
import { createMachineSystem } from '../../../agent/src/diagnose/machine-system.ts'
import { formatDiagnosis } from '../../../cli/src/doctor/format-diagnosis.ts'
import { createPage } from '../../../cli/src/doctor/page.ts'
import { tierWorks } from '../../../core/src/diagnosis.ts'

/** The default of flows.tableSize. */
const TABLE_SIZE = 131_072
/** 12 to 15 times slower than without emulation. */
const TIME_LIMIT_MS = 60_000

const diagnosis = await diagnose(
  { tableSize: TABLE_SIZE, attach: 'auto' },
  createMachineSystem(TIME_LIMIT_MS),
  Date.now,
  TIME_LIMIT_MS,
)
console.log(formatDiagnosis(diagnosis, createPage({}, {})).join('\n'))
process.exitCode = tierWorks(diagnosis.checks, 'tier A') ? 0 : 1
