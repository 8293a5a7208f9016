/** Captures over HTTP: a file that takes as long as it captures. */
import { api } from './api.ts'
import { requestFile } from './request.ts'

export interface StartedCapture {
  /** For `stopCapture`. */
  id: string
  /** The whole file, once it is over. */
  file: Promise<Blob>
}

/** Captures the packets of one flow; resolves when it runs. */
export const captureFlow = async (
  flow: string,
  seconds: number,
  maxBytes: number,
): Promise<StartedCapture> => {
  const response = await requestFile('/api/v1/captures', { flow, seconds, maxBytes })
  return { id: response.headers.get('netscope-capture') ?? '', file: response.blob() }
}

/** What was captured until now still comes. */
export const stopCapture = (id: string) => api.call('stopCapture', { path: { id: Number(id) } })
