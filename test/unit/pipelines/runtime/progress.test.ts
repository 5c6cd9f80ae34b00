import { describe, expect, test } from 'vitest'
import { FailureWindow } from '../../../../pipelines/runtime/failure-window.ts'
import { GroupProgress } from '../../../../pipelines/runtime/group-progress.ts'
import { advanceMarks, type Mark } from '../../../../pipelines/runtime/retention-keeper.ts'

describe('the progress of a group', () => {
  const at = (offset: number): { topic: string; partition: number; offset: number } => ({
    topic: 't',
    partition: 0,
    offset,
  })

  test('is that of the node furthest behind, and says how far the others are', () => {
    const progress = new GroupProgress()
    progress.begin(at(0), 'a')
    progress.begin(at(0), 'b')
    expect(progress.move(at(10), 'a')).toEqual({ ...at(0), metadata: '{"a":10}' })
    expect(progress.move(at(4), 'b')).toEqual({ ...at(4), metadata: '{"a":10}' })
    expect(progress.move(at(10), 'b')).toEqual({ ...at(10), metadata: '' })
  })

  test('gives each node its place back after a restart', () => {
    const progress = new GroupProgress()
    progress.load({ ...at(4), metadata: '{"a":10}' }, ['a', 'b'])
    expect([progress.offsetOf(at(0), 'a'), progress.offsetOf(at(0), 'b')]).toEqual([10, 4])
  })

  test.for(['', 'set by hand', '[1]', '{"a":"x"}', '{"a":-5}'])('takes the offset as it is beside %s', (metadata) => {
    const progress = new GroupProgress()
    progress.load({ ...at(4), metadata }, ['a'])
    expect(progress.offsetOf(at(0), 'a')).toBe(4)
  })
})

describe('the window of failures', () => {
  const LIMIT = { ratio: 0.5, atLeast: 10, withinMs: 1_000 }

  test('stops at the ratio, but not below the number', () => {
    const window = new FailureWindow(LIMIT)
    expect(window.note(9, 9, 0)).toBe(false)
    expect(window.note(1, 1, 1)).toBe(true)
  })

  test('lets a few failures among many pass for ever', () => {
    const window = new FailureWindow(LIMIT)
    for (let i = 0; i < 1_000; i += 1) expect(window.note(100, 49, i)).toBe(false)
  })

  test('forgets what lies behind', () => {
    const window = new FailureWindow(LIMIT)
    expect(window.note(9, 9, 0)).toBe(false)
    expect(window.note(9, 9, 1_000)).toBe(false)
    expect(window.note(1, 1, 1_050)).toBe(true)
  })

  test('never stops where it must not', () => {
    expect(new FailureWindow(null).note(1_000, 1_000, 0)).toBe(false)
  })
})

describe('retention', () => {
  const HOUR = 3_600_000
  const DAY = 24 * HOUR

  test('deletes what lies before the last mark that is old enough, and needs few marks', () => {
    let marks: readonly Mark[] = []
    const deleted: number[] = []
    for (let hour = 0; hour <= 72; hour += 1) {
      const result = advanceMarks(marks, [hour * 100], hour * HOUR, DAY)
      marks = result.marks
      if (result.due !== null) deleted.push(result.due.ends[0] ?? -1)
    }
    expect(deleted).toEqual(Array.from({ length: 49 }, (_, hour) => hour * 100))
    expect(marks.length).toBeLessThanOrEqual(26)
  })

  test('deletes nothing before its time, however often it looks', () => {
    let marks: readonly Mark[] = []
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      const result = advanceMarks(marks, [minute], minute * 60_000, DAY)
      expect(result.due).toBeNull()
      marks = result.marks
    }
    expect(marks.length).toBe(24)
  })
})
