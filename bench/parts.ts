import { readdirSync, readFileSync } from 'node:fs';
import type { PartName } from '../src/cli/launcher/part-name';
import type { Pids } from '../src/cli/launcher/runtime-file';

/** The programs whose work is measured. */
export const PARTS = ['worker', 'api', 'simulator', 'postgres', 'temporal'] as const satisfies readonly PartName[];

/** CPU time of every part, milliseconds. */
export type CpuTimes = Readonly<Record<PartName, number>>;

/** Linux counts process times in hundredths of a second, whatever the kernel's own tick is. */
const MS_PER_TICK = 10;

const KIB_PER_MIB = 1_024;

/** CPU time that every part used since it started; for Postgres that of all its processes, ended ones included. */
export const cpuTimes = (pids: Pids): CpuTimes => ofEveryPart(pids, (pid) => cpuMs(pid) + sum(childrenOf(pid), cpuMs));

/** Most memory that every part held at one time, MiB; Postgres' processes share most of theirs, so its is a proportional sum. */
export const peakMemory = (pids: Pids): Readonly<Record<PartName, number>> =>
  ofEveryPart(pids, (pid, part) =>
    Math.round((part === 'postgres' ? sum([pid, ...childrenOf(pid)], proportionalKib) : peakKib(pid)) / KIB_PER_MIB),
  );

/** @returns what the parts did between two readings */
export const cpuBetween = (before: CpuTimes, after: CpuTimes): CpuTimes =>
  Object.fromEntries(PARTS.map((part) => [part, after[part] - before[part]])) as unknown as CpuTimes;

function ofEveryPart(pids: Pids, read: (pid: number, part: PartName) => number): Readonly<Record<PartName, number>> {
  const figures = PARTS.map((part) => {
    const pid = pids[part];
    if (pid === undefined) throw new Error(`The stack runs no ${part} of its own.`);
    return [part, read(pid, part)];
  });
  return Object.fromEntries(figures) as Record<PartName, number>;
}

/** utime, stime and those of children waited for: fields 14 to 17 of proc(5)'s `stat`. */
function cpuMs(pid: number): number {
  const ticks = statOf(pid).slice(11, 15);
  return sum(ticks, Number) * MS_PER_TICK;
}

/** The fields behind the program's name, which may hold spaces. */
function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function childrenOf(pid: number): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.map(Number).filter((other) => parentOf(other) === pid);
}

/** @returns undefined for a process that ended meanwhile */
function parentOf(pid: number): number | undefined {
  try {
    return Number(statOf(pid)[1]);
  } catch {
    return undefined;
  }
}

const peakKib = (pid: number): number => kibOf(readFileSync(`/proc/${pid}/status`, 'utf8'), 'VmHWM');

/** Nothing of a process that ended meanwhile, such as a connection of Postgres. */
function proportionalKib(pid: number): number {
  try {
    return kibOf(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'), 'Pss');
  } catch {
    return 0;
  }
}

const kibOf = (text: string, name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]);

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);
