/** Reads the JSON schema of project settings (sections of fields) into descriptions a form can render. */

/** Name → name, such as a prompt's tag → the group that may label it. */
export type SettingMap = Record<string, string>;
export type SettingScalar = string | number | boolean | null;
/** Keys without an order, such as flags of the question form. */
export type SettingList = readonly string[];
export type SettingValue = SettingScalar | SettingMap | SettingList;
export type SettingsDocument = Record<string, Record<string, SettingValue | undefined>>;

export interface JsonSchema {
  $defs?: Record<string, JsonSchema>;
  $ref?: string;
  anyOf?: JsonSchema[];
  allOf?: JsonSchema[];
  type?: string;
  title?: string;
  description?: string;
  enum?: SettingScalar[];
  const?: SettingScalar;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  maxLength?: number;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  /** The methods that read this setting; without it all of them do. */
  methods?: readonly string[];
}

/** `prose` is a text of several lines, `map` a table of names, `list` a list of names. */
export type SettingKind = 'boolean' | 'integer' | 'number' | 'choice' | 'text' | 'prose' | 'map' | 'list';

export interface SettingField {
  /** Dotted path in the document, such as `queue.overlap`. */
  path: string;
  label: string;
  help: string;
  kind: SettingKind;
  nullable: boolean;
  choices: SettingScalar[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  standard: SettingScalar | SettingList;
  /** The methods of the same section that read it; undefined where all do. */
  methods?: readonly string[];
}

export interface SettingSection {
  key: string;
  title: string;
  description: string;
  fields: SettingField[];
}

const SPELLINGS: Record<string, string> = {
  kl: 'KL',
  lora: 'LoRA',
  sft: 'Supervised fine-tuning',
  reinforce: 'REINFORCE',
  rloo: 'RLOO',
  grpo: 'GRPO',
  a2c: 'A2C',
  ppo: 'PPO',
  dpo: 'DPO',
  ipo: 'IPO',
  bfpo: 'BFPO',
  xpo: 'XPO',
  p: 'p',
  id: 'ID',
};

/** Texts that may be longer than this get several lines. */
const LINE_CHARACTERS = 400;

/** `kl_coef` → `KL coef`, `lease_seconds` → `Lease seconds`. */
export function labelFromKey(key: string): string {
  const words = key.split('_').map((word) => SPELLINGS[word] ?? word);
  const text = words.join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Sections of a schema in its own order; properties that are not objects of fields are left out. */
export function sectionsOfSchema(schema: JsonSchema): SettingSection[] {
  const sections: SettingSection[] = [];
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    const target = resolve(schema, property);
    if (!target.properties) continue;
    sections.push({
      key,
      title: labelFromKey(key),
      description: property.description ?? target.description ?? '',
      fields: Object.entries(target.properties).map(([name, field]) => fieldOf(schema, `${key}.${name}`, name, field)),
    });
  }
  return sections;
}

function resolve(root: JsonSchema, schema: JsonSchema): JsonSchema {
  const reference = schema.$ref ?? (schema.allOf?.length === 1 ? schema.allOf[0]?.$ref : undefined);
  if (!reference) return schema;
  const name = reference.replace('#/$defs/', '').replace('#/components/schemas/', '');
  const target = root.$defs?.[name];
  if (!target) throw new Error(`The settings schema names ${reference}, which it does not define.`);
  return target;
}

function fieldOf(root: JsonSchema, path: string, name: string, schema: JsonSchema): SettingField {
  const options = (schema.anyOf ?? [schema]).map((option) => resolve(root, option));
  const core = options.find((option) => option.type !== 'null') ?? schema;
  const choices = core.enum ?? (core.const === undefined ? [] : [core.const]);
  return {
    path,
    label: labelOf(name, schema.title),
    help: schema.description ?? core.description ?? '',
    kind: kindOf(core, choices),
    nullable: options.some((option) => option.type === 'null'),
    choices,
    minimum: core.minimum,
    maximum: core.maximum,
    exclusiveMinimum: core.exclusiveMinimum,
    exclusiveMaximum: core.exclusiveMaximum,
    standard: standardOf(core.type === 'array' ? (schema.default ?? []) : schema.default),
    methods: schema.methods,
  };
}

/** A title that somebody wrote; one that pydantic makes of the name (`Auto Every`) says no more than the name. */
function labelOf(name: string, title: string | undefined): string {
  const made = name.replaceAll('_', ' ').toLowerCase();
  return title && title.toLowerCase() !== made ? title : labelFromKey(name);
}

function kindOf(schema: JsonSchema, choices: SettingScalar[]): SettingKind {
  if (choices.length > 0) return 'choice';
  if (schema.type === 'boolean' || schema.type === 'integer' || schema.type === 'number') return schema.type;
  if (schema.type === 'object') return 'map';
  if (schema.type === 'array') return 'list';
  return (schema.maxLength ?? 0) > LINE_CHARACTERS ? 'prose' : 'text';
}

function standardOf(value: unknown): SettingScalar | SettingList {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

/** The permitted range in words, or an empty string. */
export function rangeText(field: SettingField): string {
  const low =
    field.exclusiveMinimum !== undefined
      ? `above ${bound(field.exclusiveMinimum)}`
      : field.minimum !== undefined
        ? bound(field.minimum)
        : '';
  const high =
    field.exclusiveMaximum !== undefined
      ? `below ${bound(field.exclusiveMaximum)}`
      : field.maximum !== undefined
        ? bound(field.maximum)
        : '';
  if (low && high) {
    return field.exclusiveMinimum !== undefined || field.exclusiveMaximum !== undefined
      ? `${low.startsWith('above') ? low : `from ${low}`}, ${high.startsWith('below') ? high : `up to ${high}`}`
      : `${low} to ${high}`;
  }
  if (low) return low.startsWith('above') ? low : `at least ${low}`;
  if (high) return high.startsWith('below') ? high : `at most ${high}`;
  return '';
}

function bound(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 6 });
}

const MAY_BE_EMPTY: ReadonlySet<SettingKind> = new Set(['text', 'prose', 'map', 'list']);

/** What is wrong with a value, in words, or null. The server checks again. */
export function fieldProblem(field: SettingField, value: SettingValue | undefined): string | null {
  if (value === null || value === undefined || value === '') {
    return field.nullable || MAY_BE_EMPTY.has(field.kind) ? null : 'A value is needed.';
  }
  if (field.kind !== 'integer' && field.kind !== 'number') return null;
  if (typeof value !== 'number' || Number.isNaN(value)) return 'A number is needed.';
  if (field.kind === 'integer' && !Number.isInteger(value)) return 'A whole number is needed.';
  const below = field.minimum !== undefined && value < field.minimum;
  const above = field.maximum !== undefined && value > field.maximum;
  const atLow = field.exclusiveMinimum !== undefined && value <= field.exclusiveMinimum;
  const atHigh = field.exclusiveMaximum !== undefined && value >= field.exclusiveMaximum;
  return below || above || atLow || atHigh ? `Permitted: ${rangeText(field)}.` : null;
}
