/** Vite plugin: a Brotli and a gzip file beside each asset, so that the server compresses nothing. */
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

const TYPES = /\.(js|css|html|svg)$/

export const compress = (): Plugin => ({
  name: 'netscope-compress',
  apply: 'build',
  generateBundle: {
    order: 'post',
    async handler(_options, bundle) {
      for (const [fileName, file] of Object.entries(bundle)) {
        if (!TYPES.test(fileName)) continue
        const bytes = Buffer.from(file.type === 'chunk' ? file.code : file.source)
        const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
        this.emitFile({
          type: 'asset',
          fileName: `${fileName}.br`,
          source: await promisify(brotliCompress)(bytes, { params }),
        })
        this.emitFile({
          type: 'asset',
          fileName: `${fileName}.gz`,
          source: await promisify(gzip)(bytes, { level: 9 }),
        })
      }
    },
  },
})
