/** The diagnoses of the agents, asked for when they are looked at and again as long as one is outstanding. */
import { useEffect, useState } from 'react'
import { type AgentDiagnosis, fetchDiagnosis } from '../api/diagnosis.ts'

const AGAIN_MS = 5000

/** Empty until an answer is there; `agentConnected` asks anew, because a new agent tells a new diagnosis. */
export const useDiagnosis = (agentConnected: boolean | undefined): readonly AgentDiagnosis[] => {
  const [agents, setAgents] = useState<readonly AgentDiagnosis[]>([])
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let over = false
    const ask = async () => {
      const answer = await fetchDiagnosis().catch(() => undefined)
      if (over) return
      if (answer) setAgents(answer.agents.filter(({ diagnosis }) => diagnosis))
      const all = answer?.agents.every(({ diagnosis }) => diagnosis) === true
      if (!all) timer = setTimeout(() => void ask(), AGAIN_MS)
    }
    void ask()
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [agentConnected])
  return agents
}
