import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { openApiDocument } from './document';

/** `/openapi.json`, and readable at `/docs`: open to all, made when somebody first asks. */
export function publishOpenApi(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    raw: ['json'],
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'Herald API',
    swaggerOptions: { persistAuthorization: true, docExpansion: 'none' },
  });
}
