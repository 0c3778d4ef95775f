import { Catch, Injectable } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PinoLogger } from 'nestjs-pino';
import { describeError } from './describe-error';
import { isUuid } from '../security/uuid-v7';
import { problemOf } from './problem-of';

/** Answers every error as `application/problem+json`. */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: PinoLogger) {
    logger.setContext(ProblemFilter.name);
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = problemOf(error);
    if (problem.status >= 500) {
      this.logger.error(
        { requestId: request.id, route: request.routeOptions.url, error: describeError(error) },
        problem.code,
      );
    }
    void reply
      .status(problem.status)
      .headers({ ...problem.extras.headers })
      .type('application/problem+json')
      .send(problem.body(instanceOf(request)));
  }
}

/** The path without its query, which may name a person. */
export const pathOf = ({ url }: FastifyRequest): string => url.split('?', 1)[0] ?? '';

/**
 * How a refusal names the request: its path with our ids in it, absent where there is no such route. What else may stand
 * in the place of an id is somebody's PSID or e-mail address.
 */
export function instanceOf(request: FastifyRequest): string | undefined {
  const given = pathOf(request).split('/');
  return request.routeOptions.url
    ?.split('/')
    .map((part, index) => (part.startsWith(':') ? idOrName(given[index] ?? '', part.slice(1)) : part))
    .join('/');
}

const idOrName = (given: string, name: string): string => (isUuid(given) ? given : `{${name}}`);
