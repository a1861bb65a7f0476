import { describe, expect, it } from 'vitest';
import { fieldProblem, type JsonSchema, rangeText, type SettingField, sectionsOfSchema } from './json-schema';

const SCHEMA: JsonSchema = {
  $defs: {
    Queue: {
      description: 'What is asked next.',
      properties: {
        overlap: { type: 'integer', default: 1, minimum: 1, maximum: 20, description: 'Verdicts wanted.' },
        uniform_share: { type: 'number', default: 0.25, exclusiveMinimum: 0, maximum: 1 },
        kl_coef: { anyOf: [{ type: 'number', exclusiveMinimum: 0 }, { type: 'null' }], default: null },
        promote: { type: 'string', enum: ['automatic', 'manual'], default: 'automatic' },
        tie: { type: 'boolean', default: true },
      },
    },
  },
  properties: { queue: { $ref: '#/$defs/Queue' }, version: { type: 'integer' } },
};

function field(name: string): SettingField {
  const found = sectionsOfSchema(SCHEMA)[0]?.fields.find(({ path }) => path === `queue.${name}`);
  if (!found) throw new Error(`no field ${name}`);
  return found;
}

describe('sectionsOfSchema', () => {
  it('takes a title that somebody wrote, and knows tables and long texts', () => {
    const [section] = sectionsOfSchema({
      properties: {
        queue: {
          properties: {
            auto_every: { type: 'integer', title: 'Auto Every' },
            kl_coef: { type: 'number', title: 'KL penalty' },
            qualifications: { type: 'object', additionalProperties: { type: 'string' } },
            content_warning: { type: 'string', maxLength: 2000 },
            unsafe_flags: { type: 'array', items: { type: 'string' }, methods: ['bfpo'] },
          },
        },
      },
    });
    expect(section?.fields.map(({ label, kind }) => [label, kind])).toEqual([
      ['Auto every', 'integer'],
      ['KL penalty', 'number'],
      ['Qualifications', 'map'],
      ['Content warning', 'prose'],
      ['Unsafe flags', 'list'],
    ]);
    // A list that names no default is empty, as the server’s is.
    expect(section?.fields.at(-1)).toMatchObject({ standard: [], methods: ['bfpo'] });
  });

  it('follows references and keeps the order, the meaning and the default of each field', () => {
    const sections = sectionsOfSchema(SCHEMA);
    expect(sections.map(({ key, title, description }) => [key, title, description])).toEqual([
      ['queue', 'Queue', 'What is asked next.'],
    ]);
    expect(sections[0]?.fields.map(({ path, kind }) => [path, kind])).toEqual([
      ['queue.overlap', 'integer'],
      ['queue.uniform_share', 'number'],
      ['queue.kl_coef', 'number'],
      ['queue.promote', 'choice'],
      ['queue.tie', 'boolean'],
    ]);
    expect(field('overlap').standard).toBe(1);
    expect(field('promote').choices).toEqual(['automatic', 'manual']);
  });

  it('reads an optional number with its bounds', () => {
    expect(field('kl_coef')).toMatchObject({ nullable: true, exclusiveMinimum: 0, label: 'KL coef', standard: null });
  });

  it('says which definition is missing', () => {
    expect(() => sectionsOfSchema({ properties: { queue: { $ref: '#/$defs/Nothing' } } })).toThrow('#/$defs/Nothing');
  });
});

describe('rangeText', () => {
  it('tells inclusive from exclusive ends', () => {
    expect(rangeText(field('overlap'))).toBe('1 to 20');
    expect(rangeText(field('uniform_share'))).toBe('above 0, up to 1');
    expect(rangeText(field('kl_coef'))).toBe('above 0');
    expect(rangeText(field('tie'))).toBe('');
  });
});

describe('fieldProblem', () => {
  it('accepts values inside the range and refuses the others with the range', () => {
    expect(fieldProblem(field('overlap'), 20)).toBeNull();
    expect(fieldProblem(field('overlap'), 21)).toBe('Permitted: 1 to 20.');
    expect(fieldProblem(field('uniform_share'), 0)).toBe('Permitted: above 0, up to 1.');
    expect(fieldProblem(field('overlap'), 1.5)).toBe('A whole number is needed.');
  });

  it('lets only optional fields be empty', () => {
    expect(fieldProblem(field('kl_coef'), null)).toBeNull();
    expect(fieldProblem(field('overlap'), null)).toBe('A value is needed.');
  });
});
