/** POST /api/v1/backup: everything the server keeps, as one archive, while it goes on. */
import type { Audit } from '../auth/audit.ts'
import type { Backup } from '../backup/backup.ts'
import type { App } from './app-types.ts'
import { answerOf, operation } from './operation.ts'

const MAKE_BACKUP = operation({
  operationId: 'makeBackup',
  tags: ['settings'],
  summary: 'A copy of accounts, keys, devices, lists, agents and history, for `netscope restore`.',
  description:
    'It holds the secrets of the server: whoever has it can sign in as anybody. The copy is made before the first byte is sent.',
  response: { 200: answerOf('application/x-tar', 'A tar archive that ends with its checksums.') },
})

export interface BackupRouteDeps {
  backup: Backup
  auth: { audit: Pick<Audit, 'record'> }
}

export const addBackupRoutes = (app: App, { backup, auth }: BackupRouteDeps): void => {
  app.post('/api/v1/backup', { schema: MAKE_BACKUP }, async (request, reply) => {
    const { principal, ip: from } = request
    const { name, bytes, content } = await backup.make()
    auth.audit.record({ principal, action: 'backup.make', target: name, after: { bytes }, from })
    return reply
      .type('application/x-tar')
      .header('content-disposition', `attachment; filename="${name}"`)
      .header('content-length', bytes)
      .send(content)
  })
}
