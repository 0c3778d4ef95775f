import type { World } from '../model/world';
import { jsonAnswer, type HttpAnswer, type HttpRequest } from '../server/http';
import type { ControlCall, ControlRoute } from './call';
import { ControlError } from './control-error';
import { CONTROL_ROUTES } from './routes';
import { flawsOf } from './schema';

const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;

/** A route with its path as a pattern; paths without braces come first, so that a name never passes for an id. */
const PATTERNS = [...CONTROL_ROUTES]
  .sort((a, b) => Number(a.path.includes('{')) - Number(b.path.includes('{')))
  .map((route) => ({ route, pattern: new RegExp(`^${route.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}/?$`) }));

/** Answers a control request; anyone but this machine is turned away. */
export async function serveControl(world: World, request: HttpRequest): Promise<HttpAnswer> {
  try {
    if (!LOOPBACK.test(request.remoteAddress)) throw new ControlError(403, 'the control API is for loopback only');
    const { route, path } = findRoute(request);
    const call: ControlCall = {
      world,
      path,
      query: request.query ?? new URLSearchParams(),
      body: readBody(route, request),
    };
    const answer = await route.handle(call);
    if (route.method !== 'GET') world.bump();
    return answer;
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    const { status, message, errors } = error;
    return jsonAnswer(status, { status, detail: message, ...(errors.length > 0 && { errors }) });
  }
}

function findRoute({ method, path }: HttpRequest): { route: ControlRoute; path: Record<string, string> } {
  const found = PATTERNS.filter(({ pattern }) => pattern.test(path));
  const match = found.find(({ route }) => route.method === method);
  if (match) return { route: match.route, path: { ...match.pattern.exec(path)?.groups } };
  if (found.length > 0) throw new ControlError(405, `${method} is not for ${path}`);
  throw new ControlError(404, `there is no ${path}`);
}

function readBody(route: ControlRoute, { body }: HttpRequest): Readonly<Record<string, unknown>> {
  if (!route.body) return {};
  const value = body.length === 0 ? {} : parse(body.toString());
  const flaws = flawsOf(route.body, value);
  const [first] = flaws;
  if (first) throw new ControlError(422, `${first.field || 'the body'} ${first.reason}`, flaws);
  return value as Record<string, unknown>;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ControlError(400, 'the body is not JSON');
  }
}
