import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

/** The bootstrap is a set of ES modules without a build; Node itself runs it. */
function faultOf(version: string): string {
  const path = resolve('scripts/bootstrap/node-version.mjs');
  const script = `import { checkNodeVersion } from ${JSON.stringify(path)}; process.stdout.write(checkNodeVersion('${version}') ?? '');`;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
}

describe('The bootstrap', () => {
  it('names the version that is needed and the remedy on a Node that is too old', () => {
    expect(faultOf('18.20.4')).toMatch(/^Herald needs Node 20\.19 or newer and this is 18\.20\.4: install/);
    expect(faultOf('20.18.3')).not.toBe('');
  });

  it('accepts the oldest Node that will do, and newer ones', () => {
    expect(faultOf('20.19.0')).toBe('');
    expect(faultOf('24.1.0')).toBe('');
  });
});
