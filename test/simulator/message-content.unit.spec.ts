import { expect, it } from '@jest/globals';
import { contentError } from '../../simulator/graph/content-checks';

const button = { type: 'web_url', title: 'Shop', url: 'https://shop.example' };
const template = (payload: Record<string, unknown>): Record<string, unknown> => ({
  attachment: { type: 'template', payload },
});
const buttons = (...list: unknown[]): Record<string, unknown> =>
  template({ template_type: 'button', text: 'Hi', buttons: list });
const cards = (...elements: unknown[]): Record<string, unknown> => template({ template_type: 'generic', elements });

it.each<[code: number | undefined, what: string, message: Record<string, unknown>]>([
  [undefined, 'text of 640 characters', { text: 'x'.repeat(640) }],
  [2300010, 'text of 641 characters', { text: 'x'.repeat(641) }],
  [2300010, 'no text', {}],
  [2300010, 'a persona', { text: 'Hi', persona_id: '1' }],
  [2300010, 'an attachment that is no template', { attachment: { type: 'audio', payload: {} } }],
  [2300010, 'a template of the ordinary Send API', template({ template_type: 'list' })],
  [undefined, 'the three placeholders', { text: '{{first_name}} {{last_name}} {{ full_name }}' }],
  [2300038, 'any other placeholder', { text: 'Hi {{nickname}}' }],
  [undefined, 'thirteen quick replies', { text: 'Hi', quick_replies: Array(13).fill({}) }],
  [2300010, 'fourteen quick replies', { text: 'Hi', quick_replies: Array(14).fill({}) }],
  [
    undefined,
    'three buttons',
    buttons(button, { type: 'postback', title: 'More', payload: 'P' }, { type: 'app', title: 'Open' }),
  ],
  [2300026, 'four buttons', buttons(button, button, button, button)],
  [2300023, 'a button of another type', buttons({ ...button, type: 'phone_number' })],
  [2300024, 'a button without address', buttons({ ...button, url: '' })],
  [2300025, 'a button without title', buttons({ ...button, title: '' })],
  [undefined, 'a card', cards({ title: 'Shoes', image_url: 'https://shop.example/a.png', buttons: [button] })],
  [2300010, 'eleven cards', cards(...Array.from({ length: 11 }, () => ({ title: 'Shoes' })))],
  [2300021, 'a video without id', cards({ title: 'Shoes', media_type: 'video' })],
  [2300022, 'a picture without address', cards({ title: 'Shoes', media_type: 'image' })],
  [2300046, 'several pictures in a carousel', cards({ title: 'A', image_urls: [{ url: 'u' }] }, { title: 'B' })],
  [2300047, 'both kinds of pictures', cards({ title: 'A', image_url: 'u', image_urls: [{ url: 'u' }] })],
  [2300048, 'two heroes', cards({ title: 'A', image_urls: [{ is_hero_image: true }, { is_hero_image: true }] })],
  [undefined, 'a coupon', template({ template_type: 'coupon', title: 'Half off', coupon_code: 'HALF' })],
  [2300076, 'a coupon without code and address', template({ template_type: 'coupon', title: 'Half off' })],
])('answers %p to %s', (code, _what, message) => {
  expect(contentError(message)).toBe(code);
});
