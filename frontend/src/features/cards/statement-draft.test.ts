import { expect, it } from 'vitest';
import { exampleStatementCard } from '../../testing/card-examples';
import { changedFields, missingFields } from './statement-draft';

const card = exampleStatementCard();
const names = (fields: readonly { name: string }[]) => fields.map(({ name }) => name);

it('counts spaces as no word and asks for nothing that is not mandatory', () => {
  expect(names(missingFields(card.fields, { ...card.statement, pay: '  ' }))).toEqual(['pay']);
  expect(missingFields(card.fields, { ...card.statement, demographics: '' })).toEqual([]);
});

it('sees a change in words and none in spaces around them', () => {
  expect(names(changedFields(card, { ...card.statement, pay: `${card.statement.pay} ` }))).toEqual([]);
  expect(names(changedFields(card, { ...card.statement, pay: 'By the week.' }))).toEqual(['pay']);
});
