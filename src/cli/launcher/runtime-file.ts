import { rmSync } from 'node:fs';
import { roleUrl } from '../../persistence/role-urls';
import { CommandError } from '../command-error';
import type { StackFacts } from './child-environment';
import type { DataDirectory } from './data-directory';
import type { CompleteSecrets } from './first-start';
import type { PartName } from './part-name';
import { readJson, writePrivateJson } from './private-file';
import type { ControlledPage, SimulatedApp } from './simulator-control';

type Facts = Omit<StackFacts, 'secrets'> & { readonly secrets: CompleteSecrets };

/** The Page that the simulator made at the first start, and how Meta's side of it is named. */
interface SimulatedPage {
  readonly appId: string;
  readonly pageId: string;
  readonly pageToken: string;
  readonly adAccountId: string;
  readonly systemUserToken: string;
}

/** What `runtime.json` says about a running stack; parts that run elsewhere have no pid here. */
export interface Runtime {
  readonly startedAt: string;
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly workspaceId: string;
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
  readonly temporalUiUrl?: string;
  readonly temporalMetricsUrl?: string;
  readonly simulatorUrl?: string;
  readonly simulator?: SimulatedPage;
  readonly metaAppId?: string;
  readonly metaAppSecret?: string;
  readonly metaVerifyToken: string;
  readonly databaseUrl: string;
  readonly apiDatabaseUrl: string;
  readonly pids: Pids;
}

/** The launcher's process and those of the parts that it runs. */
export type Pids = { readonly launcher: number } & Readonly<Partial<Record<PartName, number>>>;

/** @returns what is to be said of a stack, but for its processes */
export function describeRuntime(
  startedAt: string,
  { environment, addresses, secrets, app }: Facts,
  page: ControlledPage | undefined,
): Omit<Runtime, 'pids'> {
  const { graphApiUrl: _, ...shown } = addresses;
  return {
    startedAt,
    ...shown,
    apiKey: secrets.apiKey,
    workspaceId: secrets.workspaceId,
    metaVerifyToken: secrets.verifyToken,
    apiDatabaseUrl: environment.apiDatabaseUrl ?? roleUrl(addresses.databaseUrl, 'herald_api'),
    ...(app && { metaAppId: app.id, metaAppSecret: app.secret }),
    ...(app && page && { simulator: simulatedPage(app, page) }),
  };
}

function simulatedPage(app: SimulatedApp, page: ControlledPage): SimulatedPage {
  const { id: pageId, pageToken, adAccountId, systemUserToken } = page;
  return { appId: app.id, pageId, pageToken, adAccountId, systemUserToken };
}

export function writeRuntime(directory: DataDirectory, runtime: Runtime): void {
  writePrivateJson(directory.runtimeFile, runtime);
}

export function removeRuntime(directory: DataDirectory): void {
  rmSync(directory.runtimeFile, { force: true });
}

/** @throws CommandError when no stack runs on the directory */
export function readRuntime(directory: DataDirectory): Runtime {
  const runtime = readJson(directory.runtimeFile) as Runtime | undefined;
  if (runtime) return runtime;
  throw new CommandError(
    `Nothing runs on ${directory.root}: start it with \`npm run up\`, or name its directory with \`--data DIR\`.`,
  );
}
