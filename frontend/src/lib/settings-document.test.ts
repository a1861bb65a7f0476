import { expect, it } from 'vitest';
import type { SettingSection } from './json-schema';
import { isEqual, problemsByPath, settingChanges, settingText, withSetting } from './settings-document';

const SECTIONS: SettingSection[] = [
  {
    key: 'queue',
    title: 'Queue',
    description: '',
    fields: [
      { path: 'queue.overlap', label: 'Overlap', help: '', kind: 'integer', nullable: false, choices: [], standard: 1 },
      { path: 'queue.panel', label: 'Panel', help: '', kind: 'integer', nullable: false, choices: [], standard: 2 },
    ],
  },
];

it('replaces one value and leaves the document it was given alone', () => {
  const document = { queue: { overlap: 1, panel: 2 } };
  expect(withSetting(document, 'queue.overlap', 3)).toEqual({ queue: { overlap: 3, panel: 2 } });
  expect(document.queue.overlap).toBe(1);
});

it('lists what changed with both values', () => {
  const before = { queue: { overlap: 1, panel: 2 } };
  expect(settingChanges(SECTIONS, before, withSetting(before, 'queue.panel', 5))).toEqual([
    { path: 'queue.panel', label: 'Queue: Panel', kind: 'integer', before: 2, after: 5 },
  ]);
});

it('puts the server’s messages at the fields they name', () => {
  expect(problemsByPath({ 'settings.queue.overlap': ['Too high.', 'At most 20.'], name: ['Needed.'] })).toEqual({
    'queue.overlap': 'Too high. At most 20.',
    name: 'Needed.',
  });
});

it('says values as a reader would', () => {
  expect([true, false, null, 0, [], ['hate', 'harm']].map(settingText)).toEqual([
    'on',
    'off',
    'none',
    '0',
    'none',
    'hate, harm',
  ]);
});

it('compares lists by what they hold, and no list with a table', () => {
  expect(isEqual(['hate'], ['hate'])).toBe(true);
  expect(isEqual(['hate'], ['harm'])).toBe(false);
  expect(isEqual(['hate'], { 0: 'hate' })).toBe(false);
});
