import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js'
import { PROCESSOR_LIMITS } from '../limits.ts'
import { ExpressionFault, type Span } from './expression-problem.ts'
import { toSyntaxFault } from './syntax-fault.ts'

export type BinaryOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%'

export type Literal = string | number | boolean | null

/** An expression as written, macros not expanded. This is all that the compiler knows of the parser. */
export type Node = Span &
  (
    | { readonly op: 'literal'; readonly value: Literal }
    | { readonly op: 'name'; readonly name: string }
    | { readonly op: 'field'; readonly of: Node; readonly name: string; readonly optional: boolean }
    | { readonly op: 'index'; readonly of: Node; readonly index: Node; readonly optional: boolean }
    | { readonly op: 'call'; readonly name: string; readonly receiver: Node | null; readonly args: readonly Node[] }
    | { readonly op: 'list'; readonly items: readonly Node[] }
    | { readonly op: 'map'; readonly entries: readonly (readonly [key: Node, value: Node])[] }
    | { readonly op: 'choice'; readonly condition: Node; readonly yes: Node; readonly no: Node }
    | { readonly op: 'and' | 'or'; readonly left: Node; readonly right: Node }
    | { readonly op: 'not' | 'minus'; readonly operand: Node }
    | { readonly op: 'binary'; readonly operator: BinaryOperator; readonly left: Node; readonly right: Node }
  )

/** The node of one kind. */
export type NodeOf<K extends Node['op']> = Extract<Node, { readonly op: K }>

const parser = new Environment({
  enableOptionalTypes: true,
  homogeneousAggregateLiterals: false,
  limits: {
    maxAstNodes: PROCESSOR_LIMITS.maxExpressionNodes.default,
    maxDepth: PROCESSOR_LIMITS.maxExpressionDepth.default,
  },
})

/** Reads an expression. Throws ExpressionFault with the place of what cannot be read. */
export function parseExpression(text: string): Node {
  const maxLength = PROCESSOR_LIMITS.maxExpressionLength.default
  if (text.length > maxLength) {
    throw new ExpressionFault(
      'E_EXPRESSION_LIMIT',
      `the expression has ${text.length} characters; ${maxLength} are allowed`,
      'divide the work over several steps',
      { start: maxLength, end: text.length },
    )
  }
  try {
    return toNode(parser.parse(text).ast)
  } catch (error) {
    if (error instanceof ParseError) throw toSyntaxFault(error, text)
    if (error instanceof RangeError) throw tooDeepFault(text)
    throw error
  }
}

/** The parser goes down the stack for signs such as `!!!!` without counting them. */
function tooDeepFault(text: string): ExpressionFault {
  const fix = 'divide the work over several steps'
  return new ExpressionFault('E_EXPRESSION_LIMIT', 'the expression is nested too deeply', fix, {
    start: 0,
    end: text.length,
  })
}

function toNode(ast: ASTNode): Node {
  const { start, end } = ast
  switch (ast.op) {
    case 'value':
      return { op: 'literal', value: toLiteral(ast.args, ast), start, end }
    case 'id':
      return { op: 'name', name: ast.args, start, end }
    case '.':
    case '.?':
      return { op: 'field', of: toNode(ast.args[0]), name: ast.args[1], optional: ast.op === '.?', start, end }
    case '[]':
    case '[?]':
      return {
        op: 'index',
        of: toNode(ast.args[0]),
        index: toNode(ast.args[1]),
        optional: ast.op === '[?]',
        start,
        end,
      }
    case 'call':
      return { op: 'call', name: ast.args[0], receiver: null, args: ast.args[1].map(toNode), start, end }
    case 'rcall':
      return { op: 'call', name: ast.args[0], receiver: toNode(ast.args[1]), args: ast.args[2].map(toNode), start, end }
    case 'list':
      return { op: 'list', items: ast.args.map(toNode), start, end }
    case 'map':
      return { op: 'map', entries: ast.args.map(([key, value]) => [toNode(key), toNode(value)]), start, end }
    case '?:':
      return {
        op: 'choice',
        condition: toNode(ast.args[0]),
        yes: toNode(ast.args[1]),
        no: toNode(ast.args[2]),
        start,
        end,
      }
    case '||':
    case '&&':
      return {
        op: ast.op === '||' ? 'or' : 'and',
        left: toNode(ast.args[0]),
        right: toNode(ast.args[1]),
        start,
        end,
      }
    case '!_':
      return { op: 'not', operand: toNode(ast.args), start, end }
    case '-_':
      return toNegated(toNode(ast.args), ast)
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'in':
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      break
  }
  return { op: 'binary', operator: ast.op, left: toNode(ast.args[0]), right: toNode(ast.args[1]), start, end }
}

function toNegated(operand: Node, { start, end }: Span): Node {
  if (operand.op === 'literal' && typeof operand.value === 'number') {
    return { op: 'literal', value: -operand.value, start, end }
  }
  return { op: 'minus', operand, start, end }
}

/** Integers come from the parser as bigint; here there is one kind of number, that of JSON. */
function toLiteral(value: unknown, span: Span): Literal {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value
  }
  if (typeof value === 'bigint') {
    if (value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER)) return Number(value)
    throw new ExpressionFault(
      'E_EXPRESSION_TYPE',
      `${value} is beyond 2^53, where JSON numbers are no longer exact`,
      "compare such numbers as text: parse: { format: json, big_numbers: string } makes them '…'",
      span,
    )
  }
  const [what, fix] =
    value instanceof Uint8Array
      ? ['bytes are not part of this dialect', "write a text: '…'"]
      : ['unsigned numbers are not part of this dialect', 'leave the u out: there is one kind of number, that of JSON']
  throw new ExpressionFault('E_EXPRESSION_TYPE', what, fix, span)
}
