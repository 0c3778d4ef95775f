import type { GraphError } from './graph-result';
import { asNumber, asRecord, asText } from './tolerant-json';
import type { JsonRecord } from './tolerant-json';

/** Codes of the marketing message range; 1893047 joined it in March 2026 (meta-api §14.2). */
function isMarketingMessageCode(code: number): boolean {
  return (code >= 2_300_000 && code < 2_301_000) || code === 1_893_047;
}

const MONEY_WORDS = /budget|balance|spend/i;

/** Meta's error envelope without its texts, or nothing when the answer carries none (meta-api §2.5). */
export function readGraphError(answer: unknown, httpStatus: number): GraphError | undefined {
  const error = asRecord(asRecord(answer)?.['error']);
  const code = asNumber(error?.['code']);
  if (error === undefined || code === undefined) return undefined;
  const userTitle = asText(error['error_user_title']);
  const fbtraceId = asText(error['fbtrace_id']);
  const remainingSeconds = readRemainingSeconds(error);
  return {
    ...readCodes(code, asNumber(error['error_subcode'])),
    httpStatus,
    type: asText(error['type']) ?? '',
    isTransient: error['is_transient'] === true,
    speaksOfMoney: MONEY_WORDS.test(`${asText(error['message']) ?? ''} ${userTitle ?? ''}`),
    ...(remainingSeconds !== undefined && { remainingSeconds }),
    ...(userTitle !== undefined && { userTitle }),
    ...(fbtraceId !== undefined && { fbtraceId }),
  };
}

function readCodes(code: number, subcode: number | undefined): Pick<GraphError, 'code' | 'subcode'> {
  if (subcode === undefined || subcode === 0) return { code };
  if (isMarketingMessageCode(subcode) && !isMarketingMessageCode(code)) return { code: subcode };
  return { code, subcode };
}

function readRemainingSeconds(error: JsonRecord): number | undefined {
  const seconds = asNumber(readErrorData(error['error_data'])?.['remaining_seconds']);
  return seconds !== undefined && seconds >= 0 ? seconds : undefined;
}

function readErrorData(data: unknown): JsonRecord | undefined {
  if (typeof data !== 'string') return asRecord(data);
  try {
    return asRecord(JSON.parse(data));
  } catch {
    return undefined;
  }
}
