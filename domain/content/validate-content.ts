import type { ContentLimits } from './content-limits';
import { CONTENT_LIMITS } from './content-limits';
import type { ContentProblem } from './content-problem';
import { checkText, checkUrl, checkWord, problem } from './content-problem';
import { isObject } from './json';
import type { JsonObject } from './json';
import { checkQuickReplies } from './validate-buttons';
import { checkTemplate } from './validate-template';

const KEYS = ['text', 'attachment', 'quick_replies', 'metadata'];
const MEDIA = ['image', 'video', 'audio', 'file'];
const METADATA_LIMIT = 1_000;

/**
 * Checks Meta's message object as the lane takes it: what Meta would refuse at the send is said when it is written.
 *
 * @param message - the content as it came
 * @param lane - `paid` takes less than the window
 * @returns every problem with its field; empty when the content can be sent
 */
export function validateContent(message: unknown, lane: 'paid' | 'window'): ContentProblem[] {
  if (!isObject(message)) return problem('', 'must be a message object');
  const limits = CONTENT_LIMITS[lane];
  const unknownKeys = Object.keys(message).filter((key) => !KEYS.includes(key));
  return [
    ...unknownKeys.flatMap((key) => problem(key, 'is not part of a message here')),
    ...checkBody(message, limits, lane),
    ...checkQuickReplies(message, limits),
    ...checkText(message, 'metadata', '', { max: METADATA_LIMIT, isOptional: true }),
  ];
}

function checkBody(message: JsonObject, limits: ContentLimits, lane: 'paid' | 'window'): ContentProblem[] {
  const { text, attachment } = message as { text?: unknown; attachment?: unknown };
  if (text !== undefined && attachment !== undefined) return problem('attachment', 'must not stand beside text');
  if (attachment === undefined) return checkText(message, 'text', '', { max: limits.text });
  if (!isObject(attachment)) return problem('attachment', 'must be an object');
  return checkAttachment(attachment, limits, lane);
}

function checkAttachment(attachment: JsonObject, limits: ContentLimits, lane: 'paid' | 'window'): ContentProblem[] {
  const { payload } = attachment as { payload?: unknown };
  const types = lane === 'paid' ? ['template'] : ['template', ...MEDIA];
  const wrongType = checkWord(attachment, 'type', 'attachment', types);
  if (wrongType.length > 0) return wrongType;
  if (!isObject(payload)) return problem('attachment.payload', 'must be an object');
  if (attachment['type'] === 'template') return checkTemplate(payload, 'attachment.payload', limits);
  const key = 'attachment_id' in payload ? 'attachment_id' : 'url';
  return key === 'url' ? checkUrl(payload, key, 'attachment.payload') : checkText(payload, key, 'attachment.payload');
}
