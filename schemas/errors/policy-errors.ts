import type { ErrorEntry } from './error-entry.ts'

/** Policies at load and at work, and the state of steps. */
export const POLICY_ERRORS = {
  // Policies, at load
  E_POLICY_BUNDLE: {
    category: 'config',
    summary: 'the bundle of a policy cannot be read',
    fix: 'name a bundle made by `opa build -t wasm -e gate/verdict -o gate.tar.gz gate.rego`',
  },
  E_POLICY_SIZE: {
    category: 'config',
    summary: 'the bundle of a policy is larger than it may be',
    fix: 'keep large data in a table of the pipeline rather than in the bundle',
  },
  E_POLICY_ABI: {
    category: 'config',
    summary: 'the wasm of a policy speaks another version than this program',
    fix: 'build the bundle again with a current OPA: opa build -t wasm -e gate/verdict -o gate.tar.gz gate.rego',
  },
  E_POLICY_ENTRYPOINT: {
    category: 'config',
    summary: 'the bundle of a policy does not have the entrypoint',
    fix: 'name one that the bundle has, or build it with `-e` and this one',
  },
  E_POLICY_BUILTIN: {
    category: 'config',
    summary: 'a policy calls functions that do not exist here',
    fix: 'write the rule without them, or bring the facts in with the event (`set`) or the data of the bundle',
  },
  E_POLICY_COMPILE: {
    category: 'config',
    summary: 'OPA cannot compile the Rego of a policy',
    fix: 'correct the places that OPA names; `opa check` shows them, too',
  },
  E_POLICY_OPA: {
    category: 'environment',
    summary: 'Rego sources need the program `opa`, which is not on the PATH',
    fix: 'install OPA, or name a bundle that was built elsewhere: opa build -t wasm -e gate/verdict -o gate.tar.gz gate.rego',
  },
  // Policies, one event: the decision is an error, and on_policy_error says what follows
  E_POLICY_UNDEFINED: {
    category: 'runtime',
    summary: 'no rule of the policy gave a result for this event',
    fix: 'give the entrypoint a default, for example: default allow := false',
  },
  E_POLICY_EVALUATION: {
    category: 'runtime',
    summary: 'the policy failed on this event',
    fix: 'evaluate the event with `opa eval` to see where; rules that contradict each other are the usual cause',
  },
  E_POLICY_MEMORY: {
    category: 'runtime',
    summary: 'the policy needs more memory for this event than it may have',
    fix: 'project what the policy needs with `input:`, and look for comprehensions within comprehensions',
  },
  E_POLICY_INPUT: {
    category: 'runtime',
    summary: 'the event is too large or too deeply nested for a policy',
    fix: 'project what the policy needs with `input:`',
  },
  E_POLICY_RESULT: {
    category: 'runtime',
    summary: 'the result of the policy is not a verdict',
    fix: 'let the rule give a boolean, a set of reasons to deny, or an object with `allow` and `reasons`',
  },
  // Policies, the node stops: waiting may help, dropping the event would not be right
  E_POLICY_TIMEOUT: {
    category: 'runtime',
    summary: 'the policy does not come to an end for an event',
    fix: 'look for loops over loops in the policy; if it is only slow, raise `timeout:`',
  },
  E_POLICY_WORKER: {
    category: 'runtime',
    summary: 'the worker that evaluates a policy died, twice at the same event',
    fix: 'look at memory limits of the machine; the event is named above',
  },
  // State
  E_STATE_FULL: {
    category: 'runtime',
    summary: 'the state of a step has reached its limit',
    fix: 'raise the limit if there is memory for it, or keep entries for a shorter time',
  },
  E_STATE_FORMAT: {
    category: 'environment',
    summary: 'a changelog topic holds records that the step did not write',
    fix: 'check that no other program writes to the topic; otherwise it was written by a newer version of Stoplog',
  },
} as const satisfies Record<string, ErrorEntry>
