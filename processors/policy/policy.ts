import { basename } from 'node:path'
import { z } from 'zod'
import { duration } from '../../schemas/duration.ts'
import { expression } from '../../schemas/expression.ts'
import { PROCESSOR_LIMITS } from '../limits.ts'
import { defineProcessor } from '../processor.ts'
import { readBundle } from './bundle.ts'
import { MASK_POINTER, parseMask } from './mask.ts'
import { compilePolicy } from './policy-module.ts'
import { PolicyStep } from './policy-step.ts'
import { ReloadingPolicy } from './reloading-policy.ts'

const config = z.strictObject({
  bundle: z
    .string()
    .min(1)
    .describe('a bundle of `opa build -t wasm`, a .wasm module, a folder, or .rego sources if `opa` is on the PATH'),
  entrypoint: z
    .string()
    .regex(/^[^\s/]+(\/[^\s/]+)*$/, 'expected an entrypoint such as "gate/verdict": package and rule, with slashes')
    .describe('the rule that is asked, such as gate/verdict'),
  as: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, 'expected the name of a field, such as "verdict"')
    .default('verdict')
    .describe('the field of the value that is given { allow, reasons, decision_id, revision }'),
  on_policy_error: z
    .enum(['deny', 'allow', 'dead_letter'])
    .describe('what to do with an event for which the policy fails or gives nothing; the field then has `error`, too'),
  input: expression.optional().describe('what the policy sees as `input`; left out: the whole value'),
  mask: z
    .array(z.string().regex(MASK_POINTER, 'expected a JSON pointer such as "/input/token" or "/result/reasons"'))
    .default([])
    .describe('places that the decision record must not show, as in OPA: /input/token, /result/reasons'),
  result: z
    .enum(['verdict', 'object'])
    .default('verdict')
    .describe('object: the field is given whatever the rule gives, instead of a verdict'),
  timeout: duration
    .prefault(`${PROCESSOR_LIMITS.policyTimeoutMs.default}ms`)
    .refine((ms) => ms > 0, 'expected a time above zero')
    .describe('how long one evaluation may take; beyond it the node stops, since no decision would be right'),
  data: z
    .never(
      'tables cannot be lent to a policy yet; put the data into the bundle (data.json), or enrich the event before',
    )
    .optional()
    .describe('reserved: a later version lends tables to the policy'),
})

/**
 * Judges each event by a rule of Rego, and records the decision in `<pipeline>._decisions`, in the commit of the event.
 *
 * The field always has `allow`, so that a filter behind it can ask for `value.verdict.allow`. A deletion (a null value)
 * passes without a verdict. A bundle is loaded again when its file changes; a batch of events is judged by one bundle,
 * and the record says by which.
 */
export const policy = defineProcessor({
  type: 'policy',
  summary: 'Judges each event by an OPA policy and records the decision.',
  config,
  places: ['stream'],
  stateful: false,
  changesKey: false,
  async create(options, context) {
    const { bundle, entrypoint, as, mask, result } = options
    const { baseDir, clock, logger, metrics } = context
    const source = { path: bundle, entrypoint, baseDir, timeoutMs: options.timeout, clock, logger, metrics }
    const step = {
      entrypoint,
      bundleName: basename(bundle).replace(/\.(tar\.gz|tgz|wasm|rego)$/, ''),
      as,
      onPolicyError: options.on_policy_error,
      input: options.input === undefined ? undefined : context.expressions.compile(options.input),
      masks: mask.map(parseMask),
      result,
    }
    return new PolicyStep(step, context, await ReloadingPolicy.open(source))
  },
  async check({ bundle, entrypoint }, { baseDir }) {
    await compilePolicy(await readBundle(bundle, entrypoint, baseDir), entrypoint)
  },
})
