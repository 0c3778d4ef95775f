import { Catch, Injectable } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PinoLogger } from 'nestjs-pino';
import { describeError } from './describe-error';
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
      .send(problem.body(pathOf(request)));
  }
}

/** The path without its query, which may name a person. */
export const pathOf = ({ url }: FastifyRequest): string => url.split('?', 1)[0] ?? '';
