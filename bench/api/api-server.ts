/** The server of the benchmark of the API, alone in its process: says where it is, then every second what it took. */
import { startServer } from '@netscope/server/fakes/running-server.ts'

const { server, token, socket } = await startServer()
console.log(JSON.stringify({ url: server.url(), token, socket }))

const tell = (): void => {
  const { user, system } = process.cpuUsage()
  const cpuSeconds = (user + system) / 1e6
  console.log(JSON.stringify({ cpuSeconds, rssBytes: process.memoryUsage.rss() }))
}
setInterval(tell, 500)
