import type { Problem } from '../../api/problem';
import type { components } from '../../api/schema';
import type { Details } from './details';

type Schemas = components['schemas'];

export interface Message {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** One comparison leased to this labeler, as it is shown: which model wrote which completion is not known here. */
export interface Pair {
  /** The assignment, that is the lease. */
  id: number;
  prompt: readonly Message[];
  /** In the order shown: left and right, or up to six to rank. */
  completions: readonly string[];
}

export type Side = 'left' | 'right';
export type Strength = 1 | 2 | 3 | 4;

export type Verdict =
  | { kind: 'prefer'; side: Side; strength: Strength }
  | { kind: 'tie' }
  | { kind: 'both_bad' }
  | { kind: 'both_good' }
  | { kind: 'cannot_judge' }
  /** The rank of each completion in the order shown, 1 for the best; equal ranks tie. */
  | { kind: 'rank'; ranking: readonly number[] };

export type Answer = Verdict | { kind: 'skip'; reason: string };

/** What a labeler may answer; the project's form. */
export type QuestionForm = Schemas['QuestionForm'];

/** Something the site must still be told. Kept on this device until it answers, delivered in order. */
export type Operation =
  | {
      type: 'answer';
      id: string;
      pairId: number;
      answer: Answer;
      /** Missing where nothing but the verdict was given. */
      details?: Details;
      activeMs: number;
      tried: boolean;
    }
  | { type: 'undo'; id: string; pairId: number; answerId: string; wasVerdict: boolean; tried: boolean };

/** A comparison answered in this session, which undo can bring back. */
export interface Answered {
  pair: Pair;
  answer: Answer;
  details: Details | null;
  operationId: string;
}

/** What is filled in for a pair that was not sent yet, or was taken back. */
export interface Draft {
  verdict: Verdict | null;
  details: Details;
  /** Places of a ranking under way, best first; completions of one place tie. */
  places: readonly (readonly number[])[];
}

export type EmptyReason =
  | 'empty'
  | 'all-done-by-you'
  | 'sampling'
  | 'archived'
  | 'paused'
  | 'daily-cap'
  | 'project-cap'
  | 'warm-up-failed';

/** How far the known pairs before the real work are; `passed` is null while they last. */
export interface WarmUp {
  done: number;
  of: number;
  correct: number;
  passed: boolean | null;
}

/** What the site says about an answer to a known pair. */
export interface Feedback {
  correct: boolean;
  expected: { kind: string; side?: Side | null; strength?: number | null } | null;
  explanation: string;
}

/** A known pair that was just answered: it stays on the screen until its feedback has been read. */
export interface Lesson {
  pair: Pair;
  answer: Answer;
  operationId: string;
  /** Null until the site has answered. */
  feedback: Feedback | null;
}

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
  /** What is filled in and not sent, by pair. */
  drafts: ReadonlyMap<number, Draft>;
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
  /** What the site adds to the reason, such as why a labeler was paused. */
  reasonText: string;
  /** Comparisons that this labeler could still claim when last asked. */
  remaining: number | null;
  form: QuestionForm | null;
  guidelinesNumber: number | null;
  warmUp: WarmUp | null;
  lesson: Lesson | null;
  /** Verdicts given since the screen was opened, undone ones taken off. */
  given: number;
  notices: readonly Notice[];
  /** The answer given last, for the flash and the announcement; `count` tells equal ones apart. */
  last: { answer: Answer | 'undo'; count: number } | null;
}

export const initialState: LabelState = {
  restored: false,
  ready: [],
  past: [],
  outbox: [],
  drafts: new Map(),
  sending: null,
  sendProblem: null,
  postponed: false,
  blocked: false,
  claiming: false,
  claimProblem: null,
  exhausted: false,
  reason: null,
  reasonText: '',
  remaining: null,
  form: null,
  guidelinesNumber: null,
  warmUp: null,
  lesson: null,
  given: 0,
  notices: [],
  last: null,
};
