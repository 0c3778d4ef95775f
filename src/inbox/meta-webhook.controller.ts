import { Body, Controller, Get, Header, Headers, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiQuery, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../http/api-problems';
import { RouteOptions } from '../http/route-options';
import { MetaWebhookService } from './meta-webhook.service';

/** Meta sends up to 1,000 updates in a call. */
const BODY_LIMIT_BYTES = 4 * 1024 * 1024;

const MESSAGE_EXAMPLE = {
  object: 'page',
  entry: [
    {
      id: '1029384756',
      time: 1790000000123,
      messaging: [
        {
          sender: { id: '7351004321' },
          recipient: { id: '1029384756' },
          timestamp: 1790000000100,
          message: { mid: 'm_1', text: 'Hello' },
        },
      ],
    },
  ],
};

@ApiTags('Webhooks')
@Controller('webhooks/meta')
export class MetaWebhookController {
  constructor(private readonly webhooks: MetaWebhookService) {}

  /**
   * Answers Meta's verification of this address.
   * @remarks Meta calls it when the address is entered in the app; the verify token is the one of this installation.
   */
  @Get()
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiQuery({ name: 'hub.mode', required: false, schema: { type: 'string', example: 'subscribe' } })
  @ApiQuery({ name: 'hub.verify_token', required: false, schema: { type: 'string', example: 'verify-token' } })
  @ApiQuery({ name: 'hub.challenge', required: false, schema: { type: 'string', example: '1158201444' } })
  @ApiOkResponse({
    description: 'The challenge as it came.',
    content: { 'text/plain': { schema: { type: 'string' }, example: '1158201444' } },
  })
  @ApiProblems('WEBHOOK.VERIFY_TOKEN_INVALID')
  verify(@Query() query: Record<string, unknown>): string {
    return this.webhooks.verify(query['hub.verify_token'], query['hub.challenge']);
  }

  /**
   * Takes Meta's events in.
   * @remarks Signed with `X-Hub-Signature-256` over the bytes of the body. 200 means stored, with every opt-out applied; the rest is applied afterwards. The same event twice is taken once.
   */
  @Post()
  @HttpCode(200)
  @RouteOptions({ rawBody: true, bodyLimit: BODY_LIMIT_BYTES })
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiBody({
    schema: { type: 'object', additionalProperties: true },
    examples: { message: { summary: 'A person writes', value: MESSAGE_EXAMPLE } },
  })
  @ApiOkResponse({
    description: 'Stored.',
    content: { 'text/plain': { schema: { type: 'string' }, example: 'EVENT_RECEIVED' } },
  })
  @ApiProblems('AUTH.SIGNATURE_INVALID', 'BODY.UNREADABLE', 'BODY.TOO_LARGE')
  async receive(@Body() body: unknown, @Headers('x-hub-signature-256') signature: string | undefined): Promise<string> {
    await this.webhooks.receive(Buffer.isBuffer(body) ? body : Buffer.alloc(0), signature);
    return 'EVENT_RECEIVED';
  }
}
