import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { whenNpmEnds } from './starter.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program in this terminal, hands signals on to it, and waits for its end.
 * With `tied` it also learns, by a closed channel, when this process is killed.
 * @returns its exit code
 */
export function run(command, args, { tied = false, env = process.env } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, stdio: ['inherit', 'inherit', 'inherit', ...(tied ? ['ipc'] : [])] });
    const handOn = (signal) => child.kill(signal);
    for (const signal of SIGNALS) process.on(signal, handOn);
    const stopWatching = whenNpmEnds(() => child.kill('SIGTERM'));
    const finish = (code) => {
      stopWatching();
      for (const signal of SIGNALS) process.off(signal, handOn);
      resolve(code);
    };
    child.once('error', (error) => {
      console.error(`${command} cannot be run: ${error.message}`);
      finish(127);
    });
    child.once('exit', (code, signal) => finish(code ?? 128 + constants.signals[signal]));
  });
}

/** Runs npm, the one that started us if there is one. */
export function runNpm(args) {
  const npm = process.env.npm_execpath;
  return npm?.endsWith('.js') ? run(process.execPath, [npm, ...args]) : run('npm', args);
}
