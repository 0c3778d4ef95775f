import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const FOLDER = '.herald';
const LOCK = `${FOLDER}/bootstrap.lock`;

/** Runs the work while no other command of this clone installs or builds. */
export async function withLock(work) {
  mkdirSync(FOLDER, { recursive: true });
  for (let told = false; !take(); told = true) {
    if (!told) console.log(`Waiting for another command (pid ${holder()}) that installs or builds`);
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
  if (!isAlive(holder())) rmSync(LOCK, { force: true });
  const draft = `${LOCK}.${process.pid}`;
  writeFileSync(draft, String(process.pid));
  try {
    linkSync(draft, LOCK);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function holder() {
  try {
    return Number(readFileSync(LOCK, 'utf8'));
  } catch {
    return 0;
  }
}

function isAlive(pid) {
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
