import type { GraphFailure } from '../../domain/delivery/classify-failure';
import type { GraphError } from './graph-result';

/** Meta's refusal as the rules read it. */
export const graphFailure = ({ httpStatus, code, ...error }: GraphError): GraphFailure & { readonly code: number } => ({
  httpStatus,
  code,
  subcode: error.subcode ?? null,
  remainingSeconds: error.remainingSeconds ?? null,
  speaksOfMoney: error.speaksOfMoney,
  isTransient: error.isTransient,
});
