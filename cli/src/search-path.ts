/** Where the commands of the system are found: groupadd for us, tc for the agent. */

/** Not in the PATH of a root who came by plain `su`. */
const SYSTEM_FOLDERS = '/usr/local/sbin:/usr/sbin:/sbin'

/** `env` with a PATH that has them last. */
export const withSystemFolders = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...env,
  PATH: `${env['PATH'] ?? '/usr/bin:/bin'}:${SYSTEM_FOLDERS}`,
})
