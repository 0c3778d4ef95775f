/** What a page of one of the simulator's lists holds at most. */
const PAGE_ROWS = 10_000;

interface ListPage<R> {
  readonly data: readonly R[];
  readonly nextCursor: string | null;
}

/**
 * Reads one of the simulator's lists, page by page, whole.
 *
 * @param simulatorUrl - where the simulator listens
 * @param list - for instance `sends`
 * @throws Error when the simulator does not answer with a list
 */
export async function* readList<R>(simulatorUrl: string, list: string): AsyncGenerator<readonly R[]> {
  for (let cursor: string | null = ''; cursor !== null;) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const response = await fetch(`${simulatorUrl}/__sim/${list}?limit=${PAGE_ROWS}${after}`);
    if (!response.ok) throw new Error(`GET /__sim/${list}: ${response.status}`);
    const page = (await response.json()) as ListPage<R>;
    yield page.data;
    cursor = page.nextCursor;
  }
}
