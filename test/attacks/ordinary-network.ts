/**
 * A small company as network namespaces: NetScope on its router and server, a desk beside it, a desk behind it (DHCP), and
 * the outside, with servers at public addresses. Everything that runs there is what Debian ships.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../e2e/lab.ts'
import { createAttackLab, GATEWAY, type AttackHost } from './attack-lab.ts'
import { createSshServer } from './ssh-server.ts'

const ROOT = join(import.meta.dirname, '../..')
/** Pages, the mirror of packages, the names; and what pages load their pictures from. */
export const OUTSIDE = {
  pages: '203.0.113.10',
  mirror: '203.0.113.13',
  names: '203.0.113.53',
  pictures: ['203.0.113.20', '203.0.113.21', '203.0.113.22', '203.0.113.23', '203.0.113.24'],
} as const
const [NEIGHBOUR, DESK] = ['10.78.0.10', '10.78.0.11']

const NAMES = `
no-resolv
no-hosts
log-facility=/dev/null
pid-file=
address=/site.test/${OUTSIDE.pages}
address=/cdn.test/${OUTSIDE.pictures[0]}
txt-record=mail.test,v=spf1 include:_spf.mail.test ip4:203.0.113.0/24 -all
txt-record=_spf.mail.test,v=spf1 ip4:198.51.100.0/24 -all
txt-record=_dmarc.mail.test,v=DMARC1; p=reject; rua=mailto:dmarc@mail.test
txt-record=k1._domainkey.mail.test,v=DKIM1; k=rsa; p=${'MIGfMA0GCSqGSIb3DQEBAQUAA4GN'.repeat(4)}
mx-host=mail.test,mx.mail.test,10
`

const RESOLVER = (folder: string): string => `
no-resolv
no-hosts
log-facility=/dev/null
pid-file=
bind-dynamic
interface=${GATEWAY.interface}
server=${OUTSIDE.names}
dhcp-range=10.78.0.100,10.78.0.150,255.255.0.0,2m
dhcp-leasefile=${folder}/leases
dhcp-authoritative
`

/** A repository of git and one of packages, as files. */
const MAKE_SITE = `set -e
  mkdir -p site/apt work && cd work && git init -q -b main . && git config user.email a@b.test && git config user.name a
  for i in 1 2 3 4 5; do head -c 20000 /dev/urandom | base64 > file$i; git add .; git commit -q -m "change $i"; done
  cd .. && git clone -q --bare work site/work.git && git -C site/work.git update-server-info
  for i in 1 2 3; do
    mkdir -p deb$i/DEBIAN deb$i/usr/share/pkg$i; head -c 300000 /dev/urandom > deb$i/usr/share/pkg$i/data
    printf 'Package: pkg%s\\nVersion: 1\\nArchitecture: all\\nMaintainer: a <a@b.test>\\nDescription: a package\\n' $i > deb$i/DEBIAN/control
    dpkg-deb -b deb$i site/apt/pkg$i.deb >/dev/null
  done
  cd site/apt
  for f in *.deb; do
    dpkg-deb -f $f; echo "Filename: ./$f"; echo "Size: $(stat -c %s $f)"
    echo "SHA256: $(sha256sum $f | cut -d' ' -f1)"; echo
  done > Packages`

export const createOrdinaryNetwork = () => {
  const lab = createAttackLab()
  const folder = mkdtempSync(join(tmpdir(), 'netscope-ordinary-'))
  const ssh = createSshServer(join(folder, 'ssh'))
  const servers = (hosts: Record<'neighbour' | 'desk' | 'outside', AttackHost>): void => {
    writeFileSync(join(folder, 'names.conf'), NAMES)
    writeFileSync(join(folder, 'resolver.conf'), RESOLVER(folder))
    const site = join(folder, 'site')
    const dnsmasq = (name: string) => `/usr/sbin/dnsmasq -k -u root -C ${join(folder, name)}`
    const { outside, desk, neighbour } = hosts
    outside.start(dnsmasq('names.conf'))
    lab.startHere(dnsmasq('resolver.conf'))
    const all = [OUTSIDE.pages, OUTSIDE.mirror, ...OUTSIDE.pictures].join(' ')
    const program = join(import.meta.dirname, 'outside-server.ts')
    outside.start(`${join(ROOT, 'bin/node')} ${program} ${site} ${all}`)
    outside.start(`git daemon --reuseaddr --base-path=${site} --export-all ${site}`)
    outside.start(ssh.server)
    desk.start(ssh.server)
    // What is watched has something to show.
    neighbour.start(`${join(ROOT, 'bin/node')} ${program} ${site} ${NEIGHBOUR}`)
    desk.start(`${join(ROOT, 'bin/node')} ${program} ${site} ${DESK}`)
    lab.startHere(ssh.server)
    lab.startHere('iperf3 -s')
    neighbour.start('iperf3 -s')
  }

  return {
    lab,
    folder,
    up: async () => {
      lab.up()
      const neighbour = lab.addHost({ v4: NEIGHBOUR })
      const desk = lab.addHost({ v4: DESK })
      const { pages, mirror, names, pictures } = OUTSIDE
      const outside = lab.addHost({ v4: pages, also: [mirror, names, ...pictures] })
      execFileSync('bash', ['-c', MAKE_SITE], { cwd: folder, stdio: 'pipe' })
      servers({ neighbour, desk, outside })
      await until(
        () =>
          neighbour.run(`sh -c 'dig +short +time=1 +tries=1 @${GATEWAY.v4} www.site.test || true'`),
        (text) => text.includes(OUTSIDE.pages),
      )
      return { neighbour, desk, outside }
    },
    down: async (): Promise<void> => {
      await lab.down()
      rmSync(folder, { recursive: true, force: true })
    },
    /** What the shell scripts of habits find in their environment. */
    variables: {
      LAB: folder,
      RESOLVER: GATEWAY.v4,
      PAGES: OUTSIDE.pages,
      MIRROR: OUTSIDE.mirror,
      PICTURES: OUTSIDE.pictures.join(' '),
      ROUTER: GATEWAY.v4,
      NEIGHBOUR,
      DESK,
      SSH: `ssh ${ssh.withKey}`,
      SCP: `scp ${ssh.withKey}`,
      MISTYPED: `ssh ${ssh.withPassword}`,
    },
  }
}
