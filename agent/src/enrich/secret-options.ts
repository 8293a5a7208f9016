/** Short options of well-known programs whose value is a secret. */

export interface SecretOptions {
  programs: RegExp
  /** `-pSECRET`: letters with the value right behind. */
  attached?: string
  /** `-a SECRET`: letters with the value in the next argument. */
  next?: string
  /** Positional arguments from the second on are secrets: `wpa_passphrase NETWORK SECRET`. */
  positional?: true
}

// oxfmt-ignore
const PROGRAMS: SecretOptions[] = [
  { programs: /^(?:mysql|mariadb|mycli|xtrabackup|innobackupex|mydumper|myloader)/, attached: 'p' },
  { programs: /^(?:sshpass|mongo\w*|7z\w*|rar|unrar)$/, attached: 'p', next: 'p' },
  // `docker login -p`, but not `docker run -p`: the word counts as the program.
  { programs: /^login$/, attached: 'p', next: 'p' },
  { programs: /^curl$/, attached: 'uUbE', next: 'uUbE' },
  { programs: /^(?:https?|xh)$/, attached: 'a', next: 'a' },
  { programs: /^(?:lftp|ncftp\w*)$/, attached: 'u', next: 'u' },
  { programs: /^(?:smbclient|smbget|rpcclient|smbmap|net|winexe)$/, attached: 'Up', next: 'Up' },
  { programs: /^(?:redis|valkey|keydb)-/, attached: 'a', next: 'a' },
  { programs: /^ldap/, attached: 'w', next: 'w' },
  { programs: /^(?:sqlcmd|bcp|osql|isql|tsql|ipmitool|zip|unzip|mosquitto_\w+)$/, attached: 'P', next: 'P' },
  { programs: /^ab$/, attached: 'AP', next: 'AP' },
  { programs: /^snmp/, attached: 'cAX', next: 'cAX' },
  { programs: /^openssl$/, next: 'kK' },
  { programs: /^(?:rdesktop|evil-winrm|crackmapexec|netexec|nxc|hydra|medusa)$/, attached: 'p', next: 'p' },
  { programs: /^(?:wpa_passphrase|htpasswd)$/, positional: true },
]

/** The options of the program at path `word`; undefined when it has none with secrets. */
export const secretOptionsOf = (word: string): SecretOptions | undefined => {
  const name = word.slice(word.lastIndexOf('/') + 1).toLowerCase()
  return PROGRAMS.find(({ programs }) => programs.test(name))
}
