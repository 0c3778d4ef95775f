import { OPT_OUT_WORDS } from '../rules/consent-rules';

/**
 * Whether a message is a request to stop: the whole message is one of the words, in any case. Source: R-12.
 *
 * "stop" stops; "please don't stop" does not.
 *
 * @param text - the message as it was written
 * @param ownWords - the Page's own words beside STOP and UNSUBSCRIBE
 */
export function isOptOutText(text: string, ownWords: readonly string[]): boolean {
  const said = normalised(text);
  return said !== '' && [...OPT_OUT_WORDS, ...ownWords].some((word) => normalised(word) === said);
}

function normalised(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase();
}
