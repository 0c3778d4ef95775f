import { describe, expect, it } from '@jest/globals';
import type { OptInAnswer, OptInMessage } from '../../activities/subscriber.ports';
import type { MessageReceipt } from '../../src/graph-api/calls/send-message';
import type { OptInRequestMessage } from '../../src/graph-api/calls/send-opt-in-request';
import type { GraphResult } from '../../src/graph-api/graph-result';
import { GraphOptInSender } from '../../src/opt-in/graph-opt-in-sender';

const USAGE = { percent: 0, regainAfterMs: 0 };
const MESSAGE: OptInMessage = {
  metaPageId: '10',
  pageToken: 'token',
  psid: '20',
  title: 'New arrivals',
  imageUrl: null,
  imageAspectRatio: 'SQUARE',
  timeZone: 'Europe/Berlin',
  ctaText: null,
  payload: 'herald:1',
  leaveBeforeMs: 3_000,
};

const refused = (error: {
  code: number;
  subcode?: number;
  remainingSeconds?: number;
}): GraphResult<MessageReceipt> => ({
  kind: 'refused',
  usage: USAGE,
  error: { httpStatus: 400, type: 'OAuthException', isTransient: false, speaksOfMoney: false, ...error },
});

describe('The request at the Graph API', () => {
  it('carries the topic and the moment before which it leaves', async () => {
    const calls: unknown[] = [];
    const sender = new GraphOptInSender({
      sendOptInRequest: (request: OptInRequestMessage, options) => {
        calls.push({ ...request, options });
        return Promise.resolve({ kind: 'ok', value: {}, usage: USAGE });
      },
    });
    expect(await sender.send(MESSAGE)).toEqual({ kind: 'asked' });
    expect(calls).toEqual([
      expect.objectContaining({
        metaPageId: '10',
        psid: '20',
        title: 'New arrivals',
        imageUrl: undefined,
        imageAspectRatio: 'SQUARE',
        payload: 'herald:1',
        options: { leaveBeforeMs: 3_000 },
      }),
    ]);
  });

  it.each<{ result: GraphResult<MessageReceipt>; answer: OptInAnswer }>([
    { result: { kind: 'unknown', reason: 'timeout' }, answer: { kind: 'unknown' } },
    { result: { kind: 'not_sent', reason: 'connection_failed' }, answer: { kind: 'not_sent' } },
    {
      result: refused({ code: 613, subcode: 1_893_016 }),
      answer: {
        kind: 'refused',
        httpStatus: 400,
        code: 613,
        subcode: 1_893_016,
        remainingSeconds: null,
        speaksOfMoney: false,
        isTransient: false,
      },
    },
    {
      result: refused({ code: 4, remainingSeconds: 60 }),
      answer: {
        kind: 'refused',
        httpStatus: 400,
        code: 4,
        subcode: null,
        remainingSeconds: 60,
        speaksOfMoney: false,
        isTransient: false,
      },
    },
  ])('gives $answer.kind for $result.kind', async ({ result, answer }) => {
    const sender = new GraphOptInSender({ sendOptInRequest: () => Promise.resolve(result) });
    expect(await sender.send(MESSAGE)).toEqual(answer);
  });
});
