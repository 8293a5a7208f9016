/** Section `export`: flows and alerts for other systems, as files, lines, messages or requests. */
import { integer, section, text, type SectionValue } from './key.ts'

export const exportSection = section(
  'Flows, alerts and actions for other systems: as EVE JSON, ECS or OCSF to files, stdout, syslog or a webhook.',
  {
    outputsFile: text({
      default: '',
      isPath: true,
      description:
        'YAML file that declares where flows and alerts go: `outputs:` and a list in the form of docs/reference/export.md. ' +
        'It is read at the start. Empty: nothing is exported, and it costs nothing.',
      allowed: 'a file path, or empty',
    }),
    queueMegabytes: integer({
      default: 16,
      minimum: 1,
      maximum: 1024,
      description:
        'What may wait of each output while its disk is full or the other side is away; 16 are about 10,000 events. What comes on top is lost, and counted.',
    }),
  },
)

export type ExportSection = SectionValue<typeof exportSection>
