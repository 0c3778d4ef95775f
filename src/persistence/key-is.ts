/**
 * An equality that Postgres can use in one way only: to look this one key up. By a plain one it would also hash or merge
 * the tables, and does so where it takes them for small: with no statistics yet, or with a plan that was made on an
 * empty table and kept. A campaign's first batches then read all of it for every slice.
 *
 * @param key - of another row, and behind `MATERIALIZED`: a constant would be looked up without the rest of the key
 */
export const keyIs = (column: string, key: string): string => `${column} = ANY (ARRAY[${key}])`;
