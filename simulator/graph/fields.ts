/** What `fields=a,b{c,d}` asks for: each name with what is asked of it. */
export type FieldTree = ReadonlyMap<string, FieldTree>;

/** Reads a field list; unbalanced braces are closed at the end. */
export function parseFields(text: string): FieldTree {
  const root = new Map<string, FieldTree>();
  const open: Map<string, FieldTree>[] = [root];
  let last: Map<string, FieldTree> | undefined;
  for (const [token] of text.matchAll(/[{},]|[^{},\s]+/g)) {
    if (token === '{') open.push(last ?? new Map<string, FieldTree>());
    else if (token === '}') open.pop();
    else if (token !== ',') {
      last = new Map<string, FieldTree>();
      open.at(-1)?.set(token, last);
    }
  }
  return root;
}

/** Leaves of an object only what was asked for; `id` is always among it. Asked names it does not have are left out. */
export function select(object: Readonly<Record<string, unknown>>, fields: FieldTree): Record<string, unknown> {
  const chosen: Record<string, unknown> = {};
  for (const [name, inner] of fields) {
    const value = object[name];
    if (value === undefined) continue;
    const isNested = inner.size > 0 && typeof value === 'object' && value !== null;
    chosen[name] = isNested ? select(value as Record<string, unknown>, inner) : value;
  }
  if (object['id'] !== undefined) chosen['id'] = object['id'];
  return chosen;
}
