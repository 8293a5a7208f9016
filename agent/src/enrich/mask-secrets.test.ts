/** What is shown of command lines: no secret, and ordinary ones as they are. */
import { describe, expect, it } from 'vitest'
import { maskSecrets } from './mask-secrets.ts'

const JWT =
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U'
const BASH = ['bash', '-c']

describe('secrets', () => {
  it.each<[string[], string]>([
    [['app', '--password=hunter2'], 'app --password=***'],
    [['app', '--password', 'hunter2', '-v'], 'app --password *** -v'],
    [['app', '--password', 'hunter2 with blanks', '-v'], 'app --password *** -v'],
    [['app', '--password=hunter2 with blanks', '-v'], 'app --password=*** -v'],
    [['app', '--password', 'token ring of fire'], 'app --password token ***'],
    [['app', '-password', '-hunter2'], 'app -password ***'],
    [['app', '--password', '--verbose'], 'app --password --verbose'],
    [['app', '--token', 'a', '--secret', 'b'], 'app --token *** --secret ***'],
    [['app', '--api-key=abc', '--apikey', 'abc'], 'app --api-key=*** --apikey ***'],
    [
      ['app', '--dbPassword=a', '-Dspring.datasource.password=b'],
      'app --dbPassword=*** -Dspring.datasource.password=***',
    ],
    [['app', '--client-secret=a,b;c&d'], 'app --client-secret=***'],
    [['env', 'PGPASSWORD=hunter2', 'psql'], 'env PGPASSWORD=*** psql'],
    [['env', 'AWS_SECRET_ACCESS_KEY=abc', 'aws'], 'env AWS_SECRET_ACCESS_KEY=*** aws'],
    [['env', 'MYSQL_PWD=x', 'mysql'], 'env MYSQL_PWD=*** mysql'],
    [
      ['docker', 'run', '-e', 'DB_PASS=x', '-p', '80:80', 'nginx'],
      'docker run -e DB_PASS=*** -p 80:80 nginx',
    ],
    [['docker', 'login', '-u', 'me', '-p', 'hunter2'], 'docker login -u me -p ***'],
    [['mysql', '-uroot', '-phunter2', 'shop'], 'mysql -uroot -p*** shop'],
    [['/usr/bin/mysqldump', '-phunter2'], '/usr/bin/mysqldump -p***'],
    [['mysql', '-p', 'shop'], 'mysql -p shop'],
    [['docker', 'exec', 'db', 'mariadb', '-phunter2'], 'docker exec db mariadb -p***'],
    [['sshpass', '-p', 'hunter2', 'ssh', 'me@host'], 'sshpass -p *** ssh me@host'],
    [['sshpass', '-phunter2', 'ssh'], 'sshpass -p*** ssh'],
    [['redis-cli', '-a', 'hunter2', 'ping'], 'redis-cli -a *** ping'],
    [['ldapsearch', '-x', '-w', 'hunter2'], 'ldapsearch -x -w ***'],
    [['snmpget', '-v2c', '-c', 'private', '10.0.0.1'], 'snmpget -v2c -c *** 10.0.0.1'],
    [['smbclient', '-U', 'me%hunter2', '//srv/share'], 'smbclient -U *** //srv/share'],
    [['openssl', 'enc', '-pass', 'pass:hunter2'], 'openssl enc -pass ***'],
    [['openssl', 'rsa', '-passin', 'pass:hunter2'], 'openssl rsa -passin ***'],
    [['wpa_passphrase', 'home', 'hunter2'], 'wpa_passphrase home ***'],
    [['xfreerdp', '/u:me', '/p:hunter2', '/v:srv'], 'xfreerdp /u:me /p:*** /v:srv'],
    [
      ['nmcli', 'dev', 'wifi', 'connect', 'home', 'password', 'hunter2'],
      'nmcli dev wifi connect home password ***',
    ],
    [['curl', '-u', 'me:hunter2', 'https://x'], 'curl -u *** https://x'],
    [['curl', '-sku', 'me:hunter2', 'https://x'], 'curl -sku *** https://x'],
    [['curl', '-skume:hunter2', 'https://x'], 'curl -s*** https://x'],
    [['curl', '-ume:hunter2', 'https://x'], 'curl -u*** https://x'],
    [
      ['curl', '-H', 'Authorization: Bearer abc', 'https://x'],
      'curl -H Authorization: Bearer *** https://x',
    ],
    [
      ['curl', '-H', 'Authorization: Basic bWU6aA==', 'https://x'],
      'curl -H Authorization: Basic *** https://x',
    ],
    [
      ['curl', '-H', 'authorization:Bearer abc', 'https://x'],
      'curl -H authorization:*** https://x',
    ],
    [['curl', '-H', 'X-Api-Key: abc', 'https://x'], 'curl -H X-Api-Key: *** https://x'],
    [['curl', '-H', 'Cookie: a=b; c=d', 'https://x'], 'curl -H Cookie: *** https://x'],
    [['curl', '-b', 'sid=abc; c=d', 'https://x'], 'curl -b *** https://x'],
    [['curl', '-d', '{"user":"me","password":"a b"}'], 'curl -d {"user":"me","password":***'],
    [['curl', '-d', '{"user": "me", "password": "a b"}'], 'curl -d {"user": "me", "password": ***'],
    [['curl', 'https://x/?token=abc&page=2'], 'curl https://x/?token=***&page=2'],
    [['curl', 'https://x/?page=2&sig=abc#top'], 'curl https://x/?page=2&sig=***#top'],
    [['git', 'clone', 'https://me:hunter2@host/r.git'], 'git clone https://me:***@host/r.git'],
    [['app', 'postgres://me:h@un/ter2@db:5432/shop'], 'app postgres://me:***@db:5432/shop'],
    [['app', 'redis://:hunter2@db'], 'app redis://:***@db'],
    [['app', '--db=mongodb://me:hunter2@db/?x=1'], 'app --db=mongodb://me:***@db/?x=1'],
    [['ftp', 'me:hunter2@host'], 'ftp me:***@host'],
    [
      ['app', 'Server=db;User=me;Password=hunter2;Encrypt=no'],
      'app Server=db;User=me;Password=***',
    ],
    [['app', 'AccountKey=abc=='], 'app AccountKey=***'],
    [[...BASH, 'PGPASSWORD=hunter2 psql -h db'], 'bash -c PGPASSWORD=***'],
    [[...BASH, 'cd /x && mysql -phunter2 shop'], 'bash -c cd /x && mysql -p*** shop'],
    [[...BASH, 'run --password "a b c" --x 1'], 'bash -c run --password *** --x 1'],
    [[...BASH, 'exec run --password="a b c" --x 1'], 'bash -c exec run --password=*** --x 1'],
    [
      [...BASH, `exec curl -H 'Authorization: Bearer abc' https://x`],
      `bash -c exec curl -H 'Authorization: Bearer ***`,
    ],
    [['app', JWT], 'app ***'],
    [['app', `--header=x-${JWT}`], 'app --header=x-***'],
    [['app', 'AKIAIOSFODNN7EXAMPLE'], 'app ***'],
    [['app', 'ghp_abcdefghijklmnop'], 'app ***'],
    [['app', 'd41d8cd98f00b204e9800998ecf8427e'], 'app ***'],
    [['app', '--id', '123e4567-e89b-12d3-a456-426614174000'], 'app --id ***'],
    [['app', '/x/aB3dE5fG7hJ9kL1mN3pQ5r/y'], 'app /x/***/y'],
    [['app', 'q83vEjRWeJCrze8SNFZ4kKvN/7xI0VniQq83vE+M='], 'app ***'],
  ])('%j', (argv, shown) => {
    expect(maskSecrets(argv)).toBe(shown)
  })
})

