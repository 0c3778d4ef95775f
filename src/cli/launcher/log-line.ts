/** Severity as pino counts it. */
export const LEVEL = { debug: 20, info: 30, warn: 40, error: 50, fatal: 60 } as const;

/** One line of a program's log. */
export interface LogLine {
  /** The line as it goes to the file: always JSON. */
  readonly json: string;
  /** Severity as pino counts it: 30 info, 40 warning, 50 error. */
  readonly level: number;
  readonly message: string;
}

const LEVEL_OF_WORD: Readonly<Record<string, number>> = {
  ...LEVEL,
  warning: LEVEL.warn,
  log: LEVEL.info,
  notice: LEVEL.info,
  hint: LEVEL.info,
  detail: LEVEL.info,
  statement: LEVEL.info,
  panic: LEVEL.fatal,
};

/**
 * Reads a line that a program wrote: JSON passes as it is, `WORD:  text` (Postgres) and plain text are wrapped.
 * @param part - who wrote it
 * @param nowMs - when
 */
export function readLogLine(part: string, text: string, nowMs: number): LogLine {
  const record = parseRecord(text);
  if (record) {
    return {
      json: text,
      level: levelOf(record['level']),
      message: textOf(record['msg']) ?? textOf(record['message']) ?? text,
    };
  }
  const [, word = '', rest = ''] = /^([A-Z]+):\s+(.*)$/.exec(text) ?? [];
  const known = LEVEL_OF_WORD[word.toLowerCase()];
  const level = known ?? LEVEL.info;
  const message = known === undefined ? text : rest;
  return { json: JSON.stringify({ level, time: nowMs, part, msg: message }), level, message };
}

function parseRecord(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function levelOf(value: unknown): number {
  if (typeof value === 'number') return value;
  return (typeof value === 'string' ? LEVEL_OF_WORD[value.toLowerCase()] : undefined) ?? LEVEL.info;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
