import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** An app that has not answered by then has not answered. */
const ANSWER_WITHIN_MS = 5_000;

const httpAgent = new HttpAgent({ keepAlive: true, maxSockets: 64 });
const httpsAgent = new HttpsAgent({ keepAlive: true, maxSockets: 64 });

export interface CallAnswer {
  /** 0 when no answer came. */
  readonly status: number;
  readonly body: string;
}

const NO_ANSWER: CallAnswer = { status: 0, body: '' };

/** Calls an app's webhook address; never throws. */
export function callApp(
  url: URL,
  method: 'GET' | 'POST',
  headers: Record<string, string | number>,
  body?: Buffer,
): Promise<CallAnswer> {
  const isTls = url.protocol === 'https:';
  const open = isTls ? httpsRequest : httpRequest;
  const answer = new Promise<CallAnswer>((resolve) => {
    const noAnswer = (): void => {
      resolve(NO_ANSWER);
    };
    const request = open(url, { method, headers, agent: isTls ? httpsAgent : httpAgent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', noAnswer);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
      });
    });
    const timer = setTimeout(() => request.destroy(), ANSWER_WITHIN_MS);
    request.on('close', () => {
      clearTimeout(timer);
      noAnswer();
    });
    request.on('error', noAnswer);
    request.end(body);
  });
  // An address that Node cannot call is thrown back at once.
  return answer.catch(() => NO_ANSWER);
}

/** Lets go of connections to apps that are kept open. */
export function closeAppConnections(): void {
  httpAgent.destroy();
  httpsAgent.destroy();
}
