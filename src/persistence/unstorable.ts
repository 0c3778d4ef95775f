/** Postgres has no U+0000; half a surrogate pair is no text: it would leave as U+FFFD, and not be what was hashed. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
export const UNSTORABLE = /\u0000|\p{Surrogate}/u;
