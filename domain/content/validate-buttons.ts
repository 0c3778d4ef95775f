import type { ContentLimits } from './content-limits';
import type { ContentProblem } from './content-problem';
import { at, checkList, checkText, checkUrl, checkWord, problem } from './content-problem';
import type { JsonObject } from './json';

const BUTTON_TYPES = ['web_url', 'postback', 'app'];
const REPLY_TYPES = ['text', 'user_phone_number', 'user_email'];
const META_PLACEHOLDER = /\{\{\s*(first_name|last_name|full_name)\s*\}\}/;

/**
 * Checks the buttons of a card or template.
 *
 * @param object - where `buttons` stands
 * @param path - the path of `object`
 * @param limits - the lane's limits
 * @param isOptional - whether there may be none
 */
export function checkButtons(
  object: JsonObject,
  path: string,
  limits: ContentLimits,
  isOptional: boolean,
): ContentProblem[] {
  const rule = { min: 1, max: limits.buttons, isOptional };
  return checkList(object, 'buttons', path, rule, (button, buttonPath) => [
    ...checkWord(button, 'type', buttonPath, BUTTON_TYPES),
    ...checkText(button, 'title', buttonPath, { max: limits.buttonTitle }),
    ...checkPlaceholder(button, buttonPath),
    ...checkTarget(button, buttonPath, limits),
  ]);
}

function checkPlaceholder(button: JsonObject, path: string): ContentProblem[] {
  const isLeftToMeta = typeof button['title'] === 'string' && META_PLACEHOLDER.test(button['title']);
  return isLeftToMeta ? problem(at(path, 'title'), 'Meta fills no placeholder in buttons; give it a fallback') : [];
}

function checkTarget(button: JsonObject, path: string, limits: ContentLimits): ContentProblem[] {
  if (button['type'] === 'web_url') return checkUrl(button, 'url', path);
  if (button['type'] === 'postback') return checkText(button, 'payload', path, { max: limits.payload });
  if (button['type'] !== 'app') return [];
  const hasTarget = 'android_url' in button || 'ios_url' in button;
  return hasTarget
    ? [
        ...checkUrl(button, 'android_url', path, { isOptional: true }),
        ...checkUrl(button, 'ios_url', path, { isOptional: true }),
      ]
    : problem(path, 'needs android_url or ios_url');
}

/**
 * Checks the quick replies of a message.
 *
 * @param message - the message object
 * @param limits - the lane's limits
 */
export function checkQuickReplies(message: JsonObject, limits: ContentLimits): ContentProblem[] {
  const rule = { min: 1, max: limits.quickReplies, isOptional: true };
  return checkList(message, 'quick_replies', '', rule, (reply, path) => {
    const isOptional = reply['content_type'] !== 'text';
    return [
      ...checkWord(reply, 'content_type', path, REPLY_TYPES),
      ...checkText(reply, 'title', path, { max: limits.quickReplyTitle, isOptional }),
      ...checkText(reply, 'payload', path, { max: limits.payload, isOptional }),
      ...checkUrl(reply, 'image_url', path, { isOptional: true }),
    ];
  });
}
