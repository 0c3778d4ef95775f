export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** The standard messaging window after something a person did. */
export const WINDOW_MS = 24 * HOUR_MS;

/** Rest between two paid messages to one token. */
export const COOL_DOWN_MS = 12 * HOUR_MS;

/** How long an opt-in request with one title stays the only one. */
export const SAME_TITLE_MS = 7 * DAY_MS;
