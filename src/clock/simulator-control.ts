import { request } from 'undici';

/** Meta's own host has no control API. */
const META_HOST = /(^|\.)(facebook|instagram)\.com$/;
const ANSWER_WITHIN_MS = 10_000;

/** The simulator's control API, at the address of the Graph API; where Graph calls go to Meta itself there is none. */
export class SimulatorControl {
  private isKnown: boolean | undefined;

  /** @param graphUrl - without a slash at its end */
  constructor(private readonly graphUrl: string) {
    if (META_HOST.test(new URL(graphUrl).hostname)) this.isKnown = false;
  }

  /** Whether there is a simulator at all. @throws Error when it does not answer */
  async isThere(): Promise<boolean> {
    this.isKnown ??= (await this.answer('GET', '')) !== null;
    return this.isKnown;
  }

  /**
   * Calls `/__sim` and what follows it.
   *
   * @returns null where there is no such address or no simulator
   */
  async call(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    return (await this.isThere()) ? this.answer(method, path, body) : null;
  }

  private async answer(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    const answer = await request(`${this.graphUrl}/__sim${path}`, {
      method,
      headersTimeout: ANSWER_WITHIN_MS,
      bodyTimeout: ANSWER_WITHIN_MS,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.body.text();
    if (answer.statusCode === 404) return null;
    if (answer.statusCode !== 200) throw new Error(`The simulator answers ${path} with ${answer.statusCode}.`);
    return JSON.parse(text) as unknown;
  }
}
