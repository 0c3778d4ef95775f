import type { Socket } from 'node:net';
import type { FastifyReply, FastifyServerOptions } from 'fastify';
import { Problem } from '../errors/problem';

const TYPE = 'application/problem+json';

/** What never becomes a request is answered like everything else, and quotes nothing of what came. */
export const UNREADABLE: Pick<FastifyServerOptions, 'clientErrorHandler' | 'frameworkErrors'> = {
  clientErrorHandler: (_error, socket) => {
    if (socket.writable) answerRaw(socket);
  },
  frameworkErrors: (_error, _request, reply) => {
    const problem = new Problem('REQUEST.UNREADABLE');
    void (reply as FastifyReply).status(problem.status).type(TYPE).send(problem.body());
  },
};

/** There is no request to reply to, only the connection. */
function answerRaw(socket: Socket): void {
  const body = JSON.stringify(new Problem('REQUEST.UNREADABLE').body());
  const headers = [`content-type: ${TYPE}`, `content-length: ${Buffer.byteLength(body)}`, 'connection: close'];
  socket.end(['HTTP/1.1 400 Bad Request', ...headers, '', body].join('\r\n'));
}
