const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A moment as an operator reads it. @param atMs - milliseconds since the Unix epoch @returns for example `23 Nov 09:00 UTC` */
export function shortTime(atMs: number): string {
  const iso = new Date(atMs).toISOString();
  const month = MONTHS[Number(iso.slice(5, 7)) - 1] ?? '';
  return `${Number(iso.slice(8, 10))} ${month} ${iso.slice(11, 16)} UTC`;
}
