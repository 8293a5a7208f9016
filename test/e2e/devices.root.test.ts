/** Devices out of real packets between network namespaces: ARP, DHCP, mDNS and traffic, over a kill -9 of the server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ethernet, ip, udp } from '@netscope/agent/mock/packet.ts'
import {
  address,
  arpFrame,
  BROADCAST,
  dhcp,
  dhcpOption,
  domainName,
  mac,
  nameMessage,
  record,
  text,
  u16,
} from '@netscope/agent/observe/observe-rig.ts'
import { createLab, HERE, THERE, until } from './lab.ts'

interface Device {
  id: string
  ip: string
  mac: string
  hostname: string
  vendor: string
  status: string
  role: string
  roles: string[]
  open_ports: number[]
  bandwidth_rx_bps: number
  name: string
}

const [PHONE, ROUTER] = ['3c:22:fb:01:02:03', '3c:22:fb:0a:0b:0c']

const frame = (from: string, carried: Uint8Array, to = BROADCAST) =>
  ethernet(carried, { src: mac(from), dst: mac(to) }, false)

/** The router gives the phone its address. */
const lease = () =>
  frame(
    ROUTER,
    ip(
      { src: '10.77.0.254', dst: '255.255.255.255' },
      udp(
        67,
        68,
        dhcp({
          operation: 2,
          yourIp: '10.77.0.40',
          clientMac: PHONE,
          options: [
            dhcpOption(53, 5),
            dhcpOption(54, address('10.77.0.254')),
            dhcpOption(1, address('255.255.255.0')),
            dhcpOption(3, address('10.77.0.254')),
            dhcpOption(12, text('anns-phone')),
          ],
        }),
      ),
    ),
  )

/** A printer announces itself and its service. */
const announcement = (from: string, src: string) =>
  frame(
    from,
    ip(
      { src, dst: '224.0.0.251', ttl: 255 },
      udp(
        5353,
        5353,
        nameMessage({
          answers: [
            record(domainName('laser.local'), 1, 120, address(src)),
            record(domainName('_ipp._tcp.local'), 12, 120, domainName('laser._ipp._tcp.local')),
            record(
              domainName('laser._ipp._tcp.local'),
              33,
              120,
              ...u16(0),
              ...u16(0),
              ...u16(631),
              domainName('laser.local'),
            ),
          ],
        }),
      ),
    ),
    '01:00:5e:00:00:fb',
  )

describe('a host on a network with others', () => {
  const lab = createLab()
  const devices = (): Device[] =>
    (JSON.parse(lab.get('/api/v1/devices')) as { devices: Device[] }).devices
  /** The device of a MAC once it is as it should be. */
  const device = async (of: string, good: (device: Device) => boolean): Promise<Device> => {
    const found = await until(
      () => devices().find((one) => one.mac === of),
      (one) => one !== undefined && good(one),
      20,
    )
    return found as Device
  }
  const macOf = (run: (command: string) => string, name: string) =>
    run(`cat /sys/class/net/${name}/address`).trim()

  beforeAll(async () => {
    lab.up()
    await lab.netscope()
  }, 180_000)
  afterAll(() => lab.down(), 60_000)

  it('knows itself and whom it talks to, by ARP and traffic', async () => {
    lab.startHere(
      `${process.execPath} -e "require('net').createServer().listen(8099, '${HERE.v4}')"`,
    )
    lab.startThere(
      `${process.execPath} -e "require('http').createServer((q, s) => s.end(Buffer.alloc(1e6))).listen(8080, '${THERE.v4}')"`,
    )
    await until(
      () => lab.there('ss -ltnH'),
      (lines) => lines.includes(':8080'),
    )
    const download = () => lab.here(`curl -s -m 10 -o /dev/null http://${THERE.v4}:8080/`)
    download()
    const there = await device(macOf(lab.there, THERE.interface), (one) =>
      one.open_ports.includes(8080),
    )
    expect(there).toMatchObject({ ip: THERE.v4, status: 'online' })
    // A rate is that of the last second: on a slow machine one download can be over before somebody looks.
    const here = await device(macOf(lab.here, HERE.interface), (one) => {
      download()
      return one.bandwidth_rx_bps > 0
    })
    expect(here).toMatchObject({ ip: HERE.v4, role: 'this host', status: 'online' })
  }, 60_000)

  it('learns from DHCP who is called what, and who serves', async () => {
    lab.sendFrames([
      arpFrame({ senderMac: ROUTER, senderIp: '10.77.0.254', operation: 2 }, BROADCAST, ROUTER),
      lease(),
    ])
    const phone = await device(PHONE, (one) => one.hostname !== '')
    expect(phone).toMatchObject({
      ip: '10.77.0.40',
      hostname: 'anns-phone',
      vendor: 'Apple, Inc.',
    })
    const router = await device(ROUTER, (one) => one.roles.length === 2)
    expect(router).toMatchObject({ ip: '10.77.0.254', role: 'router' })
    expect(router.roles).toContain('DHCP server')
  }, 60_000)

  it('learns from mDNS what is a printer', async () => {
    const printer = '3c:22:fb:0d:0e:0f'
    lab.sendFrames([announcement(printer, '10.77.0.60')])
    expect(await device(printer, (one) => one.role !== '')).toMatchObject({
      ip: '10.77.0.60',
      hostname: 'laser.local',
      role: 'printer',
    })
  }, 60_000)

  it('gives an address to its new owner', async () => {
    const other = '3c:22:fb:11:11:11'
    lab.sendFrames([
      arpFrame({ senderMac: other, senderIp: '10.77.0.60', operation: 2 }, BROADCAST, other),
    ])
    expect(await device(other, (one) => one.ip !== '')).toMatchObject({ ip: '10.77.0.60' })
    expect(devices().find((one) => one.mac === '3c:22:fb:0d:0e:0f')).toMatchObject({ ip: '' })
  }, 60_000)

  it('says to whom addresses belong, as the unprivileged user that the server is', () => {
    const of = (ip: string) => JSON.parse(lab.get(`/api/v1/addresses/${ip}`)) as object
    expect(of('8.8.8.8')).toMatchObject({ country: 'US', asn: 15_169, device: null })
    expect(of(THERE.v4)).toMatchObject({ special: 'private', country: '', asn: 0 })
  }, 60_000)

  it('loses nothing of it when the server is killed', async () => {
    const before = devices()
    const [phone] = before.filter((one) => one.mac === PHONE)
    lab.here(
      `${lab.curl} -m 10 -s -X PATCH -H 'content-type: application/json' -d '{"name":"Ann"}' 'http://127.0.0.1:8086/api/v1/devices/${phone?.id}'`,
    )
    // What is new is kept within five seconds.
    await new Promise((resolve) => setTimeout(resolve, 6000))
    const [server] = lab.pids('server/src/main.ts')
    process.kill(server ?? 0, 'SIGKILL')
    const macs = (of: Device[]) => of.map((one) => one.mac).filter((one) => one !== '')
    /** Of those with a MAC: without one a device is only guessed from traffic. */
    const missing = () => {
      try {
        const found = macs(devices())
        return macs(before).filter((one) => !found.includes(one))
      } catch (error) {
        return [String(error)]
      }
    }
    await until(missing, (left) => left.length === 0, 60)
    expect(devices().find((one) => one.id === phone?.id)).toMatchObject({
      mac: PHONE,
      name: 'Ann',
      hostname: 'anns-phone',
    })
  }, 120_000)

  it('says in the status that nothing was lost on the way', async () => {
    const { observations } = await until(lab.status, (status) => status.observations !== undefined)
    expect(observations).toMatchObject({ lost: 0 })
  })
})
