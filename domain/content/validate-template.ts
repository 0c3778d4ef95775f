import type { ContentLimits } from './content-limits';
import type { ContentProblem } from './content-problem';
import { at, checkList, checkText, checkUrl, checkWord, problem } from './content-problem';
import type { JsonObject } from './json';
import { isObject } from './json';
import { checkButtons } from './validate-buttons';
import { checkCard } from './validate-cards';

type TemplateCheck = (payload: JsonObject, path: string, limits: ContentLimits) => ContentProblem[];

const button: TemplateCheck = (payload, path, limits) => [
  ...checkText(payload, 'text', path, { max: Math.min(limits.text, 640) }),
  ...checkButtons(payload, path, limits, false),
];

const generic: TemplateCheck = (payload, path, limits) => {
  const isCarousel = Array.isArray(payload['elements']) && payload['elements'].length > 1;
  return [
    ...checkText(payload, 'text', path, { max: limits.text, isOptional: true }),
    ...checkList(payload, 'elements', path, { min: 1, max: limits.cards }, (card, cardPath) =>
      checkCard(card, cardPath, limits, isCarousel),
    ),
  ];
};

const media: TemplateCheck = (payload, path, limits) =>
  checkList(payload, 'elements', path, { min: 1, max: 1 }, (element, elementPath) => [
    ...checkWord(element, 'media_type', elementPath, ['image', 'video']),
    ...('attachment_id' in element
      ? checkText(element, 'attachment_id', elementPath)
      : checkUrl(element, 'url', elementPath)),
    ...checkButtons(element, elementPath, limits, true),
  ]);

const product: TemplateCheck = (payload, path, limits) =>
  checkList(payload, 'elements', path, { min: 1, max: limits.products }, (element, elementPath) =>
    checkText(element, 'id', elementPath),
  );

const receipt: TemplateCheck = (payload, path) => {
  const needed = ['recipient_name', 'order_number', 'currency', 'payment_method'];
  const { summary } = payload as { summary?: unknown };
  const hasTotal = isObject(summary) && summary['total_cost'] !== undefined;
  return [
    ...needed.flatMap((key) => checkText(payload, key, path)),
    ...(hasTotal ? [] : problem(at(path, 'summary.total_cost'), 'is missing')),
  ];
};

const coupon: TemplateCheck = (payload, path, limits) => [
  ...checkText(payload, 'title', path, { max: limits.cardTitle }),
  ...checkText(payload, 'subtitle', path, { max: limits.cardTitle, isOptional: true }),
  ...checkText(payload, 'coupon_pre_message', path, { max: limits.text, isOptional: true }),
  ...checkText(payload, 'coupon_code', path, { isOptional: true }),
  ...checkUrl(payload, 'coupon_url', path, { isOptional: true }),
  ...checkUrl(payload, 'image_url', path, { isOptional: true }),
  ...checkCouponFields(payload, path),
];

function checkCouponFields(payload: JsonObject, path: string): ContentProblem[] {
  const { coupon_code: code, coupon_url: url, expire_time: expires } = payload as Record<string, unknown>;
  const isDate = typeof expires === 'string' && /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(expires);
  return [
    ...(code === undefined && url === undefined ? problem(path, 'needs coupon_code or coupon_url') : []),
    ...(typeof code === 'string' && /\s/.test(code) ? problem(at(path, 'coupon_code'), 'must have no spaces') : []),
    ...(expires === undefined || isDate ? [] : problem(at(path, 'expire_time'), 'must look like YYYY-MM-DD HH:MM:SS')),
  ];
}

const TEMPLATES = new Map<unknown, TemplateCheck>(Object.entries({ button, generic, media, product, receipt, coupon }));

/**
 * Checks the payload of a template.
 *
 * @param payload - the object under `attachment.payload`
 * @param path - its path
 * @param limits - the lane's limits
 */
export function checkTemplate(payload: JsonObject, path: string, limits: ContentLimits): ContentProblem[] {
  const check = TEMPLATES.get(payload['template_type']);
  if (check !== undefined) return check(payload, path, limits);
  return checkWord(payload, 'template_type', path, [...TEMPLATES.keys()] as string[]);
}
