import { describe, expect, it } from '@jest/globals';
import fastify from 'fastify';
import { PinoLogger } from 'nestjs-pino';
import { pino } from 'pino';
import type { LoggerOptions } from 'pino';
import { QueryFailedError } from 'typeorm';
import { loadConfig } from '../../src/config/env';
import { describeError } from '../../src/errors/describe-error';
import { loggerOptions } from '../../src/http/logging';
import { logRequests } from '../../src/http/request-log';

const options = loggerOptions(loadConfig({ DATABASE_URL: 'postgres://a:b@localhost/c' })).pinoHttp as LoggerOptions;

/** Collects what a logger with the API's options would write. */
function collecting(): { readonly lines: string[]; readonly logger: pino.Logger } {
  const lines: string[] = [];
  const logger = pino(
    { level: 'debug', ...(options.redact && { redact: options.redact }) },
    {
      write: (line: string) => void lines.push(line),
    },
  );
  return { lines, logger };
}

describe('The log', () => {
  it('has one line a request with route, status and time, and nothing of what it carried', async () => {
    const { lines, logger } = collecting();
    (PinoLogger as { root: pino.Logger }).root = logger;
    const app = fastify();
    logRequests(app);
    app.post('/v1/subscribers/:id', () => ({ email: 'ada@example.com' }));
    await app.inject({
      method: 'POST',
      url: '/v1/subscribers/ada@example.com?psid=7351004321',
      headers: { authorization: 'Bearer hrld_secret' },
      payload: { phone: '+39 02 1234567' },
    });
    await app.close();
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 30,
      method: 'POST',
      route: '/v1/subscribers/:id',
      status: 200,
      ms: expect.any(Number),
      requestId: expect.any(String),
    });
    for (const secret of ['ada@', '7351004321', 'hrld_secret', '1234567']) expect(lines[0]).not.toContain(secret);
  });

  it('blackens what a careless line names', () => {
    const { lines, logger } = collecting();
    logger.info({ psid: 'P1', page: { pageToken: 'T1' }, request: { headers: { authorization: 'A1' } } }, 'careless');
    expect(lines[0]).toContain('[redacted]');
    for (const secret of ['P1', 'T1', 'A1']) expect(lines[0]).not.toContain(secret);
  });

  it('describes an error by name, code and place, without the values it stumbled over', () => {
    const cause = Object.assign(new Error('duplicate key (psid)=(7351004321)'), { code: '23505' });
    const described = describeError(new QueryFailedError('INSERT', ['7351004321'], cause));
    expect(described).toMatchObject({ name: 'QueryFailedError', code: '23505' });
    expect(described.frames[0]).toMatch(/^at /);
    expect(JSON.stringify(described)).not.toContain('7351004321');
    expect(describeError('text')).toEqual({ name: 'string', frames: [] });
  });
});
