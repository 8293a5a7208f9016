/** What usually answers at a port; a hint, not a finding. */

const SERVICES: Readonly<Record<number, string>> = {
  20: 'ftp-data', 21: 'ftp', 22: 'ssh', 23: 'telnet', 25: 'smtp', 53: 'dns', 67: 'dhcp', 68: 'dhcp',
  80: 'http', 110: 'pop3', 123: 'ntp', 137: 'netbios', 139: 'netbios', 143: 'imap', 161: 'snmp', 179: 'bgp',
  389: 'ldap', 443: 'https', 445: 'smb', 465: 'smtps', 514: 'syslog', 546: 'dhcpv6', 547: 'dhcpv6',
  587: 'smtp', 631: 'ipp', 636: 'ldaps', 853: 'dns-tls', 873: 'rsync', 989: 'ftps', 993: 'imaps', 995: 'pop3s',
  1194: 'openvpn', 1433: 'mssql', 1883: 'mqtt', 1900: 'ssdp', 2049: 'nfs', 3306: 'mysql', 3389: 'rdp',
  5060: 'sip', 5201: 'iperf3', 5353: 'mdns', 5432: 'postgres', 5672: 'amqp', 5900: 'vnc', 6379: 'redis',
  6443: 'k8s-api', 8080: 'http', 8086: 'netscope', 8443: 'https', 8883: 'mqtts', 9090: 'prometheus',
  9100: 'node-exp', 9200: 'elastic', 27017: 'mongodb', 51820: 'wireguard',
}

const WITH_PORTS = new Set(['TCP', 'UDP', 'SCTP'])

export const hasPorts = (protocol: string): boolean => WITH_PORTS.has(protocol)

export const serviceName = (protocol: string, port: number): string =>
  hasPorts(protocol) ? (SERVICES[port] ?? '') : ''
