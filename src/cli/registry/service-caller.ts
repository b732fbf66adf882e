import { CLIENTS } from '../../clients/openapi/paths.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { VERSION } from '../../standalone/config/version.js';
import type { ChangeCondition } from './registry.js';
import { acceptedText } from './service-answer.js';
import { unreachable, type Service } from './unreachable.js';

/** A request to the admin API. */
export interface Call extends ChangeCondition {
  /** Path of the collection. Default that of clients. */
  collection?: string;
  /** Default `GET`. */
  method?: string;
  query?: URLSearchParams;
  /** JSON text. */
  body?: string;
  /** Its media type. Default `application/json`. */
  type?: string;
  /** Whether the answer is a list. Default false. */
  isList?: boolean;
}

/** Sends requests to the admin API of a running service. */
export class ServiceCaller {
  constructor(private readonly service: Service) {}

  /** As {@link call}, but returns only the text of the answer. */
  async text(path: string[], call?: Call): Promise<string> {
    return (await this.call(path, call)).text;
  }

  /**
   * Sends a request to a collection, or to the resource below it at `path`.
   *
   * @throws OAuthError when the registry refuses
   * @throws ServiceError when the service cannot be used
   */
  async call(path: string[], call: Call = {}): Promise<{ text: string; etag: string; link: string }> {
    // Such segments are removed when a URL is resolved (RFC 3986 §5.2.4): the request would be for another resource.
    if (path.includes('.') || path.includes('..')) throw OAuthError.unknownClient();
    const { response, text } = await this.send(path, call);
    return {
      text: acceptedText(this.service.url, response, text, call.isList ?? false),
      etag: response.headers.get('etag') ?? '',
      link: response.headers.get('link') ?? '',
    };
  }

  /** Sends a request. It follows no redirects, since they may change the method. */
  private async send(
    path: string[],
    { collection = CLIENTS, method = 'GET', query, body, type = 'application/json', ifMatch }: Call,
  ): Promise<{ response: Response; text: string }> {
    const { url, token, timeout } = this.service;
    const place = url.replace(/\/+$/, '') + [collection, ...path.map(encodeURIComponent)].join('/');
    try {
      const response = await fetch(query?.size ? `${place}?${query.toString()}` : place, {
        method,
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(timeout),
        headers: {
          Accept: 'application/json',
          'User-Agent': `oauth2-client-registry/${VERSION}`,
          ...(body !== undefined && { 'Content-Type': type, Prefer: 'handling=strict' }),
          ...(ifMatch !== undefined && { 'If-Match': ifMatch }),
          ...(token !== '' && { Authorization: `Bearer ${token}` }),
        },
      });
      return { response, text: await response.text() };
    } catch (error) {
      throw unreachable(this.service, error, method !== 'GET');
    }
  }
}
