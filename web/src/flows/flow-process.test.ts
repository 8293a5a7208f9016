/** What a row says of the programs behind it. */
import { expect, it } from 'vitest'
import { fakeFlow } from './fakes/flow.ts'
import { describeProcess, homeOf, processesOf, processOf } from './flow-process.ts'

const CURL = { srcProcess: 'curl', srcPid: 41, srcUser: 'mara', srcUnit: 'check.service' }

it('names the programs of both sides, the client first', () => {
  const flow = fakeFlow({ ...CURL, dstProcess: 'nginx', dstPid: 7 })
  expect(processesOf(flow).map(({ command }) => command)).toEqual(['curl', 'nginx'])
  expect(processesOf(fakeFlow({}))).toEqual([])
})

it('shows the pid of a process whose name is not known', () => {
  expect(processOf(fakeFlow({ dstPid: 812 }), 'dst')?.command).toBe('pid 812')
})

it('puts the container before the unit, and the unit without what every service has', () => {
  const [curl, contained] = [CURL, { ...CURL, srcContainer: 'docker:4f1c09d2ab77' }].map((known) =>
    processOf(fakeFlow(known), 'src'),
  )
  expect(curl && homeOf(curl)).toBe('check')
  expect(contained && homeOf(contained)).toBe('docker:4f1c09d2ab77')
})

it('tells all that is known in the tooltip, and nothing that is not', () => {
  const curl = processOf(fakeFlow({ ...CURL, srcCommandLine: 'curl -s x' }), 'src')
  expect(curl && describeProcess(curl)).toBe(
    'Client: curl · pid 41 · user mara · check.service\ncurl -s x',
  )
})
