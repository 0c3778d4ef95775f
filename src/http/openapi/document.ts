import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { completeOperations } from './complete-operations';

const VERSION = '1.0.0';

const DESCRIPTION = [
  'Marketing messages on Messenger: sent once, inside the rules and the budget, and explained.',
  'Errors are `application/problem+json` with a stable `code`; a refusal by a rule carries `ruleId`, `facts` and,',
  'where time changes it, `allowedAt`. Lists take `limit` and `cursor`. Every POST takes an `Idempotency-Key`.',
].join(' ');

/** The OpenAPI 3.1 document of the running program: what its mode does not have stands not in it. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const head = new DocumentBuilder()
    .setOpenAPIVersion('3.1.1')
    .setTitle('Herald')
    .setDescription(DESCRIPTION)
    .setVersion(VERSION)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'API key of a workspace.' }, 'apiKey')
    .build();
  const document = SwaggerModule.createDocument(app, head, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}.${method}`,
  });
  return completeOperations(document);
}
