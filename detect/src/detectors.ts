/** All detectors. */
import type { DetectorKind } from './detector.ts'

export const DETECTORS: readonly DetectorKind[] = []
