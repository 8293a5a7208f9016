/** For tests: a detector that does what the test says. */
import type { Detector, DetectorDeps, DetectorKind } from '../detector.ts'

export const fakeKind = (create: (deps: DetectorDeps) => Detector): DetectorKind => ({
  name: 'fake',
  version: 1,
  description: 'Finds what a test wants.',
  techniques: ['T1046'],
  create: (_settings, deps) => create(deps),
})
