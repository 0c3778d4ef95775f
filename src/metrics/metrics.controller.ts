import { Controller, Get, Header, Req } from '@nestjs/common';
import { ApiProduces, ApiTags, ApiOkResponse } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ApiProblems } from '../http/api-problems';
import { RequestGate } from '../http/request-gate';
import { Metrics } from './metrics';

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

@ApiTags('Health')
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    private readonly gate: RequestGate,
  ) {}

  /** Prometheus metrics of this process; open on loopback, elsewhere any API key opens them. */
  @Get()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiProduces('text/plain')
  @ApiOkResponse({ type: String })
  @ApiProblems('AUTH.KEY_MISSING', 'AUTH.KEY_INVALID')
  async read(@Req() request: FastifyRequest): Promise<string> {
    if (!LOOPBACK.test(request.socket.remoteAddress ?? '')) await this.gate.authenticate(request);
    return this.metrics.text();
  }
}
