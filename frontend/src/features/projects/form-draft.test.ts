import { describe, expect, it } from 'vitest';
import { PLAIN_FORM } from '../../testing/admin-examples';
import { draftOfForm, formOfDraft, formProblems, formProblemsFrom, keyFromLabel } from './form-draft';
import { FORM_PRESETS } from './form-presets';

const choice = (label: string) => ({ key: '', label, description: '', id: 9, isPublished: false });

describe('the keys of a form', () => {
  it('come from the label', () => {
    expect(['Off the topic', '  Ünclear!', '18+ only', '有害', 'x'.repeat(50)].map(keyFromLabel)).toEqual([
      'off_the_topic',
      'unclear',
      'only',
      'item',
      'x'.repeat(40),
    ]);
  });

  it('stay as they were published when the label changes', () => {
    const published = { ...PLAIN_FORM, flags: [{ key: 'hate', label: 'Hate', description: '' }] };
    const draft = draftOfForm(published, published);
    const renamed = { ...draft, flags: draft.flags.map((row) => ({ ...row, label: 'Hatred' })) };
    expect(formOfDraft(renamed).flags).toEqual([{ key: 'hate', label: 'Hatred', description: '' }]);
  });

  it('are never used twice', () => {
    const published = { ...PLAIN_FORM, flags: [{ key: 'hate', label: 'Anything', description: '' }] };
    const draft = draftOfForm(published, published);
    const more = { ...draft, flags: [choice('Hate'), ...draft.flags, choice('Hate')] };
    expect(formOfDraft(more).flags.map(({ key }) => key)).toEqual(['hate_2', 'hate', 'hate_3']);
  });
});

it('gives back every preset as it was', () => {
  for (const { form } of FORM_PRESETS) expect(formOfDraft(draftOfForm(form, PLAIN_FORM))).toEqual(form);
});

it('asks for labels before it asks the server', () => {
  const form = { ...PLAIN_FORM, reasons: [{ key: 'x', label: '', description: '', sign: 'good' as const }] };
  expect(formProblems(form)).toEqual({ 'reasons.0.label': 'A label is needed.' });
});

it('puts the server’s messages at the fields of the editor', () => {
  expect(formProblemsFrom({ 'form.aspects.0.label': ['Too long.'], form: ['Twice.'] })).toEqual({
    'aspects.0.label': 'Too long.',
    form: 'Twice.',
  });
});
