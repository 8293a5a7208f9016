/** Who took a step of an action, in words for people. */

/** What NetScope does by itself for a block by hand is told as of the policy of people. */
export const actedBy = (by: string): string => (by === 'policy of people' ? 'NetScope' : by)
