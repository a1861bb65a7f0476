import { type LabelEvent, reduce } from './label-reducer';
import { type Answer, initialState, type LabelState, type Pair, type QuestionForm } from './label-state';
import { NO_FORM } from './no-form';

/** Pieces of labeling sessions, for tests. */
export const FORM: QuestionForm = {
  ...NO_FORM,
  strengths: 3,
  tie: true,
  both_bad: true,
  skip: true,
  rationale: 'optional',
};
export const LEFT: Answer = { kind: 'prefer', side: 'left', strength: 2 };
export const restored: LabelEvent = { type: 'restored', operations: [] };

/** What a claim tells besides its pairs. */
export const CLAIM = {
  remaining: 9,
  reason: null,
  reasonText: '',
  form: FORM,
  guidelinesNumber: 1,
  warmUp: null,
};

export function pair(id: number): Pair {
  return { id, prompt: [{ role: 'user', content: `prompt ${id}` }], completions: [`left ${id}`, `right ${id}`] };
}

export function claimed(ids: number[], reason: LabelState['reason'] = null): LabelEvent {
  return { type: 'claimed', pairs: ids.map(pair), ...CLAIM, reason };
}

export function answered(operationId: string, answer: Answer = LEFT): LabelEvent {
  return { type: 'answered', answer, operationId, activeMs: 1200 };
}

export function stateAfter(...events: LabelEvent[]): LabelState {
  return events.reduce(reduce, initialState);
}

/** The pairs on the screen and behind it. */
export function readyIds(state: LabelState): number[] {
  return state.ready.map(({ id }) => id);
}
