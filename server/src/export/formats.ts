/** All formats of exported events. */
import type { ExportFormatKind } from './export-format.ts'
import { ecsFormat } from './formats/ecs.ts'
import { eveFormat } from './formats/eve.ts'
import { ocsfFormat } from './formats/ocsf.ts'

export const EXPORT_FORMATS: readonly ExportFormatKind[] = [eveFormat, ecsFormat, ocsfFormat]

export const formatNamed = (name: string): ExportFormatKind | undefined =>
  EXPORT_FORMATS.find((format) => format.name === name)
