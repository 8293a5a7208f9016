/** All detectors. */
import { anomalyKind } from './anomaly/anomaly.ts'
import type { DetectorKind } from './detector.ts'

export const DETECTORS: readonly DetectorKind[] = [anomalyKind]
