/** All kinds of places that exported events go to. */
import type { SinkKind } from './sink.ts'
import { fileSink } from './sinks/file.ts'
import { stdoutSink } from './sinks/stdout.ts'
import { syslogSink } from './sinks/syslog.ts'
import { webhookSink } from './sinks/webhook.ts'

export const SINK_KINDS: readonly SinkKind[] = [fileSink, stdoutSink, syslogSink, webhookSink]
