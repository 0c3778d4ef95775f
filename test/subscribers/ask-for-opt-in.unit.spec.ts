import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { createSubscriberActivities } from '../../activities/subscriber.activities';
import type {
  OptInAnswer,
  OptInAttempt,
  OptInMessage,
  OptInRequestResult,
  SubscriberPorts,
} from '../../activities/subscriber.ports';

const IDS = { workspaceId: 'w', pageId: 'p', subscriberId: 's' };
const MESSAGE = { psid: 'psid', payload: 'herald:t' } as OptInMessage;

/** An activity whose record begins as given and whose Meta answers as given; it keeps what was settled. */
function aRequest(attempt: OptInAttempt, answer: OptInAnswer = { kind: 'asked' }) {
  const settled: OptInAnswer[] = [];
  const sent: OptInMessage[] = [];
  const result: OptInRequestResult = { state: answer.kind === 'not_sent' ? 'waiting' : 'asked' };
  const ports = {
    requests: {
      begin: () => Promise.resolve(attempt),
      settle: (_ids: unknown, _requestId: unknown, given: OptInAnswer) => {
        settled.push(given);
        return Promise.resolve(result);
      },
    },
    optInSender: {
      send: (message: OptInMessage) => {
        sent.push(message);
        return Promise.resolve(answer);
      },
    },
  } as unknown as SubscriberPorts;
  return { run: () => createSubscriberActivities(ports).askForOptIn(IDS, 'r'), settled, sent };
}

describe('The activity that asks for an opt-in', () => {
  it('asks Meta once and writes down the answer', async () => {
    const request = aRequest({ kind: 'ask', message: MESSAGE });
    expect(await request.run()).toEqual({ state: 'asked' });
    expect(request.sent).toEqual([MESSAGE]);
    expect(request.settled).toEqual([{ kind: 'asked' }]);
  });

  it('asks nobody where the record has decided', async () => {
    const request = aRequest({ kind: 'settled', result: { state: 'refused', ruleId: 'R-01' } });
    expect(await request.run()).toEqual({ state: 'refused', ruleId: 'R-01' });
    expect(request.sent).toEqual([]);
  });

  it('leaves it to the server to come back when another attempt may be under way', async () => {
    const request = aRequest({ kind: 'under_way', waitMs: 1_234 });
    await expect(request.run()).rejects.toMatchObject({ type: 'OptInUnderWay', nextRetryDelay: 1_234 });
    expect(request.sent).toEqual([]);
  });

  it('writes down that nothing left, and leaves the retry to the server', async () => {
    const request = aRequest({ kind: 'ask', message: MESSAGE }, { kind: 'not_sent' });
    await expect(request.run()).rejects.toBeInstanceOf(ApplicationFailure);
    expect(request.settled).toEqual([{ kind: 'not_sent' }]);
  });
});
