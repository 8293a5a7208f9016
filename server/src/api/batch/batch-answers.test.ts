/** A batch that comes twice is taken once. */
import { expect, test } from 'vitest'
import { createBatchAnswers } from './batch-answers.ts'

const answer = (accepted: number, rejected = 0) => ({
  accepted,
  rejected: Array.from({ length: rejected }, (_, index) => ({ index, reason: 'x' })),
})

test('a second one gets the answer of the first, also while that is at work', async () => {
  const answers = createBatchAnswers()
  let taken = 0
  const take = async () => answer(++taken)
  const both = [answers.once('a', take), answers.once('a', take)]
  expect(await Promise.all(both)).toEqual([answer(1), answer(1)])
  expect(await answers.once('a', take)).toEqual(answer(1))
  expect(await answers.once('b', take)).toEqual(answer(2))
})

test('one that failed may come again', async () => {
  const answers = createBatchAnswers()
  await expect(answers.once('a', async () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await answers.once('a', async () => answer(1))).toEqual(answer(1))
})

test('the oldest are forgotten when there are many, or when they are long', async () => {
  const answers = createBatchAnswers()
  for (let i = 0; i <= 10_000; i++) await answers.once(`k${i}`, async () => answer(1))
  expect(await answers.once('k0', async () => answer(2))).toEqual(answer(2))
  expect(await answers.once('k9000', async () => answer(2))).toEqual(answer(1))
  for (let i = 0; i < 3; i++) await answers.once(`long${i}`, async () => answer(0, 400_000))
  expect(await answers.once('k9000', async () => answer(2))).toEqual(answer(2))
})
