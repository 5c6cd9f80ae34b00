import { checkCount, type Macro } from '../macro.ts'

const bind: Macro = {
  name: 'cel.bind',
  form: 'call',
  signature: 'cel.bind(name, value, result): any',
  summary: 'The result with a name for a value that stands in it more than once.',
  example: { expression: "cel.bind(v, 'a', v + v)", result: 'aa' },
  compile(node, compiler) {
    checkCount(node, this, [3], compiler)
    const [variable, init = node, body = node] = node.args
    if (variable?.op !== 'name') {
      const message = 'the first argument of cel.bind is the name'
      throw compiler.fault('E_EXPRESSION_SYNTAX', message, `write ${this.signature}`, variable ?? node)
    }
    const part = compiler.compile(init)
    return compiler.withLocal(variable.name, { type: part.type, json: part.json === true }, (slot) => {
      const result = compiler.compile(body)
      return {
        type: result.type,
        json: result.json === true,
        evaluate: (frame) => {
          frame.locals[slot] = part.evaluate(frame)
          return result.evaluate(frame)
        },
      }
    })
  },
}

export const BIND_MACROS: readonly Macro[] = [bind]
