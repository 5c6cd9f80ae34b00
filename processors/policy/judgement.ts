import type { Json } from '../../schemas/json.ts'
import type { PolicyAnswer, PolicyFailure } from './policy-engine.ts'
import { toVerdict, type Verdict } from './verdict.ts'

/** What follows from an answer. `object`: the rule's result is handed on without being read as a verdict. */
export type Effect = 'allow' | 'deny' | 'dead_letter' | 'object'

/** What to do with an event that the policy has no result for. */
export type OnPolicyError = 'deny' | 'allow' | 'dead_letter'

export interface Judgement {
  readonly effect: Effect
  /** As the rule gave it; absent when it gave none. */
  readonly result?: Json
  /** Why there is no verdict of the policy's own. */
  readonly error?: PolicyFailure
  /** Absent when the result is handed on as it is. */
  readonly verdict?: Verdict
}

export interface JudgementOptions {
  readonly result: 'verdict' | 'object'
  readonly onPolicyError: OnPolicyError
}

/** An error or an undefined result is a decision, too: the one that `on_policy_error` names. */
export function judge(answer: PolicyAnswer, { result, onPolicyError }: JudgementOptions): Judgement {
  if ('undefined' in answer) return failed({ code: 'E_POLICY_UNDEFINED', message: UNDEFINED }, onPolicyError)
  if ('error' in answer) return failed(answer.error, onPolicyError)
  if (result === 'object') return { effect: 'object', result: answer.result }
  const verdict = toVerdict(answer.result)
  if ('error' in verdict) return { ...failed(verdict.error, onPolicyError), result: answer.result }
  return { effect: verdict.allow ? 'allow' : 'deny', result: answer.result, verdict }
}

const UNDEFINED = 'no rule of the policy gave a result'

function failed(error: PolicyFailure, effect: OnPolicyError): Judgement {
  return { effect, error, verdict: { allow: effect === 'allow', reasons: [] } }
}
