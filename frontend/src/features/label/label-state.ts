import type { Problem } from '../../api/problem';

export interface Message {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** One comparison leased to this labeler, as it is shown: which model wrote which side is not known here. */
export interface Pair {
  /** The assignment, that is the lease. */
  id: number;
  prompt: readonly Message[];
  left: string;
  right: string;
}

export type Side = 'left' | 'right';
export type Strength = 1 | 2 | 3;

export type Verdict = { kind: 'prefer'; side: Side; strength: Strength } | { kind: 'tie' } | { kind: 'both_bad' };

export type Answer = Verdict | { kind: 'skip'; reason: string };

/** What a labeler may answer; the project's form. */
export interface QuestionForm {
  strengths: Strength;
  tie: boolean;
  both_bad: boolean;
  skip: boolean;
}

/** Something the site must still be told. Kept on this device until it answers, delivered in order. */
export type Operation =
  | { type: 'answer'; id: string; pairId: number; answer: Answer; activeMs: number; tried: boolean }
  | { type: 'undo'; id: string; pairId: number; answerId: string; wasVerdict: boolean; tried: boolean };

/** A comparison answered in this session, which undo can bring back. */
export interface Answered {
  pair: Pair;
  answer: Answer;
  operationId: string;
}

export type EmptyReason = 'empty' | 'all-done-by-you' | 'sampling' | 'archived';

export interface Notice {
  id: string;
  text: string;
}

export interface LabelState {
  /** False until what an earlier visit left unsent has been read. */
  restored: boolean;
  /** The first is on the screen, the others follow from memory. */
  ready: readonly Pair[];
  /** Newest last. */
  past: readonly Answered[];
  /** Oldest first. */
  outbox: readonly Operation[];
  /** The operation on its way, if any. */
  sending: string | null;
  /** Why the last delivery failed; null once one succeeds. */
  sendProblem: Problem | null;
  /** The next try waits for its time. */
  postponed: boolean;
  /** The site refuses to listen (logged out, no longer a member): nothing is sent until the labeler acts. */
  blocked: boolean;
  claiming: boolean;
  claimProblem: Problem | null;
  /** The last claim brought nothing new: ask again only after a while. */
  exhausted: boolean;
  reason: EmptyReason | null;
  /** Comparisons that this labeler could still claim when last asked. */
  remaining: number | null;
  form: QuestionForm | null;
  guidelinesNumber: number | null;
  notices: readonly Notice[];
  /** The answer given last, for the flash and the announcement; `count` tells equal ones apart. */
  last: { answer: Answer | 'undo'; count: number } | null;
}

export const initialState: LabelState = {
  restored: false,
  ready: [],
  past: [],
  outbox: [],
  sending: null,
  sendProblem: null,
  postponed: false,
  blocked: false,
  claiming: false,
  claimProblem: null,
  exhausted: false,
  reason: null,
  remaining: null,
  form: null,
  guidelinesNumber: null,
  notices: [],
  last: null,
};
