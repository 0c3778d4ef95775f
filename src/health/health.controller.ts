import { Controller, Get, Res } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { LivenessDto, ReadinessDto } from './dto/health.dto';
import { ReadinessService } from './readiness.service';

@ApiTags('Health')
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: ReadinessService) {}

  /** Says that the process runs. */
  @Get('live')
  live(): LivenessDto {
    return { status: 'live' };
  }

  /**
   * Says whether requests can be served.
   * @remarks Postgres and migrations decide; Temporal is shown and does not: webhooks and requests are taken without it.
   */
  @Get('ready')
  @ApiResponse({ status: 503, type: ReadinessDto, description: 'Not ready.' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessDto> {
    const readiness = await this.readiness.check();
    if (readiness.status !== 'ready') void reply.status(503);
    return readiness;
  }
}
