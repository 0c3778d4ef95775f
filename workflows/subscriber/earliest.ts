/** The item whose moment comes first. @returns null where none has a moment */
export function earliest<T>(
  items: readonly T[],
  momentOf: (item: T) => number | null,
): { readonly item: T; readonly atMs: number } | null {
  return items.reduce<{ item: T; atMs: number } | null>((first, item) => {
    const atMs = momentOf(item);
    return atMs === null || (first !== null && first.atMs <= atMs) ? first : { item, atMs };
  }, null);
}
