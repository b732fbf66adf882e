import type { ServerResponse } from 'node:http';
import { clientOf, principalOf, rawOf, type HttpRequest } from '../../access/principal-of.js';
import { routeOf } from '../../http/route-of.js';
import { excerpt } from '../../oauth-error/oauth-error.js';
import { requestIdOf } from '../../oauth-error/request-id.js';

/** Maximum length of a member, in characters: others choose the names of principals and of clients. */
const LONGEST = 256;

/** Statuses of errors that occur only for a client that exists. */
const OF_EXISTING = new Set([409, 412]);

/** What the log says about one request: only these members, so that no body, header, path or secret gets into the log. */
export interface RequestLine {
  /** Value of the answer's `X-Request-Id`. */
  request_id?: string | undefined;
  /** Type and identifier of the caller, such as `api_key 0198…`; left out when the caller is unknown. */
  principal?: string | undefined;
  /** HTTP method. */
  method?: string | undefined;
  /** The route that answered, as declared, such as `/admin/clients/:id`; left out when no route did. */
  route?: string | undefined;
  /** The client of the request; left out unless the answer shows that it exists. */
  client_id?: string | undefined;
  /** Status of the answer; left out when the caller disconnected before it was sent. */
  status?: number | undefined;
  /** Time from the arrival of the request's head to the end of the answer, in milliseconds; left out when no head arrived. */
  ms?: number;
  /** Length of the body of the answer, in bytes. */
  bytes?: number | undefined;
  /** Whether the connection closed before the whole answer was sent; left out otherwise. */
  aborted?: true;
}

/** A response of Express, which is Node's own, or a reply of Fastify, which holds the headers itself. */
export type HttpAnswer = ServerResponse | { raw: ServerResponse; getHeader: (name: string) => unknown };

/** Returns Node's own response, with Express or Fastify. */
export function rawAnswerOf(answer: HttpAnswer): ServerResponse {
  return 'raw' in answer ? answer.raw : answer;
}

/** A request whose answer or connection has ended, with the values that logs and metrics need. */
export interface EndedRequest<Request extends HttpRequest = HttpRequest, Answer extends HttpAnswer = HttpAnswer> {
  request: Request;
  answer: Answer;
  /** See {@link routeOf}. */
  route: string | undefined;
  /** Whether the whole answer was sent before the connection closed. */
  isWhole: boolean;
  /** Time since the arrival of the request's head, in milliseconds. */
  ms: number;
}

/**
 * Collects the values of a request that has ended, once for all their readers.
 *
 * @param begun when the request's head arrived, by `performance.now()`
 */
export function endedRequest<Request extends HttpRequest, Answer extends HttpAnswer>(
  request: Request,
  answer: Answer,
  begun: number,
): EndedRequest<Request, Answer> {
  const ms = performance.now() - begun;
  return { request, answer, route: routeOf(request), isWhole: rawAnswerOf(answer).writableFinished, ms };
}

/** The parameters of a route that are used. */
interface Routed {
  params?: { id?: string };
}

/**
 * Returns the client that an answer is about. A path may contain anything, even a secret sent by mistake, so the id in it is used only if the
 * answer shows that the client exists.
 */
function clientIn(request: HttpRequest, route: string, status: number): string | undefined {
  if (status >= 400 && !OF_EXISTING.has(status)) return undefined;
  const id =
    clientOf(request) ?? (route.includes('/clients/:id') ? (request as HttpRequest & Routed).params?.id : undefined);
  return id === undefined ? undefined : excerpt(id, LONGEST);
}

/** Returns the length of the body that was sent. */
function bytesOf(method: string | undefined, status: number, answer: HttpAnswer): number {
  return method === 'HEAD' || status === 304 ? 0 : Number(answer.getHeader('content-length') ?? 0);
}

/** Returns what the log says about a request that has ended. */
export function requestLine({ request, answer, route, isWhole, ms }: EndedRequest): RequestLine {
  const { method } = rawOf(request);
  const { headersSent, statusCode } = rawAnswerOf(answer);
  const principal = principalOf(request);
  const status = isWhole || headersSent ? statusCode : undefined;
  return {
    request_id: requestIdOf(answer),
    principal: principal && excerpt(`${principal.type} ${principal.id}`.trimEnd(), LONGEST),
    method,
    route,
    client_id: route === undefined || status === undefined ? undefined : clientIn(request, route, status),
    status,
    ms: Math.round(ms * 1000) / 1000,
    bytes: isWhole ? bytesOf(method, statusCode, answer) : undefined,
    ...(!isWhole && { aborted: true }),
  };
}

/** Returns the severity of a request's log line, by its route and status. */
export function severityOf({ route, answer }: EndedRequest): 'debug' | 'info' | 'warn' | 'error' {
  const { statusCode: status } = rawAnswerOf(answer);
  if (route?.startsWith('/health/')) return 'debug';
  if (status === 429 || status === 503) return 'warn';
  return status >= 500 ? 'error' : 'info';
}
