import { ApiExtension } from '@nestjs/swagger';
import type { ProblemCode } from '../errors/codes';
import { CALL_EXTENSIONS } from './openapi/documented-call';

/**
 * Names the codes with which this very call can refuse. What every call can answer (key, scope, id, body, fields, rate,
 * idempotency, 5xx) is added to the document without being named.
 */
export const ApiProblems = (...codes: ProblemCode[]): MethodDecorator => ApiExtension(CALL_EXTENSIONS.problems, codes);
