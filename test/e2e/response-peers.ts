/** Small programs that talk with each other, for the tests of answers to attacks. */
import type { ChildProcess } from 'node:child_process'

export interface Peer {
  /** What it has printed so far. */
  output(): string
}
type Start = (command: string) => ChildProcess

/** Writes to whoever connects by TCP, every 100 ms. */
export const talk = (start: Start, port: number): Peer =>
  run(
    start,
    `require('net').createServer((s)=>{const t=setInterval(()=>s.write('x'),100);s.on('error',()=>0).on('close',()=>clearInterval(t)).resume()}).listen(${port},()=>console.log('listening'))`,
  )

/** Connects and writes every 100 ms; prints `open`, and with which error it `ended`. */
export const callTcp = (start: Start, host: string, port: number): Peer =>
  run(
    start,
    `const s=require('net').connect(${port},'${host}',()=>console.log('open'));setInterval(()=>s.write('y'),100);s.resume().on('error',(e)=>{console.log('ended',e.code);process.exit()})`,
  )

/** A connected UDP socket that writes every 100 ms; prints `open`, and with which error it `ended`. */
export const callUdp = (start: Start, host: string, port: number): Peer =>
  run(
    start,
    `const s=require('dgram').createSocket('udp4');const end=(e)=>{if(e?.code==='ECONNREFUSED'||!e)return;console.log('ended',e.code);process.exit()};s.on('error',end).connect(${port},'${host}',()=>{console.log('open');setInterval(()=>s.send('z',end),100)})`,
  )

/** Begins `count` connections at once; prints how many were `made` before the first SYN is sent again. */
export const openMany = (
  start: Start,
  from: string,
  host: string,
  port: number,
  count: number,
): Peer =>
  run(
    start,
    `let n=0;for(let i=0;i<${count};i++)require('net').connect({port:${port},host:'${host}',localAddress:'${from}'},()=>n++).on('error',()=>0);setTimeout(()=>{console.log('made',n);process.exit()},900)`,
  )

/** Keeps a connection open. */
export const hold = (start: Start, from: string, host: string, port: number): Peer =>
  run(
    start,
    `require('net').connect({port:${port},host:'${host}',localAddress:'${from}'}).resume().on('error',()=>0)`,
  )

/** Tries ports that nobody listens at, one after the other. */
export const scan = (start: Start, from: string, host: string): Peer =>
  run(
    start,
    `let p=100;const t=setInterval(()=>{if(p>400)return clearInterval(t);require('net').connect({port:p++,host:'${host}',localAddress:'${from}'}).on('error',()=>0)},5)`,
  )

const run = (start: Start, code: string): Peer => {
  const child = start(`${process.execPath} -e "${code}"`)
  let output = ''
  const take = (text: Buffer): void => void (output += String(text))
  child.stdout?.on('data', take)
  child.stderr?.on('data', take)
  return { output: () => output }
}
