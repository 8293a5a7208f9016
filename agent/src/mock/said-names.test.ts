/** What hosts of the made-up network say is what the parsers of real traffic read. */
import { expect, it } from 'vitest'
import { createClientHelloAssembler } from '../names/client-hello-assembler.ts'
import { parseDnsMessage } from '../names/dns-message.ts'
import { clientHello, dnsAnswer, dnsQuery } from './said-names.ts'

it('a ClientHello names its server and has the length of a browser’s', () => {
  const hello = clientHello('www.example.com')
  expect(hello).toHaveLength(517)
  expect(createClientHelloAssembler().add('flow', 1, hello, 0)).toMatchObject({
    sni: 'www.example.com',
    alpn: ['h2', 'http/1.1'],
  })
})

it.each(['198.51.100.10', '2001:db8:a::10'])('DNS gives %s to who asks for it', (address) => {
  const [query, answer] = [dnsQuery, dnsAnswer].map((build) =>
    parseDnsMessage(build(77, 'www.example.com', address)),
  )
  expect(query).toMatchObject({ id: 77, isResponse: false, questions: answer?.questions })
  expect(answer).toMatchObject({
    id: 77,
    isResponse: true,
    rcode: 0,
    answers: [{ name: 'www.example.com', data: address }],
  })
})
