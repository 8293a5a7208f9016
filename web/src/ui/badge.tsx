/** The verdict of a flow or packet: colour and word. */

const MEANING: Readonly<Record<string, string>> = {
  PASS: 'Passed: on no list',
  DROP: 'Dropped: on the deny list',
  SKIP: 'Passed: on the allow list',
  SSH: 'Passed: an SSH port, which is never dropped',
}

export const verdictMeaning = (verdict: string): string => MEANING[verdict] ?? verdict

export const VerdictBadge = ({ verdict }: { verdict: string }) => (
  <span className={`badge badge-${verdict.toLowerCase()}`} title={verdictMeaning(verdict)}>
    {verdict}
  </span>
)
