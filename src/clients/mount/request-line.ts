import type { ServerResponse } from 'node:http';
import { clientOf, principalOf, rawOf, type HttpRequest } from '../../access/principal-of.js';
import { routeOf } from '../../http/route-of.js';
import { excerpt } from '../../oauth-error/oauth-error.js';
import { requestIdOf } from '../../oauth-error/request-id.js';

/** Longest text of a member, in characters: names of principals and of clients are what others chose. */
const LONGEST = 256;

/** Statuses of refusals which only a client that exists can get. */
const OF_EXISTING = new Set([409, 412]);

/** What the log says of one request: these members and no others, so that no body, header, path or secret comes in. */
export interface RequestLine {
  /** What the answer has in `X-Request-Id`. */
  request_id?: string | undefined;
  /** Kind and identifier of who asked, such as `api_key 0198…`; left out when nobody knows. */
  principal?: string | undefined;
  /** Method of HTTP. */
  method?: string | undefined;
  /** The route that answered, as it is declared, such as `/admin/clients/:id`; left out when none did. */
  route?: string | undefined;
  /** The client that the answer is about; left out unless the answer shows that it exists. */
  client_id?: string | undefined;
  /** Status of the answer; left out when the caller was gone before it was sent. */
  status?: number | undefined;
  /** Time from the arrival of the head to the end of the answer, in milliseconds; left out where no head arrived. */
  ms?: number;
  /** Length of the body of the answer, in bytes. */
  bytes?: number | undefined;
  /** Whether the connection closed before the whole answer was sent; left out otherwise. */
  aborted?: true;
}

/** A response of Express, which is Node's own, or a reply of Fastify, which keeps the headers. */
export type HttpAnswer = ServerResponse | { raw: ServerResponse; getHeader: (name: string) => unknown };

/** The response as Node made it, whatever server sends it. */
export function rawAnswerOf(answer: HttpAnswer): ServerResponse {
  return 'raw' in answer ? answer.raw : answer;
}

/** A request whose answer or connection has ended, and what all who learn of it want to know. */
export interface EndedRequest<Request extends HttpRequest = HttpRequest, Answer extends HttpAnswer = HttpAnswer> {
  request: Request;
  answer: Answer;
  /** See {@link routeOf}. */
  route: string | undefined;
  /** Was the whole answer sent before the connection closed? */
  isWhole: boolean;
  /** Time from the arrival of its head, in milliseconds. */
  ms: number;
}

/**
 * Looks at a request once, for all who learn of it.
 *
 * @param begun when its head arrived, by `performance.now()`
 */
export function endedRequest<Request extends HttpRequest, Answer extends HttpAnswer>(
  request: Request,
  answer: Answer,
  begun: number,
): EndedRequest<Request, Answer> {
  const ms = performance.now() - begun;
  return { request, answer, route: routeOf(request), isWhole: rawAnswerOf(answer).writableFinished, ms };
}

/** What is used of the parameters of a route. */
interface Routed {
  params?: { id?: string };
}

/**
 * The client that an answer is about. A path may hold anything, even a secret that was sent by mistake: its id counts once the answer
 * shows that there is such a client.
 */
function clientIn(request: HttpRequest, route: string, status: number): string | undefined {
  if (status >= 400 && !OF_EXISTING.has(status)) return undefined;
  const id =
    clientOf(request) ?? (route.includes('/clients/:id') ? (request as HttpRequest & Routed).params?.id : undefined);
  return id === undefined ? undefined : excerpt(id, LONGEST);
}

/** Length of the body that a response had. */
function bytesOf(method: string | undefined, status: number, answer: HttpAnswer): number {
  return method === 'HEAD' || status === 304 ? 0 : Number(answer.getHeader('content-length') ?? 0);
}

/** What the log says of a request that has ended. */
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

/** How severe it is that a request was answered so. */
export function severityOf({ route, answer }: EndedRequest): 'debug' | 'info' | 'warn' | 'error' {
  const { statusCode: status } = rawAnswerOf(answer);
  if (route?.startsWith('/health/')) return 'debug';
  if (status === 429 || status === 503) return 'warn';
  return status >= 500 ? 'error' : 'info';
}
