/**
 * What kind of failure Meta's code is.
 *
 * A: the campaign waits. B: the person waits. C: the token ends, or nobody is there. D: region. E: the campaign ends or
 * pauses. F: budget. G: the ad account's money. H: pacing. I: content. J: consent, terms, permission. K: call rate.
 * L: passing. M: blocked by policy.
 */
export type ErrorClass = 'A' | 'B' | 'C' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K' | 'L' | 'M';

/** Direct send: 2300000 plus the number. Edition of 24 April 2026. */
const DIRECT_SEND: Readonly<Record<ErrorClass, string>> = {
  A: '3 12 28 33 41',
  B: '35 36 42 43 44 52',
  C: '4 34 37',
  D: '30 31 32',
  E: '0 1 2 5 6 7 9 14 16 20 64 65 70',
  F: '15 53 54',
  G: '11 17 56 57 58 59 60 63',
  H: '55 61 62 68',
  I: '10 18 21 22 23 24 25 26 27 38 46 47 48 71 72 73 74 75 76 77',
  J: '13 19 39 40 66 67 69',
  K: '78 79 80',
  L: '8',
  M: '',
};

/** Messenger's Send API and the Graph API, edition of 25 June 2026, by `code` or `code/subcode`; the pair is looked up first. */
const OTHER_CODES: Readonly<Record<ErrorClass, string>> = {
  A: '',
  B: '1893047 10/2018278 10/2534022 10/2018065 10/2018108 200/1545041 551 4/2018354 100/2534037 2018300',
  C: '10/1893015 100/2018001 2018218 2018247 2018321 9000001',
  D: '',
  E: '100/33 803',
  F: '',
  G: '',
  H: '',
  I: '100 2534068',
  J: '3 10 102 190 200 230 294 2500 36103 2/2018344',
  K: '4 17 32 341 613 80000 80001 80002 80003 80004 80005 80006 80008 80009 80014',
  L: '1 2',
  M: '368 2022 10/1893063 10/1404170 100/2534029',
};

const DIRECT_SEND_FIRST = 2_300_000;
const DIRECT_SEND_LAST = 2_300_080;
/** An older numbering moved the codes of budget and pacing up by this much. */
const RENUMBERED_BY = 16;
const RENUMBERED_FROM = 2_300_069;
const RENUMBERED_TO = 2_300_079;

const CLASS_OF_CODE: ReadonlyMap<string, ErrorClass> = new Map([
  ...entries(DIRECT_SEND, (number) => String(DIRECT_SEND_FIRST + Number(number))),
  ...entries(OTHER_CODES, (code) => code),
]);

function entries(
  table: Readonly<Record<ErrorClass, string>>,
  nameOf: (text: string) => string,
): [string, ErrorClass][] {
  return (Object.entries(table) as [ErrorClass, string][]).flatMap(([errorClass, codes]) =>
    codes
      .split(' ')
      .filter((text) => text !== '')
      .map((text): [string, ErrorClass] => [nameOf(text), errorClass]),
  );
}

/**
 * Whether a code belongs to direct send.
 *
 * @param code - Meta's code or subcode
 */
export function isDirectSendCode(code: number | null): code is number {
  return code !== null && code >= DIRECT_SEND_FIRST && code <= DIRECT_SEND_LAST;
}

/**
 * The code as the newer table numbers it.
 *
 * @param code - Meta's code
 * @param speaksOfMoney - the answer names remaining seconds, a budget, a balance or spending
 * @returns 2300053–63 for 2300069–79 that speak of money, else the code itself
 */
export function codeOfNewerTable(code: number, speaksOfMoney: boolean): number {
  const isRenumbered = speaksOfMoney && code >= RENUMBERED_FROM && code <= RENUMBERED_TO;
  return isRenumbered ? code - RENUMBERED_BY : code;
}

/**
 * The class of a code.
 *
 * @param code - Meta's code, in the newer numbering
 * @param subcode - Meta's subcode, null when there is none
 * @returns the class, or null for a code nobody knows; an unknown subcode leaves the code alone to decide
 */
export function classOfCode(code: number, subcode: number | null): ErrorClass | null {
  const ofPair = subcode === null ? undefined : CLASS_OF_CODE.get(`${code}/${subcode}`);
  return ofPair ?? CLASS_OF_CODE.get(String(code)) ?? (code > 200 && code < 300 ? 'J' : null);
}
