import { describe, expect, it } from '@jest/globals';
import { LEVEL, readLogLine } from '../../src/cli/launcher/log-line';

const NOW_MS = 1_763_769_600_000;

describe('A line of a log', () => {
  it('passes as it is when it is JSON', () => {
    const text = '{"level":40,"msg":"slow"}';
    expect(readLogLine('api', text, NOW_MS)).toEqual({ json: text, level: LEVEL.warn, message: 'slow' });
  });

  it('may name its level by a word', () => {
    expect(readLogLine('temporal', '{"level":"error","msg":"lost"}', NOW_MS).level).toBe(LEVEL.error);
  });

  it('is wrapped when Postgres wrote it', () => {
    const line = readLogLine('postgres', 'FATAL:  sorry, too many clients already', NOW_MS);
    expect(line).toMatchObject({ level: LEVEL.fatal, message: 'sorry, too many clients already' });
    expect(JSON.parse(line.json)).toEqual({
      level: LEVEL.fatal,
      time: NOW_MS,
      part: 'postgres',
      msg: 'sorry, too many clients already',
    });
  });

  it('is wrapped when it is plain text, or JSON that is cut off', () => {
    expect(readLogLine('worker', 'Hello', NOW_MS)).toMatchObject({ level: LEVEL.info, message: 'Hello' });
    expect(readLogLine('worker', '{"level":', NOW_MS).message).toBe('{"level":');
  });
});