describe('ordinary command lines stay as they are', () => {
  it.each([
    'nginx: worker process',
    'sshd: me [priv]',
    'postgres: me shop 10.0.0.1(4242) idle',
    '/usr/lib/jvm/java-17-openjdk-amd64/bin/java -Xmx2g -Djava.io.tmpdir=/tmp -jar /opt/app/server.jar',
    '/usr/sbin/sshd -D -o AuthorizedKeysFile=.ssh/authorized_keys',
    'node --max-old-space-size=4096 node_modules/.bin/vite --port 5173',
    'curl -sSL -o /dev/null https://example.org:8443/path/index.html?page=2&sort=name',
    'git clone git@github.com:org/repo.git',
    'rsync -avz --delete /srv/data/ backup@host:/srv/data/',
    'ssh -p 2222 -i /home/me/.ssh/id_ed25519 me@host',
    'docker run -p 80:80 -v /srv/www:/usr/share/nginx/html:ro nginx:1.27',
    '/usr/bin/dbus-daemon --session --address=systemd: --nofork',
    'mongod --auth --port 27017 --dbpath /var/lib/mongodb',
    'app --password-file=/run/secrets/db --token-url https://login.example.org/oauth',
    'app --no-password --enable-auth=true --auth-type=ldap --max-tokens 4096',
    'python3 -m http.server 8000 --bind 127.0.0.1',
    '/usr/lib/x86_64-linux-gnu/libQt5WebEngineCore.so.5.15.2',
    'llama-server --tokenizer gpt2 --host 0.0.0.0',
    'ping6 -c 4 2001:db8:0:1:2:3:4:5',
    'containerd-shim-runc-v2 -namespace moby -address /run/containerd/containerd.sock',
  ])('%s', (line) => {
    expect(maskSecrets(line.split(' '))).toBe(line)
    expect(maskSecrets([line])).toBe(line)
  })
})

describe('hostile arguments', () => {
  it('are cut at 512 characters', () => {
    const shown = maskSecrets(['app', 'word '.repeat(200)])
    expect(shown).toHaveLength(512)
    expect(shown.endsWith('…')).toBe(true)
  })

  it('a secret that the limit of reading cuts is not shown in part', () => {
    const argv = ['app', `--token=${'x'.repeat(2020)}`, '-v', 'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3z']
    expect(maskSecrets(argv)).toBe('app --token=*** -v …')
  })

  it('control characters and direction marks do not get through', () => {
    expect(maskSecrets(['a\u001b[2J', 'b\u202ec', 'd\0e', '\ud800'])).toBe('a?[2J b?c d?e \ufffd')
  })

  it('none throws', () => {
    const pieces = [
      '=',
      ':',
      '/',
      '@',
      '"',
      "'",
      '-',
      '--password',
      'a',
      ' ',
      '\0',
      '://',
      '&',
      'eyJ',
      '\ud800',
      'pod',
    ]
    let seed = 1
    const random = (below: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
      return (seed >>> 8) % below
    }
    const text = () =>
      Array.from({ length: random(400) }, () => pieces[random(pieces.length)]).join('')
    for (let i = 0; i < 1000; i++) {
      const shown = maskSecrets(Array.from({ length: random(8) }, text))
      expect(shown.length).toBeLessThanOrEqual(512)
    }
    for (const piece of pieces) maskSecrets([piece.repeat(1e5)])
    expect(maskSecrets([])).toBe('')
  })
})
