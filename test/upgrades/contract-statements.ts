/** What a statement takes away from a program of the release before. */
const TAKES_AWAY: Readonly<Record<string, RegExp>> = {
  'it drops what older programs use': /\bDROP\s+(?:TABLE|COLUMN|VIEW|FUNCTION|TYPE|SEQUENCE|SCHEMA|POLICY|DEFAULT)\b/i,
  'it renames what older programs use': /\bRENAME\b/i,
  'it changes a type': /\bALTER\s+(?:COLUMN\s+)?\w+\s+(?:SET\s+DATA\s+)?TYPE\b/i,
  'it takes a permission away': /\bREVOKE\b/i,
  'it asks for a value that older programs do not write': /\bSET\s+NOT\s+NULL\b/i,
  'it forbids what older programs may write':
    /\bALTER\s+TABLE\b[^;]*\bADD\s+(?:CONSTRAINT\s+\w+\s+)?(?:CHECK|UNIQUE|FOREIGN)\b/i,
};

const ADDED_COLUMN = /\bADD\s+(?:COLUMN\s+)?(?:IF\s+NOT\s+EXISTS\s+)?(?!CONSTRAINT\b|CHECK\b|UNIQUE\b)\w+[^,;]*/gi;

/** @returns why a program of the release before may not survive the statement; null when it does */
export function whyContract(statement: string): string | null {
  const found = Object.entries(TAKES_AWAY).find(([, form]) => form.test(statement));
  if (found !== undefined) return found[0];
  const added = /\bALTER\s+TABLE\b/i.test(statement) ? (statement.match(ADDED_COLUMN) ?? []) : [];
  const isRequired = (column: string): boolean =>
    /\bNOT\s+NULL\b/i.test(column) && !/\b(?:DEFAULT|GENERATED)\b/i.test(column);
  return added.some(isRequired) ? 'it adds a column without a default that must have a value' : null;
}
