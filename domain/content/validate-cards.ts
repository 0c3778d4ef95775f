import type { ContentLimits } from './content-limits';
import type { ContentProblem } from './content-problem';
import { at, checkList, checkText, checkUrl, checkWord, problem } from './content-problem';
import type { JsonObject } from './json';
import { isObject } from './json';
import { checkButtons } from './validate-buttons';

/**
 * Checks one card of a generic template.
 *
 * @param card - the element
 * @param path - its path
 * @param limits - the lane's limits
 * @param isInCarousel - whether it is one of several
 */
export function checkCard(
  card: JsonObject,
  path: string,
  limits: ContentLimits,
  isInCarousel: boolean,
): ContentProblem[] {
  return [
    ...checkText(card, 'title', path, { max: limits.cardTitle }),
    ...checkText(card, 'subtitle', path, { max: limits.cardTitle, isOptional: true }),
    ...checkPictures(card, path, limits, isInCarousel),
    ...checkMediaType(card, path),
    ...checkDefaultAction(card, path),
    ...checkButtons(card, path, limits, true),
  ];
}

function checkPictures(card: JsonObject, path: string, limits: ContentLimits, isInCarousel: boolean): ContentProblem[] {
  const picture = checkUrl(card, 'image_url', path, { isOptional: true });
  if (card['image_urls'] === undefined) return picture;
  const field = at(path, 'image_urls');
  const heroes = Array.isArray(card['image_urls']) ? card['image_urls'].filter(isHero).length : 0;
  return [
    ...picture,
    ...(isInCarousel ? problem(field, 'several pictures are not allowed in a carousel') : []),
    ...(card['image_url'] === undefined ? [] : problem(field, 'must not stand beside image_url')),
    ...(heroes > 1 ? problem(field, 'must have at most one hero picture') : []),
    ...checkList(card, 'image_urls', path, { min: 1, max: limits.pictures }, (item, itemPath) =>
      checkUrl(item, 'url', itemPath),
    ),
  ];
}

function isHero(picture: unknown): boolean {
  return isObject(picture) && picture['is_hero_image'] === true;
}

function checkMediaType(card: JsonObject, path: string): ContentProblem[] {
  if (card['media_type'] === undefined) return [];
  if (card['media_type'] === 'image') return checkUrl(card, 'image_url', path);
  if (card['media_type'] !== 'video') return checkWord(card, 'media_type', path, ['image', 'video']);
  const buttons: readonly unknown[] = Array.isArray(card['buttons']) ? card['buttons'] : [];
  const hasPostback = buttons.some((button) => isObject(button) && button['type'] === 'postback');
  const postback = hasPostback ? problem(at(path, 'buttons'), 'a video takes no postback buttons') : [];
  return [...checkText(card, 'video_id', path), ...postback];
}

function checkDefaultAction(card: JsonObject, path: string): ContentProblem[] {
  const action = card['default_action'];
  const field = at(path, 'default_action');
  if (action === undefined) return [];
  if (!isObject(action)) return problem(field, 'must be an object');
  return [...checkWord(action, 'type', field, ['web_url']), ...checkUrl(action, 'url', field)];
}
