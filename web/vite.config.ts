/** Builds the page into web/dist; `npm run dev -w web` serves it against a running NetScope. */
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { compress } from './compress-plugin.ts'
import { flowFields } from './flow-fields-plugin.ts'

// A build is a production build whatever the shell says; NODE_ENV=development would ship React's own checks.
if (process.argv.includes('build')) process.env['NODE_ENV'] = 'production'

const server = process.env['NETSCOPE_URL'] ?? 'http://127.0.0.1:8086'
const api = ['/api', '/events', '/blacklist', '/whitelist', '/health', '/ready', '/metrics']

export default defineConfig({
  plugins: [react(), flowFields(), compress()],
  build: {
    target: 'es2022',
    // No data: URLs and no inline script, so that the page runs under `default-src 'self'`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 400,
  },
  server: {
    host: '127.0.0.1',
    // The API takes changes only from its own origin, so Host and Origin become the server's.
    proxy: Object.fromEntries(
      api.map((path) => [
        path,
        { target: server, changeOrigin: true, headers: { origin: server } },
      ]),
    ),
  },
})
