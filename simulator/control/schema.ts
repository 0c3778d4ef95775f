/** The part of JSON Schema the control API describes and checks its bodies with. */
export interface Schema {
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

export interface Flaw {
  readonly field: string;
  readonly reason: string;
}

type Values = Readonly<Record<string, unknown>>;

/** What is wrong with a value; empty when nothing is. Members an object does not know are wrong too. */
export function flawsOf(schema: Schema, value: unknown, field = ''): Flaw[] {
  if (!hasType(schema.type, value)) return [{ field, reason: `must be of type ${schema.type}` }];
  if (schema.type === 'object') return objectFlaws(schema, value as Values, field);
  if (schema.type === 'array') return arrayFlaws(schema, value as unknown[], field);
  const reason = scalarFlaw(schema, value);
  return reason === undefined ? [] : [{ field, reason }];
}

function objectFlaws({ properties = {}, required = [] }: Schema, value: Values, field: string): Flaw[] {
  const named = (name: string): string => (field === '' ? name : `${field}.${name}`);
  const missing = required.filter((name) => value[name] === undefined);
  return [
    ...missing.map((name) => ({ field: named(name), reason: 'is required' })),
    ...Object.entries(value).flatMap(([name, member]) => {
      const schema = properties[name];
      if (!schema) return [{ field: named(name), reason: 'is not known' }];
      return member === undefined ? [] : flawsOf(schema, member, named(name));
    }),
  ];
}

function arrayFlaws({ items }: Schema, value: readonly unknown[], field: string): Flaw[] {
  return items ? value.flatMap((item, index) => flawsOf(items, item, `${field}[${index}]`)) : [];
}

function scalarFlaw({ enum: choices, pattern, minimum, maximum }: Schema, value: unknown): string | undefined {
  if (choices && !choices.includes(value as string)) return `must be one of ${choices.join(', ')}`;
  if (pattern !== undefined && !new RegExp(pattern).test(value as string)) return `must match ${pattern}`;
  if (minimum !== undefined && (value as number) < minimum) return `must be at least ${minimum}`;
  if (maximum !== undefined && (value as number) > maximum) return `must be at most ${maximum}`;
  return undefined;
}

function hasType(type: Schema['type'], value: unknown): boolean {
  switch (type) {
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isSafeInteger(value);
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'string':
    case 'boolean':
      return typeof value === type;
  }
}
