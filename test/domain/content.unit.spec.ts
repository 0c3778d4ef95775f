import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { contentProblem, renderContent, variablesOf } from '../../domain/content/render-content';
import { validateContent } from '../../domain/content/validate-content';

function template(payload: Record<string, unknown>): unknown {
  return { attachment: { type: 'template', payload } };
}

function fields(message: unknown, lane: 'paid' | 'window' = 'paid'): string[] {
  return validateContent(message, lane).map((problem) => problem.field);
}

const URL_BUTTON = { type: 'web_url', title: 'Shop', url: 'https://shop.example' };
const CARD = { title: 'Shoes', image_url: 'https://shop.example/1.png', buttons: [URL_BUTTON] };

describe('A content that can be sent', () => {
  it.each([
    ['text', { text: 'Hello {{first_name}}' }],
    ['quick replies', { text: 'Size?', quick_replies: [{ content_type: 'text', title: 'M', payload: 'm' }] }],
    [
      'buttons',
      template({
        template_type: 'button',
        text: 'Look',
        buttons: [URL_BUTTON, { type: 'postback', title: 'Details', payload: 'P1' }],
      }),
    ],
    [
      'an app button',
      template({
        template_type: 'button',
        text: 'Look',
        buttons: [{ type: 'app', title: 'Open', ios_url: 'https://a.example' }],
      }),
    ],
    ['a carousel', template({ template_type: 'generic', elements: [CARD, CARD] })],
    [
      'a picture grid',
      template({
        template_type: 'generic',
        elements: [{ title: 'x', image_urls: [{ url: 'https://a.example', is_hero_image: true }] }],
      }),
    ],
    [
      'a video card',
      template({
        template_type: 'generic',
        elements: [{ title: 'x', media_type: 'video', video_id: '1', buttons: [URL_BUTTON] }],
      }),
    ],
    ['media', template({ template_type: 'media', elements: [{ media_type: 'image', attachment_id: '1' }] })],
    ['products', template({ template_type: 'product', elements: [{ id: '1' }] })],
    [
      'a coupon',
      template({ template_type: 'coupon', title: 'Sale', coupon_code: 'X10', expire_time: '2026-11-30 00:00:00' }),
    ],
    [
      'a receipt',
      template({
        template_type: 'receipt',
        recipient_name: 'A',
        order_number: '1',
        currency: 'USD',
        payment_method: 'Visa',
        summary: { total_cost: 1 },
      }),
    ],
    [
      'an address with a variable',
      template({ template_type: 'button', text: 'x', buttons: [{ ...URL_BUTTON, url: '{{link}}' }] }),
    ],
  ])('%s', (_what, message) => {
    expect(validateContent(message, 'paid')).toEqual([]);
  });
});

