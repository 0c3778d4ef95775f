import { isObject } from './params';

type Members = Readonly<Record<string, unknown>>;

const TEXT_LENGTH = 640;
const CARD_LENGTH = 80;
const MOST_ELEMENTS = 10;
const MOST_BUTTONS = 3;
const MOST_QUICK_REPLIES = 13;
const BUTTON_TYPES = new Set(['web_url', 'postback', 'app']);
const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;
const KNOWN_PLACEHOLDERS = new Set(['first_name', 'last_name', 'full_name']);

const NO_CONTENT = 2300010;

/** What an ordinary message may hold and a marketing message may not. */
const FOREIGN_MEMBERS = ['persona_id', 'tag'];

/** The error a message's content meets, undefined when it is fine. */
export function contentError(message: Members): number | undefined {
  if (FOREIGN_MEMBERS.some((name) => message[name] !== undefined)) return NO_CONTENT;
  if (message['attachment'] !== undefined) return attachmentError(message['attachment']);
  return textError(message['text'], TEXT_LENGTH) ?? quickReplyError(message['quick_replies']);
}

function textError(text: unknown, most: number): number | undefined {
  if (typeof text !== 'string' || text === '' || [...text].length > most) return NO_CONTENT;
  for (const [, name = ''] of text.matchAll(PLACEHOLDER)) if (!KNOWN_PLACEHOLDERS.has(name)) return 2300038;
  return undefined;
}

function quickReplyError(replies: unknown): number | undefined {
  if (replies === undefined) return undefined;
  return Array.isArray(replies) && replies.length <= MOST_QUICK_REPLIES ? undefined : NO_CONTENT;
}

function attachmentError(attachment: unknown): number | undefined {
  const payload = isObject(attachment) && attachment['type'] === 'template' ? attachment['payload'] : undefined;
  if (!isObject(payload)) return NO_CONTENT;
  const check = TEMPLATES[String(payload['template_type'])];
  return check ? check(payload) : NO_CONTENT;
}

const TEMPLATES: Readonly<Record<string, (payload: Members) => number | undefined>> = {
  button: (payload) => textError(payload['text'], TEXT_LENGTH) ?? buttonsError(payload['buttons'], 1),
  generic: (payload) => elementsError(payload['elements'], cardError),
  media: (payload) => elementsError(payload['elements'], (element) => buttonsError(element['buttons'], 0), 1),
  product: (payload) => elementsError(payload['elements'], ({ id }) => (id === undefined ? 2300076 : undefined)),
  receipt: ({ summary }) => (isObject(summary) ? undefined : 2300076),
  coupon: couponError,
};

function elementsError(
  elements: unknown,
  check: (element: Members, howMany: number) => number | undefined,
  most = MOST_ELEMENTS,
): number | undefined {
  if (!Array.isArray(elements) || elements.length < 1 || elements.length > most) return NO_CONTENT;
  for (const element of elements as readonly unknown[]) {
    const error = isObject(element) ? check(element, elements.length) : NO_CONTENT;
    if (error !== undefined) return error;
  }
  return undefined;
}

function cardError(card: Members, howMany: number): number | undefined {
  const { title, subtitle } = card as { title?: unknown; subtitle?: unknown };
  return (
    textError(title, CARD_LENGTH) ??
    (subtitle === undefined ? undefined : textError(subtitle, CARD_LENGTH)) ??
    picturesError(card, howMany) ??
    buttonsError(card['buttons'], 0)
  );
}

function picturesError(card: Members, howMany: number): number | undefined {
  const pictures = card['image_urls'];
  if (card['media_type'] === 'video' && card['video_id'] === undefined) return 2300021;
  if (card['media_type'] === 'image' && card['image_url'] === undefined && pictures === undefined) return 2300022;
  if (!Array.isArray(pictures)) return undefined;
  if (howMany > 1) return 2300046;
  if (card['image_url'] !== undefined) return 2300047;
  return pictures.filter((picture) => isObject(picture) && picture['is_hero_image'] === true).length > 1
    ? 2300048
    : undefined;
}

function buttonsError(buttons: unknown, least: number): number | undefined {
  if (buttons === undefined && least === 0) return undefined;
  if (!Array.isArray(buttons) || buttons.length < least) return NO_CONTENT;
  if (buttons.length > MOST_BUTTONS) return 2300026;
  for (const button of buttons as readonly unknown[]) {
    const error = isObject(button) ? buttonError(button) : NO_CONTENT;
    if (error !== undefined) return error;
  }
  return undefined;
}

function buttonError(button: Members): number | undefined {
  if (!BUTTON_TYPES.has(String(button['type']))) return 2300023;
  if (!button['title']) return 2300025;
  return button['type'] === 'web_url' && !button['url'] ? 2300024 : undefined;
}

function couponError({ title, coupon_code: code, coupon_url: url }: Members): number | undefined {
  if (!title || (!code && !url)) return 2300076;
  return textError(title, CARD_LENGTH) ?? (typeof code === 'string' && /\s/.test(code) ? NO_CONTENT : undefined);
}
