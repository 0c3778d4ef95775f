import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const FOLDER = '.herald';
const LOCK = `${FOLDER}/bootstrap.lock`;

/** Runs the work while no other command of this clone installs or builds. */
export async function withLock(work) {
  mkdirSync(FOLDER, { recursive: true });
  for (let told = false; !take(); told = true) {
    if (!told) console.log(`Waiting for another command (pid ${holderIn(LOCK)?.pid}) that installs or builds`);
    await delay(200);
  }
  try {
    return await work();
  } finally {
    rmSync(LOCK, { force: true });
  }
}

/** A link fails when the name exists and shows the whole file at once. */
function take() {
  if (!isAnother(holderIn(LOCK))) removeStale();
  const draft = `${LOCK}.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid) }));
  try {
    return link(draft);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Between the look and the removal somebody may have taken it: what was moved aside is looked at once more. */
function removeStale() {
  const aside = `${LOCK}.${process.pid}.stale`;
  try {
    renameSync(LOCK, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  if (isAnother(holderIn(aside))) link(aside);
  rmSync(aside, { force: true });
}

/** @returns whether the lock was free */
function link(file) {
  try {
    linkSync(file, LOCK);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function holderIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Pids are used again, in a container at every start; pid and start together are not. */
function isAnother(holder) {
  if (holder?.startedAt === undefined || holder.pid === process.pid) return false;
  return startOf(holder.pid) === holder.startedAt;
}

/** When a process started, in a form that only serves to be compared; nothing when there is none. */
function startOf(pid) {
  try {
    return process.platform === 'linux' ? startOnLinux(pid) : startByPs(pid);
  } catch {
    return undefined;
  }
}

/** /proc/<pid>/stat is `pid (name) state …`; the name may hold blanks and brackets, so fields count from its end. */
function startOnLinux(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

const startByPs = (pid) => execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
