/** A position in a list as an opaque text. */
export function cursorOf(position: number): string {
  return Buffer.from(String(position)).toString('base64url');
}

/** The position a cursor stands for, undefined when it is none of ours. */
export function positionOf(cursor: string): number | undefined {
  const text = Buffer.from(cursor, 'base64url').toString();
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
