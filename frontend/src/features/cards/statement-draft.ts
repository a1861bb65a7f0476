/** What of a statement is missing or was changed. */

import type { CardField, CardStatement, StatementCard } from '../../lib/api-types';

export interface Said {
  statement: CardStatement;
  note: string;
  forProject: boolean;
}

function wordsOf(statement: CardStatement, name: string): string {
  return statement[name as keyof CardStatement].trim();
}

/** Mandatory fields without a word; spaces are none. */
export function missingFields(fields: readonly CardField[], statement: CardStatement): CardField[] {
  return fields.filter(({ name, mandatory }) => mandatory && wordsOf(statement, name) === '');
}

/** Fields that say something else than the published version. */
export function changedFields(card: StatementCard, statement: CardStatement): CardField[] {
  return card.fields.filter(({ name }) => wordsOf(statement, name) !== wordsOf(card.statement, name));
}
