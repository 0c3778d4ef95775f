import type { DataSource } from 'typeorm';
import type { LauncherEnvironment } from '../../config/launcher-environment';
import { ApiClient } from '../api-client';
import { dataDirectoryAt } from '../launcher/data-directory';
import { readRuntime } from '../launcher/runtime-file';

/** What an operator's command speaks to: the environment's API and database, else those of the running stack. */
export class Connection {
  constructor(
    private readonly data: string,
    private readonly environment: LauncherEnvironment,
  ) {}

  api(): ApiClient {
    const { heraldApiUrl, heraldApiKey } = this.environment;
    return new ApiClient(heraldApiUrl ?? this.runtime().apiUrl, heraldApiKey ?? this.runtime().apiKey);
  }

  /** The tenant of the running stack. */
  workspaceId(): string {
    return this.runtime().workspaceId;
  }

  /** Does something as the database's owner, which no API key may. */
  async asOwner<T>(work: (dataSource: DataSource) => Promise<T>): Promise<T> {
    const url = this.environment.databaseUrl ?? this.runtime().databaseUrl;
    const { createDataSource } = await import('../../persistence/data-source.js');
    const dataSource = await createDataSource(url, { applicationName: 'herald-cli', size: 1 }).initialize();
    try {
      return await work(dataSource);
    } finally {
      await dataSource.destroy();
    }
  }

  private runtime(): ReturnType<typeof readRuntime> {
    return readRuntime(dataDirectoryAt(this.data));
  }
}
