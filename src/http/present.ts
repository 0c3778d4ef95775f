type Absentable<T> = { [K in keyof T]-?: null extends T[K] ? K : undefined extends T[K] ? K : never }[keyof T];

/** The same fields, those that may be null or undefined as optional ones. */
export type Present<T> = Omit<T, Absentable<T>> & { [K in Absentable<T>]?: NonNullable<T[K]> };

/** Leaves out of an answer what has no value. */
export const present = <T extends object>(fields: T): Present<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined)) as Present<T>;

/** @returns ISO 8601 in UTC, or null for a moment that has not come */
export const isoOf = (moment: Date | null): string | null => moment?.toISOString() ?? null;
