import { CommandError } from '../command-error';
import { waitUntil } from './wait-until';

/** A Meta app in the simulator. */
export interface SimulatedApp {
  readonly id: string;
  readonly secret: string;
  readonly verifyToken: string;
  readonly webhookUrl: string;
}

/** A Page in the simulator. */
export interface ControlledPage {
  readonly id: string;
  readonly pageToken: string;
  readonly adAccountId: string;
  readonly systemUserToken: string;
}

const FIRST_PAGE = { name: 'Lantern & Loom', country: 'US', currency: 'USD', timeZone: 'America/New_York' };

/** What the simulator is given at the first start: one app that knows our webhook, and one Page. */
export interface SimulatedMeta {
  readonly app: SimulatedApp;
  readonly page: ControlledPage;
}

/** The simulator's control API, as far as the launcher needs it. */
export class SimulatorControl {
  /**
   * @param baseUrl - of the simulator, without a slash at its end
   * @param patienceMs - how long a call is tried again while the simulator is being started again
   */
  constructor(
    private readonly baseUrl: string,
    private readonly patienceMs = 0,
  ) {}

  async isReady(): Promise<boolean> {
    return (await fetch(`${this.baseUrl}/__sim`)).ok;
  }

  /**
   * The app of the stack: Pages are subscribed to it, so where the API or its token has moved the app is told, and no
   * second one is made.
   * @returns the app that sends its webhooks to this address; made now if there is none
   */
  async appFor(webhookUrl: string, verifyToken: string): Promise<SimulatedApp> {
    const apps = await this.list<SimulatedApp>('apps');
    const app = apps.find((one) => one.webhookUrl === webhookUrl) ?? apps.find((one) => isOfSamePlace(one, webhookUrl));
    if (app?.webhookUrl === webhookUrl && app.verifyToken === verifyToken) return app;
    return this.call<SimulatedApp>('POST', 'apps', { ...(app && { id: app.id }), webhookUrl, verifyToken });
  }

  /** @returns the oldest Page; made now if there is none */
  async firstPage(): Promise<ControlledPage> {
    const [page] = await this.list<ControlledPage>('pages');
    return page ?? this.call<ControlledPage>('POST', 'pages', FIRST_PAGE);
  }

  /** Calls `${method} /__sim/${path}`. */
  async call<Answer>(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown): Promise<Answer> {
    const response = await this.send(path, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new CommandError(`The simulator refused ${method} /__sim/${path}: ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  private async send(path: string, request: RequestInit): Promise<Response> {
    let response: Response | undefined;
    let cause: unknown;
    await waitUntil(async () => {
      response = await fetch(`${this.baseUrl}/__sim/${path}`, request).catch((error: unknown) => {
        cause = error;
        return undefined;
      });
      return response !== undefined;
    }, this.patienceMs);
    if (response) return response;
    throw new CommandError(`The simulator at ${this.baseUrl} does not answer.`, { cause });
  }

  private async list<Item>(path: string): Promise<Item[]> {
    const { data } = await this.call<{ data: Item[] }>('GET', path);
    return data;
  }
}

/** Whether an app sends to the same path of the same machine, whatever the port. */
function isOfSamePlace({ webhookUrl }: SimulatedApp, address: string): boolean {
  if (!URL.canParse(webhookUrl)) return false;
  const [one, other] = [new URL(webhookUrl), new URL(address)];
  return one.hostname === other.hostname && one.pathname === other.pathname;
}
