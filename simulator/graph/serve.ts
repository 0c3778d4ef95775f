import { setTimeout as wait } from 'node:timers/promises';
import type { Fault } from '../model/fault';
import type { World } from '../model/world';
import type { HttpAnswer, HttpRequest } from '../server/http';
import { jsonAnswer } from '../server/http';
import { accessOf, callingApp, tokenOf } from './authenticate';
import type { GraphCall, Method } from './call';
import { FAULTS_AFTER_REFUSAL, FAULTS_AFTER_SUCCESS, FAULTS_BEFORE, strikingFault } from './faults';
import { badParameter, GraphError, unknownObject } from './graph-error';
import { handlerOf } from './nodes';
import type { Params } from './params';
import { readParams } from './read-params';
import { UNKNOWN_CALLER_HEADERS, usageHeaders } from './usage-headers';
import { servedVersion, VERSION_PATTERN } from './versions';

const METHODS: ReadonlySet<string> = new Set<Method>(['GET', 'POST', 'DELETE']);

const SLOW_MS = 15_000;

/** Errors of the faults that answer one, unless they name another. */
const TEMPORARY = 2;
const PACING = 2300055;

const HTML_503 = '<!DOCTYPE html><html><body><h1>503 Service Unavailable</h1></body></html>';

/** A finished Graph request: its answer and what the record says about it. */
interface Outcome {
  readonly answer: HttpAnswer;
  readonly code: number | null;
}

/** Answers one Graph request; everything it changed is in the journal before the answer leaves. */
export async function serveGraph(world: World, request: HttpRequest): Promise<HttpAnswer> {
  const { answer, code } = await outcomeOf(world, request);
  const { method, path } = request;
  world.requests.append({ wallMs: Date.now(), method, path, status: answer.isDropped ? 0 : answer.status, code });
  world.bump();
  const { answerDelayMs } = world.settingsOf();
  if (answerDelayMs > 0) await wait(answerDelayMs);
  return answer;
}

async function outcomeOf(world: World, request: HttpRequest): Promise<Outcome> {
  const traceId = newTraceId();
  const headers: Record<string, string> = { ...UNKNOWN_CALLER_HEADERS, 'x-fb-trace-id': traceId };
  try {
    const params = readParams(request);
    const before = strikingFault(world, FAULTS_BEFORE, request.path, params);
    if (before) return answerInstead(before, traceId, headers);
    const outcome = await handle(world, request, params, traceId, headers);
    const kinds = outcome.code === null ? FAULTS_AFTER_SUCCESS : FAULTS_AFTER_REFUSAL;
    const after = strikingFault(world, kinds, request.path, params);
    return after ? await spoil(after, outcome) : outcome;
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    return errorOutcome(error, traceId, headers);
  }
}

async function handle(
  world: World,
  request: HttpRequest,
  params: Params,
  traceId: string,
  headers: Record<string, string>,
): Promise<Outcome> {
  const call = readCall(world, request, params, headers);
  try {
    const answering = handlerOf(call)(call);
    const body = answering instanceof Promise ? await answering : answering;
    return { answer: jsonAnswer(200, body, headers), code: null };
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    return errorOutcome(error, traceId, headers);
  }
}

function readCall(world: World, request: HttpRequest, params: Params, headers: Record<string, string>): GraphCall {
  const method = request.method as Method;
  const [first = '', ...others] = request.path.split('/').filter(Boolean);
  const hasVersion = VERSION_PATTERN.test(first);
  const parts = hasVersion ? others : [first, ...others];
  const isAdAccount = parts[0]?.startsWith('act_') ?? false;
  const nowMs = world.clock.nowMs();
  if (!METHODS.has(method)) throw badParameter(`Unsupported method ${request.method}.`);
  const token = tokenOf(request.headers.authorization, params.text('access_token'));
  const access = accessOf(world, token);
  const { strictVersions } = world.settingsOf(access.page.id);
  Object.assign(headers, usageHeaders(world, access.page, isAdAccount));
  const version = servedVersion(hasVersion ? first : undefined, isAdAccount, nowMs, strictVersions);
  headers['facebook-api-version'] = version;
  const appId = callingApp(world, access.page, token, params.text('appsecret_proof'));
  if (parts.length === 0) throw unknownObject(method, '');
  const origin = `http://${request.headers.host ?? 'localhost'}`;
  return { world, method, parts, params, access, appId, origin, version, nowMs };
}

function errorOutcome(error: GraphError, traceId: string, headers: Record<string, string>): Outcome {
  return { answer: jsonAnswer(error.status, error.body(traceId), headers), code: error.code };
}

/** The answer of a fault that strikes before the request is looked at. */
function answerInstead(fault: Fault, traceId: string, headers: Record<string, string>): Outcome {
  if (fault.kind === '503_html') {
    return {
      answer: { status: 503, headers: { ...headers, 'content-type': 'text/html' }, body: HTML_503 },
      code: null,
    };
  }
  const isDataText = fault.kind === 'error_data_string';
  const code = fault.code ?? (isDataText ? PACING : TEMPORARY);
  const error = new GraphError(code, { data: { remaining_seconds: 1_800 } });
  const status = fault.kind === '500' ? 500 : error.status;
  return { answer: jsonAnswer(status, error.body(traceId, isDataText), headers), code };
}

/** What a fault does to the answer of a request that was carried out. */
async function spoil(fault: Fault, outcome: Outcome): Promise<Outcome> {
  const { answer, code } = outcome;
  if (fault.kind === 'drop_after_accept') return { answer: { ...answer, isDropped: true }, code };
  if (fault.kind === 'truncated') {
    return { answer: { ...answer, body: answer.body.slice(0, Math.ceil(answer.body.length / 2)) }, code };
  }
  await wait(fault.delayMs ?? SLOW_MS);
  return outcome;
}

/** Names an answer in a log; nothing rests on it, so it may come from the cheapest source. */
function newTraceId(): string {
  return `A${Math.random().toString(36).slice(2, 13)}`;
}
