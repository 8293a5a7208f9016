/** The OpenAPI 3.1 document, made from the schemas that check requests and answers. */
import fastifySwagger from '@fastify/swagger'
import type { App } from './app-types.ts'
import { named } from './named-schemas.ts'
import { TAGS } from './operation.ts'
import { isOperation } from './route-table.ts'

const DESCRIPTION = `Every connection of your machines, seen and stopped in the kernel.

Sign in with \`POST /api/v1/auth/login\`, or make a token for a program; send either as \`Authorization: Bearer …\`. Errors are problem
documents (RFC 9457) whose \`code\` never changes. Collections come in pages: pass \`nextCursor\` as \`cursor\`.`

/** The role that a route needs, or undefined where it is public. */
export type RoleOf = (method: string, url: string) => string | undefined

/** Collects the routes that are added from now on. */
export const addOpenapi = async (
  app: App,
  { version, roleOf }: { version: string; roleOf: RoleOf },
): Promise<void> => {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'NetScope',
        version,
        description: DESCRIPTION,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } as { name: string },
      },
      servers: [{ url: '/' }],
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'Access token or API token.' },
        },
      },
    },
    hideUntagged: true,
    transform: ({ schema, url, route }) => {
      if (!isOperation(schema)) return { schema: Object.assign({ hide: true }, schema), url }
      const method = [route.method].flat()[0] ?? 'GET'
      const role = roleOf(method, url)
      const security = role === undefined ? [] : [{ bearer: [] }]
      const words = role === undefined ? 'Open to all.' : `Needs the role ${role}.`
      const description = [schema.description, words].filter(Boolean).join('\n\n')
      return { schema: { ...schema, description, security }, url }
    },
    transformObject: (documents) =>
      'openapiObject' in documents ? named(documents.openapiObject) : documents.swaggerObject,
  })
}
