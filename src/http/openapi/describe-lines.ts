import type { OperationObject, RequestBodyObject } from '@nestjs/swagger';

const NDJSON = 'application/x-ndjson';

/** NDJSON is text to OpenAPI: its example is the list of the JSON form, an entry a line. */
export function describeLines({ requestBody }: OperationObject): void {
  const { content } = (requestBody ?? {}) as Partial<RequestBodyObject>;
  if (content?.[NDJSON] === undefined) return;
  const entries = Object.values((content['application/json']?.example ?? {}) as object).find(Array.isArray) ?? [];
  content[NDJSON] = {
    schema: { type: 'string', description: 'One entry of the list a line, each a JSON object.' },
    example: entries.map((entry) => JSON.stringify(entry)).join('\n'),
  };
}
