/** What people and their programs do all day, as bash scripts that go on until they are ended; `nap A B` waits A to B seconds. */
export interface Habit {
  name: string
  /** Beside the router, behind it, on it, or outside. */
  where: 'neighbour' | 'desk' | 'router' | 'outside'
  script: string
}

export const PRELUDE = `nap() { sleep $(( $1 + RANDOM % ($2 - $1 + 1) )); }
of() { eval "set -- $1"; shift $(( RANDOM % $# )); echo $1; }
`
const forever = (body: string): string => `while :; do ${body}; done`

const BROWSE = `host=$(of "www blog shop news mail docs wiki forum").site.test
  at=$(dig +short +time=2 @$RESOLVER $host | tail -1)
  curl -s -o /dev/null -m 20 --resolve $host:80:$at "http://$host/page/$((RANDOM % 40))" &
  for each in $PICTURES; do
    dig +short +time=2 @$RESOLVER a$((RANDOM % 30))-b$((RANDOM % 99)).edge-static.k8s-eu-central-1.cdn.test >/dev/null
    curl -s -o /dev/null -m 20 "http://$each/page/picture[1-$((1 + RANDOM % 4))]-$((RANDOM % 90))" &
  done; wait`

const APT = `-o Dir::State=$LAB/apt-$WHO -o Dir::Cache=$LAB/apt-$WHO -o Dir::Etc::SourceList=$LAB/apt-$WHO/list \
  -o Dir::Etc::SourceParts=/nonexistent -o Dir::State::status=/var/lib/dpkg/status -o APT::Sandbox::User=root -q=2`

export const HABITS: readonly Habit[] = [
  { name: 'browses', where: 'neighbour', script: forever(`${BROWSE}; nap 5 35`) },
  { name: 'browses too', where: 'desk', script: forever(`${BROWSE}; nap 5 50`) },
  {
    name: 'has a page open that polls its API every two seconds on one connection',
    where: 'neighbour',
    script: forever('curl -s -o /dev/null --rate 30/m "http://$PAGES/api/news?[1-150]"'),
  },
  {
    name: 'looks for mail about every five minutes, whenever the last time was over',
    where: 'desk',
    script: forever('curl -s -o /dev/null http://$PAGES/api/mail; nap 200 400'),
  },
  {
    name: 'scrapes metrics of three machines every 15 seconds',
    where: 'router',
    script: forever(
      'for at in $NEIGHBOUR $DESK $PAGES; do curl -s -o /dev/null -m 2 http://$at:80/api/metrics; done; sleep 15',
    ),
  },
  {
    name: 'looks up whatever names there are, of all types',
    where: 'neighbour',
    script: forever(
      `for type in A AAAA MX TXT NS SOA DNSKEY DS SRV HTTPS; do
         name=$(of "www.site.test mail.test _spf.mail.test _dmarc.mail.test k1._domainkey.mail.test site.test printer.lan wrong.example")
         dig +short +dnssec +time=1 +tries=1 @$RESOLVER $name $type >/dev/null; nap 0 2
       done
       dig +short +time=1 @$RESOLVER -x 203.0.113.$((RANDOM % 250)) >/dev/null; nap 1 10`,
    ),
  },
  {
    name: 'checks the mail of others by lists of senders',
    where: 'router',
    script: forever(
      'dig +short +time=1 +tries=1 @$RESOLVER $((RANDOM % 250)).$((RANDOM % 250)).51.198.zen.list.test TXT >/dev/null; nap 1 12',
    ),
  },
  {
    name: 'logs in by SSH with a key every minute',
    where: 'neighbour',
    script: forever('$SSH root@$ROUTER true; sleep 60'),
  },
  {
    name: 'configures a machine in twenty sessions, now and then',
    where: 'router',
    script: forever(
      'nap 5 30; for i in $(seq 20); do $SSH root@$DESK "id; uname -a"; done; nap 200 600',
    ),
  },
  {
    name: 'works in a terminal, and copies a file',
    where: 'desk',
    script: forever(
      '$SSH root@$ROUTER "for i in \\$(seq 120); do date; sleep 1; done" >/dev/null; $SCP $LAB/site/apt/pkg1.deb root@$ROUTER:/dev/null; nap 10 60',
    ),
  },
  {
    name: 'mistypes the password twice, then asks a colleague',
    where: 'neighbour',
    script: forever(
      'for i in 1 2; do sshpass -p wrong$i $MISTYPED nobody@$PAGES true; done; nap 300 600',
    ),
  },
  {
    name: 'measures the network',
    where: 'neighbour',
    script: forever(
      'iperf3 -c $ROUTER -t 3 -b 40M >/dev/null; nap 10 30; iperf3 -c $ROUTER -t 3 -u -b 20M >/dev/null; nap 10 30; iperf3 -c $ROUTER -t 2 -P 8 -R -b 3M >/dev/null; nap 60 150',
    ),
  },
  {
    name: 'clones and fetches',
    where: 'desk',
    script: forever(
      `rm -rf $LAB/clone-*; git clone -q git://$PAGES/work.git $LAB/clone-a; nap 5 20
       git clone -q http://$PAGES/work.git $LAB/clone-b
       GIT_SSH_COMMAND="$SSH" git clone -q root@$PAGES:$LAB/site/work.git $LAB/clone-c
       for i in 1 2 3 4; do nap 10 60; git -C $LAB/clone-a fetch -q; git -C $LAB/clone-b fetch -q; done`,
    ),
  },
  {
    name: 'updates its packages',
    where: 'neighbour',
    script: `WHO=a; mkdir -p $LAB/apt-a/lists/partial $LAB/apt-a/archives/partial
      echo "deb [trusted=yes] http://$MIRROR/apt ./" > $LAB/apt-a/list; cd $LAB/apt-a
      ${forever(`apt-get ${APT} update; apt-get ${APT} download pkg1 pkg2 pkg3; rm -f *.deb; nap 60 240`)}`,
  },
  {
    name: 'watches whether machines are there',
    where: 'router',
    script: 'ping -q -i 1 $NEIGHBOUR & ping -q -i 2 -s 1200 $PAGES & ping -q -i 5 $DESK & wait',
  },
  {
    name: 'asks for the time',
    where: 'desk',
    script: forever(`printf '\\x23%047d' 0 | timeout 1 nc -u -w 1 $PAGES 123 >/dev/null; sleep 16`),
  },
  {
    name: 'renews its address every minute',
    where: 'desk',
    script: `printf '#!/bin/sh\n[ "$1" != bound ] || ip addr add $ip/16 dev eth0\n' > $LAB/leased; chmod +x $LAB/leased
      busybox udhcpc -i eth0 -f -s $LAB/leased`,
  },
  {
    name: 'looks for printers',
    where: 'neighbour',
    script: forever(
      'for of in _ipp._tcp _airplay._tcp _googlecast._tcp; do dig +time=1 +tries=1 -p 5353 @224.0.0.251 $of.local PTR >/dev/null; done; nap 10 60',
    ),
  },
]
