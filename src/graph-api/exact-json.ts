const MAYBE_BIG_INTEGER = /[[:,\s]-?\d{16,}|^-?\d{16,}/;
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const INTEGER = /^-?\d{16,}$/;

/**
 * Parses JSON and keeps every digit: integers beyond 2^53 come out as strings. Meta's ids are such integers, and a
 * rounded id is another person's.
 *
 * @throws SyntaxError when the text is not JSON
 */
export function parseExactJson(text: string): unknown {
  const parsed: unknown = JSON.parse(text);
  return MAYBE_BIG_INTEGER.test(text) ? JSON.parse(text.replace(STRING_OR_NUMBER, quoteBigInteger)) : parsed;
}

function quoteBigInteger(token: string): string {
  return INTEGER.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token;
}
