import { arch, cpus, loadavg, totalmem } from 'node:os';
import { TEMPORAL_CLI_VERSION } from '../src/cli/launcher/temporal-version';

/** What the figures were measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  /** Programs that wanted a core in the last minute: more than there are cores makes every figure in time a poor one. */
  readonly load: number;
  readonly node: string;
  readonly postgres: string;
  readonly temporal: string;
}

/** @param postgres - as the server names its own version */
export const describeMachine = (postgres: string): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? arch(),
  cores: cpus().length,
  memoryGib: Math.round(totalmem() / 2 ** 30),
  load: Math.round(loadavg()[0] ?? 0),
  node: process.version,
  postgres,
  temporal: `CLI ${TEMPORAL_CLI_VERSION}`,
});

/** @returns such as `2-cores-amd-epyc-7r13`, for the name of a file */
export const machineName = ({ cores, cpu }: Machine): string => {
  const model = cpu
    .replaceAll(/\((R|TM)\)|processor|cpu.*/gi, '')
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  return `${cores}-cores-${model.replaceAll(/^-|-$/g, '')}`;
};