describe('A content that Meta would refuse', () => {
  it.each([
    ['no object', 'hello', ['']],
    ['nothing', {}, ['text']],
    ['an empty text', { text: '  ' }, ['text']],
    ['a text that is no text', { text: 5 }, ['text']],
    ['a text that is too long', { text: 'x'.repeat(641) }, ['text']],
    ['text beside an attachment', { text: 'x', attachment: {} }, ['attachment']],
    ['a tag', { text: 'x', tag: 'HUMAN_AGENT' }, ['tag']],
    ['audio', { attachment: { type: 'audio', payload: { url: 'https://a.example' } } }, ['attachment.type']],
    ['no payload', { attachment: { type: 'template' } }, ['attachment.payload']],
    ['an unknown template', template({ template_type: 'list' }), ['attachment.payload.template_type']],
    [
      'four buttons',
      template({ template_type: 'button', text: 'x', buttons: [URL_BUTTON, URL_BUTTON, URL_BUTTON, URL_BUTTON] }),
      ['attachment.payload.buttons'],
    ],
    ['no buttons', template({ template_type: 'button', text: 'x' }), ['attachment.payload.buttons']],
    [
      'a button without title, address or known type',
      template({
        template_type: 'button',
        text: 'x',
        buttons: [{ type: 'call', title: '' }, { type: 'web_url', title: 'x', url: 'ftp://x' }, 5],
      }),
      ['buttons.0.type', 'buttons.0.title', 'buttons.1.url', 'buttons.2'].map((field) => `attachment.payload.${field}`),
    ],
    [
      'a name in a button',
      template({ template_type: 'button', text: 'x', buttons: [{ ...URL_BUTTON, title: '{{first_name}}' }] }),
      ['attachment.payload.buttons.0.title'],
    ],
    [
      'an app button without address',
      template({ template_type: 'button', text: 'x', buttons: [{ type: 'app', title: 'x' }] }),
      ['attachment.payload.buttons.0'],
    ],
    [
      'eleven cards',
      template({ template_type: 'generic', elements: Array.from({ length: 11 }, () => CARD) }),
      ['attachment.payload.elements'],
    ],
    [
      'two kinds of pictures, two heroes, in a carousel',
      template({
        template_type: 'generic',
        elements: [
          CARD,
          { ...CARD, image_urls: [1, 2].map(() => ({ url: 'https://a.example', is_hero_image: true })) },
        ],
      }),
      [
        'attachment.payload.elements.1.image_urls',
        'attachment.payload.elements.1.image_urls',
        'attachment.payload.elements.1.image_urls',
      ],
    ],
    [
      'a video without id, with a postback button',
      template({
        template_type: 'generic',
        elements: [{ title: 'x', media_type: 'video', buttons: [{ type: 'postback', title: 'x', payload: 'x' }] }],
      }),
      ['attachment.payload.elements.0.video_id', 'attachment.payload.elements.0.buttons'],
    ],
    ['a coupon without code or address', template({ template_type: 'coupon', title: 'x' }), ['attachment.payload']],
    [
      'a coupon with spaces and a wrong time',
      template({ template_type: 'coupon', title: 'x', coupon_code: 'A B', expire_time: 'soon' }),
      ['attachment.payload.coupon_code', 'attachment.payload.expire_time'],
    ],
    [
      'a receipt without total',
      template({
        template_type: 'receipt',
        recipient_name: 'A',
        order_number: '1',
        currency: 'USD',
        payment_method: 'x',
      }),
      ['attachment.payload.summary.total_cost'],
    ],
    [
      'fourteen quick replies',
      { text: 'x', quick_replies: Array.from({ length: 14 }, () => ({ content_type: 'user_email' })) },
      ['quick_replies'],
    ],
    [
      'a quick reply without title',
      { text: 'x', quick_replies: [{ content_type: 'text', payload: 'x' }] },
      ['quick_replies.0.title'],
    ],
  ])('%s', (_what, message, expected) => {
    expect(fields(message)).toEqual(expected);
  });

  it('may be longer and carry media in the window', () => {
    expect(fields({ text: 'x'.repeat(2_000) }, 'window')).toEqual([]);
    expect(fields({ text: 'x'.repeat(2_001) }, 'window')).toEqual(['text']);
    expect(fields({ attachment: { type: 'image', payload: { url: 'https://a.example' } } }, 'window')).toEqual([]);
    expect(fields({ attachment: { type: 'file', payload: {} } }, 'window')).toEqual(['attachment.payload.url']);
  });
});

describe('The variables of a content', () => {
  it.each([
    ['a value', 'Hi {{name}}', { name: 'Ann' }, 'Hi Ann', []],
    ['a number', 'You have {{ points }}', { points: 3 }, 'You have 3', []],
    ['a fallback', 'Hi {{name|friend}}', {}, 'Hi friend', []],
    ['a value before a fallback', 'Hi {{name|friend}}', { name: 'Ann' }, 'Hi Ann', []],
    ['an empty fallback', 'Hi {{name|}}!', {}, 'Hi !', []],
    [
      'nothing',
      'Hi {{name}} from {{city}} and {{name}}',
      {},
      'Hi {{name}} from {{city}} and {{name}}',
      ['name', 'city'],
    ],
    ['what looks like a variable inside a value', '{{a}}', { a: '{{b}}', b: 'x' }, '{{b}}', []],
    ['a name of every object', '{{toString}}', {}, '{{toString}}', ['toString']],
  ])('take %s', (_what, text, variables, expected, missing) => {
    expect(renderContent({ text }, variables, 'window')).toEqual({ message: { text: expected }, missing });
  });

  it("leave Meta's own to Meta in the paid lane, unless they have a fallback", () => {
    const message = { text: '{{ first_name }} {{last_name}} {{full_name|you}} {{city}}' };
    expect(variablesOf(message, 'paid')).toEqual(['full_name', 'city']);
    const rendered = renderContent(message, { first_name: 'Ann', city: 'Hanoi' }, 'paid');
    expect(rendered).toEqual({ message: { text: '{{first_name}} {{last_name}} you Hanoi' }, missing: [] });
    expect(renderContent(message, {}, 'window').missing).toEqual(['first_name', 'last_name', 'city']);
  });

  it('are named, never their values, where one is missing', () => {
    expect(contentProblem(renderContent({ text: '{{a}}{{b}}' }, { a: 'secret' }, 'paid'))).toBe(
      'no value and no fallback for "b"',
    );
    expect(contentProblem(renderContent({ text: 'x' }, {}, 'paid'))).toBeNull();
  });

  it('cannot change the shape of a message', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const message = {
          attachment: { type: 'template', payload: { elements: [{ title: '{{v}}', n: 1, on: true, off: null }] } },
        };
        const { message: filled } = renderContent(message, { v: value }, 'paid');
        expect(filled).toEqual({
          attachment: { type: 'template', payload: { elements: [{ title: value, n: 1, on: true, off: null }] } },
        });
      }),
    );
  });
});
