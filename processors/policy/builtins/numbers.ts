import { BuiltinFailure, bigIntOperand, checkItems, toRegoInteger, type BuiltinTable } from './builtin.ts'

export const NUMBER_BUILTINS: BuiltinTable = {
  'numbers.range_step': (args) => {
    const [from, to, step] = [bigIntOperand(args, 1), bigIntOperand(args, 2), bigIntOperand(args, 3)]
    if (step <= 0n) throw new BuiltinFailure('numbers.range_step: step must be a positive integer')
    const distance = to > from ? to - from : from - to
    const count = distance / step + 1n
    checkItems(count)
    const direction = to >= from ? step : -step
    return Array.from({ length: Number(count) }, (_, index) => toRegoInteger(from + direction * BigInt(index)))
  },
}
