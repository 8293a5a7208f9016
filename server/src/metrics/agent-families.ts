/** The health of each agent: what it sees, what it misses, what it costs. */
import type { Agent, Agents } from '../agents.ts'
import { coverageFamilies } from './coverage-families.ts'
import { dnsFamilies } from './dns-families.ts'
import { counter, gauge } from './family.ts'
import type { Each, Family, Sample, Value } from './family.ts'
import { kernelFamilies } from './kernel-families.ts'
import { tcpFamilies } from './tcp-families.ts'

export const agentFamilies = (agents: Agents): Family[] => {
  const labelled = (agent: Agent, samples: Sample[]): Sample[] =>
    samples.map((sample) => ({ ...sample, labels: { agent: agent.name, ...sample.labels } }))
  const each: Each = (read) => () =>
    agents.all.flatMap((agent) => (agent.status ? labelled(agent, read(agent.status)) : []))
  const value: Value = (read) => each((status) => [{ value: read(status) }])

  const identity = (): Sample[] =>
    agents.all.flatMap((agent) => {
      const { hostname, version, source } = agent.hello
      return labelled(agent, [{ labels: { hostname, version, source }, value: 1 }])
    })
  const connected = (): Sample[] =>
    agents.all.flatMap((agent) => labelled(agent, [{ value: agent.link ? 1 : 0 }]))

  return [
    gauge('netscope_agent_info', 'Who an agent is; always 1.', identity),
    gauge('netscope_agent_connected', '1 while the agent is connected.', connected),
    gauge(
      'netscope_agent_resident_memory_bytes',
      'Resident memory of the agent.',
      value((s) => s.agent.rssBytes),
    ),
    counter(
      'netscope_agent_cpu_seconds_total',
      'CPU time of the agent, user and system.',
      value((s) => s.agent.cpuSeconds),
    ),
    gauge(
      'netscope_agent_uplink_queued_bytes',
      'Waiting in the agent for our acknowledgement.',
      value((s) => s.agent.uplinkQueuedBytes),
    ),
    counter(
      'netscope_agent_uplink_dropped_records_total',
      'Ended flows that the agent gave up while we were away.',
      value((s) => s.agent.uplinkDroppedRecords),
    ),
    gauge(
      'netscope_agent_degraded_reasons',
      'Number of reasons why the agent is not as it should be.',
      value((s) => s.degraded.length),
    ),
    gauge(
      'netscope_agent_capability',
      '1 where the kernel capability is there.',
      each(({ capabilities }) =>
        capabilities.map(({ name, ok }) => ({ labels: { capability: name }, value: ok ? 1 : 0 })),
      ),
    ),
    ...coverageFamilies(each),
    ...kernelFamilies(each, value),
    ...tcpFamilies(each),
    ...dnsFamilies(each),
  ]
}
