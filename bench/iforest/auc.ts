/** Area under the ROC curve: how likely an anomaly scores higher than an ordinary row (ties count half). */
export const areaUnderCurve = (
  scores: ArrayLike<number>,
  isAnomaly: readonly boolean[],
): number => {
  const order = isAnomaly.map((_, i) => i).sort((a, b) => scores[a]! - scores[b]!)
  let ranks = 0
  for (let from = 0; from < order.length;) {
    let to = from
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to++
    for (let i = from; i < to; i++) if (isAnomaly[order[i]!]) ranks += (from + 1 + to) / 2
    from = to
  }
  const anomalies = isAnomaly.filter(Boolean).length
  const others = isAnomaly.length - anomalies
  return (ranks - (anomalies * (anomalies + 1)) / 2) / (anomalies * others)
}
