/** Whose a BPF program is, by its name. The kernel cuts names to 15 characters; tc shows them whole. */

/** From the sources of these projects; the first match counts. */
const OWNERS: readonly (readonly [pattern: RegExp, owner: string])[] = [
  [/^netscope_/, 'NetScope'],
  [/^(cil_|cilium)/, 'Cilium'],
  [/^(cali_|calico_|calico-|xdp_calico)/, 'Calico'],
  [/^tcx?_(ingress|egress)_(flow|flo|fl|pca)/, 'NetObserv'],
  [/^(endpoint|host)_(ingress|egress)_?f/, 'Retina'],
  [/^(endpoint_(ingres|egress)|host_(ingress|egress))$/, 'Retina'],
  [/^(beyla|obi)_/, 'Beyla'],
  [/^(sd_|restrict_)/, 'systemd'],
  [/^xdp_dispatcher|^xdp_pass$/, 'libxdp'],
]

export const ownerOf = (name: string): string | undefined =>
  OWNERS.find(([pattern]) => pattern.test(name))?.[1]

/** Whose programs pass packets straight to another interface, past its hooks (bpf_redirect_peer, _neigh). */
export const REDIRECTS: ReadonlySet<string> = new Set(['Cilium', 'Calico'])
