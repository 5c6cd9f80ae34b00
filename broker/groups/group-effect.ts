import type { Answer, AnswerToken, LeaveAnswer } from './answer.ts'
import type { StoredGroup } from './stored-group.ts'

/** What the machine wants to be told when a record is durable, or could not be made so. */
export type StoreOutcome =
  | {
      readonly kind: 'assignment'
      readonly generationId: number
      readonly assignments: ReadonlyMap<string, Buffer>
    }
  | {
      readonly kind: 'static-member'
      readonly memberId: string
      /** The leader before the member came back, under the id that it had then. */
      readonly formerLeaderId: string | null
      readonly canSkipAssignment: boolean
    }
  | { readonly kind: 'answer'; readonly token: AnswerToken; readonly answer: LeaveAnswer }
  | { readonly kind: 'nothing' }

/** What the edge has to do after a step, in this order. */
export type GroupEffect =
  | { readonly kind: 'answer'; readonly token: AnswerToken; readonly answer: Answer }
  /** Make the record durable, then give `outcome` back in a `stored` event. */
  | { readonly kind: 'store'; readonly record: StoredGroup; readonly outcome: StoreOutcome }
