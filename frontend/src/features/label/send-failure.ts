import { isPassing, type Problem } from '../../api/problem';
import type { Operation } from './label-state';

export type SendFailure =
  | { outcome: 'later' }
  /** Nothing can be sent until the labeler logs in again or an admin lets them in. */
  | { outcome: 'blocked' }
  | { outcome: 'already-done' }
  | { outcome: 'refused'; text: string };

const REFUSALS = new Set([400, 409, 410, 422]);

/** What a failed delivery means for the operation; only a clear refusal gives a verdict up. */
export function sendFailure(operation: Operation, problem: Problem): SendFailure {
  if (isPassing(problem)) return { outcome: 'later' };
  if (operation.type === 'undo' && operation.tried && problem.code === 'preference/nothing-to-undo') {
    return { outcome: 'already-done' };
  }
  if (!REFUSALS.has(problem.status)) return { outcome: 'blocked' };
  return { outcome: 'refused', text: refusalText(operation, problem) };
}

function refusalText(operation: Operation, problem: Problem): string {
  if (operation.type === 'undo') return `This verdict could not be undone: ${problem.message}`;
  if (problem.code === 'assignment/expired') {
    return 'One answer came after its comparison had been given to somebody else, who judged it. It was not counted; all others were.';
  }
  if (problem.code === 'preference/already-judged') {
    return 'One comparison had already been judged by you elsewhere, so the first verdict stands.';
  }
  return `One answer was not accepted: ${problem.message}`;
}
