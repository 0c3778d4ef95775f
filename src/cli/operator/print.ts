import Table from 'cli-table3';

/** A thing with named values, as the API shows it. */
export type Shown = Readonly<Record<string, unknown>>;

/** Prints a thing: one line for each value, or JSON. */
export function printOne(thing: Shown, asJson: boolean): void {
  if (asJson) {
    printJson(thing);
    return;
  }
  const width = Math.max(...Object.keys(thing).map((name) => name.length));
  for (const [name, value] of Object.entries(thing)) write(`${name.padEnd(width)}  ${inWords(value)}`);
}

/**
 * Prints a list: a table of the named columns, or JSON.
 * @param columns - names of the values shown
 */
export function printList(things: readonly Shown[], columns: readonly string[], asJson: boolean): void {
  if (asJson) {
    printJson(things);
    return;
  }
  if (things.length === 0) {
    write('None.');
    return;
  }
  const table = new Table({ head: [...columns], style: { head: [], border: [] } });
  table.push(...things.map((thing) => columns.map((column) => inWords(thing[column]))));
  write(table.toString());
}

/** Prints a sentence, or JSON that carries it. */
export function printSentence(sentence: string, details: Shown, asJson: boolean): void {
  if (asJson) printJson({ sentence, ...details });
  else write(sentence);
}

function printJson(value: unknown): void {
  write(JSON.stringify(value, null, 2));
}

function inWords(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (Array.isArray(value)) return value.map(inWords).join(', ') || '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
