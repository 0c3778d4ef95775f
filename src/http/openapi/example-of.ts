import type { OpenAPIObject, ReferenceObject, SchemaObject } from '@nestjs/swagger';

type Schema = SchemaObject | ReferenceObject | undefined;

/** Deep enough for any body of ours; stops a schema that contains itself. */
const MAX_DEPTH = 8;
const TEXTS: Readonly<Record<string, string>> = {
  'date-time': '2026-11-22T09:00:00.000Z',
  uri: 'https://shop.example/new-arrivals.png',
  uuid: '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d10',
};

/** Composes examples of whole bodies from the examples of their fields. */
export class Examples {
  constructor(private readonly document: OpenAPIObject) {}

  /** @returns an example, or undefined where the schema leaves everything open */
  of(schema: Schema, depth = 0): unknown {
    const resolved = this.resolve(schema);
    if (resolved === undefined || depth > MAX_DEPTH) return undefined;
    if ('example' in resolved) return resolved.example;
    const given: unknown = resolved.default ?? (resolved.enum?.[0] as unknown);
    if (given !== undefined) return given;
    const parts = resolved.allOf ?? [];
    if (parts.length > 0) return Object.assign({}, ...parts.map((part) => this.of(part, depth + 1)));
    const choice = [...(resolved.oneOf ?? []), ...(resolved.anyOf ?? [])][0];
    return choice === undefined ? this.byType(resolved, depth) : this.of(choice, depth + 1);
  }

  private byType(schema: SchemaObject, depth: number): unknown {
    const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
    switch (type) {
      case 'array':
        return [this.of(schema.items, depth + 1)].filter((entry) => entry !== undefined);
      case 'boolean':
        return true;
      case 'integer':
      case 'number':
        return schema.minimum ?? 1;
      case 'string':
        return TEXTS[schema.format ?? ''] ?? 'text';
      case undefined:
      default:
        return this.object(schema, depth);
    }
  }

  /** What must be there, and what says how it would look. */
  private object({ properties = {}, required = [] }: SchemaObject, depth: number): unknown {
    const shown = Object.entries(properties).filter(
      ([name, schema]) => required.includes(name) || this.resolve(schema)?.example !== undefined,
    );
    return Object.fromEntries(shown.map(([name, schema]) => [name, this.of(schema, depth + 1)]));
  }

  private resolve(schema: Schema): SchemaObject | undefined {
    if (schema === undefined || !('$ref' in schema)) return schema;
    return this.resolve(this.document.components?.schemas?.[schema.$ref.split('/').at(-1) ?? '']);
  }
}
