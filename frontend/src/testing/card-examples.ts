import type { ModelCard, StatementCard } from '../lib/api-types';

const FIELDS = [
  ['purpose', 'Purpose', true],
  ['declared_values', 'Declared values', true],
  ['pay', 'Pay', true],
  ['demographics', 'Demographics', false],
] as const;

/** A statement with a word on everything that is mandatory. */
export function exampleStatementCard(changes: Partial<StatementCard> = {}): StatementCard {
  return {
    number: 2,
    created_by: 'ada',
    created_at: '2026-05-04T10:00:00Z',
    statement: {
      purpose: 'To rank replies to everyday requests.',
      declared_values: 'Kind before brief.',
      labelers: '',
      pay: 'By the hour.',
      languages: '',
      demographics: '',
      consent: '',
      known_failures: '',
      contact: '',
      appeal: '',
    },
    fields: FIELDS.map(([name, title, mandatory]) => ({ name, title, description: `About ${title}.`, mandatory })),
    missing: [],
    of_project: false,
    ...changes,
  };
}

export function exampleModelCard(changes: Partial<ModelCard> = {}): ModelCard {
  return {
    ...exampleStatementCard(),
    model_id: 50,
    model_number: 1,
    sections: [{ title: 'Data', facts: [{ label: 'Preferences', value: '44 from 2 people' }] }],
    ...changes,
  };
}
