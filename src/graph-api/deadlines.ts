/** A send is given up after this long and is unknown from then on, milliseconds. Source: contract §3. */
export const SEND_DEADLINE_MS = 10_000;

/** Reads and changes may take longer: nobody's slot hangs on them, milliseconds. */
export const CALL_DEADLINE_MS = 30_000;
