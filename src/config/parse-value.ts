/** What is wrong with one value; the sentence goes on after the variable's name: "PORT must be …". */
export class InvalidValueError extends Error {}

/**
 * @returns the address unchanged
 * @throws InvalidValueError when it is no postgres:// address with a database
 */
export function postgresUrl(text: string): string {
  const url = parseUrl(text);
  const isPostgres = url?.protocol === 'postgres:' || url?.protocol === 'postgresql:';
  if (!isPostgres || url.pathname.length < 2) {
    throw new InvalidValueError('must be an address such as postgres://user:password@host:5432/database');
  }
  return text;
}

/**
 * @returns the address without a slash at its end
 * @throws InvalidValueError when it is neither http:// nor https://
 */
export function httpUrl(text: string): string {
  const url = parseUrl(text);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new InvalidValueError('must be an http:// or https:// address');
  }
  return text.replace(/\/+$/, '');
}

/** @throws InvalidValueError when it is not host:port */
export function hostAndPort(text: string): string {
  if (!/^[^\s:/]+:\d{1,5}$/.test(text)) throw new InvalidValueError('must be host:port, without a scheme');
  return text;
}

/** @returns a parser of whole numbers from `min` to `max` */
export function integerBetween(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidValueError(`must be a whole number from ${min} to ${max}`);
    }
    return value;
  };
}

/** @throws InvalidValueError when it is none of 1, true, 0, false */
export function flag(text: string): boolean {
  if (text === '1' || text === 'true') return true;
  if (text === '0' || text === 'false') return false;
  throw new InvalidValueError('must be 1 or 0');
}

/** @returns a parser that accepts exactly these words */
export function oneOf<const Word extends string>(...words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) throw new InvalidValueError(`must be one of ${words.join(', ')}`);
    return word;
  };
}

/** @returns the text unchanged */
export function anyText(text: string): string {
  return text;
}

/** @throws InvalidValueError when it is not like v25.0 */
export function graphVersion(text: string): string {
  if (!/^v\d+\.\d+$/.test(text)) throw new InvalidValueError('must look like v25.0');
  return text;
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
