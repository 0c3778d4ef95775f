import { randomUUID } from 'node:crypto';

/** A new message id of a thread. */
export function newMid(): string {
  return `m_${randomUUID().replaceAll('-', '')}`;
}
