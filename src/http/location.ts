import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { tap } from 'rxjs';
import { pathOf } from '../errors/problem.filter';

/** Every 201 says where the new thing is: below the path it was posted to. A 202 does with `located` of its route. */
@Injectable()
export class LocationInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      tap((answer: unknown) => {
        const isLocated = reply.statusCode === 201 || request.routeOptions.config.located === true;
        const id = (answer as { readonly id?: unknown } | undefined)?.id;
        if (request.method === 'POST' && isLocated && typeof id === 'string') {
          void reply.header('location', `${pathOf(request)}/${id}`);
        }
      }),
    );
  }
}
