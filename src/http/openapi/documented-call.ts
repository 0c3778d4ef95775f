import type { OperationObject } from '@nestjs/swagger';
import type { ProblemCode } from '../../errors/codes';
import type { Scope } from '../../workspaces/workspace-admin';

/** Where decorators leave what the document says of a call; it is taken out when the document is finished. */
export const CALL_EXTENSIONS = { problems: 'x-herald-problems', scopes: 'x-herald-scopes' } as const;

/** One call of the document, with what decides which errors it can answer. */
export interface DocumentedCall {
  readonly operation: OperationObject;
  readonly path: string;
  /** Codes of its own. */
  readonly problems: readonly ProblemCode[];
  /** Scopes that its key needs; none where no key is asked for. */
  readonly scopes: readonly Scope[];
  /** Whether it takes an `Idempotency-Key`. */
  readonly isIdempotent: boolean;
  /** Whether it is a GET: of the others a body is read whether they need one or not. */
  readonly isRead: boolean;
}

/** Reads a call and takes the extensions out of it. */
export function documentedCall(operation: OperationObject, method: string, path: string): DocumentedCall {
  return {
    operation,
    path,
    problems: taken(operation, CALL_EXTENSIONS.problems) as ProblemCode[],
    scopes: taken(operation, CALL_EXTENSIONS.scopes) as Scope[],
    isIdempotent: method === 'post' && path.startsWith('/v1/'),
    isRead: method === 'get',
  };
}

function taken(operation: OperationObject, extension: string): readonly unknown[] {
  const value: unknown = Reflect.get(operation, extension);
  Reflect.deleteProperty(operation, extension);
  return Array.isArray(value) ? value : [];
}
