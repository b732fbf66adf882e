import { MERGE_PATCH } from '../../clients/metadata/client-patch.js';
import { CLIENTS } from '../../clients/openapi/paths.js';
import { entryTexts } from '../../json/json-text.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { KEYS } from '../../keys/paths.js';
import { VERSION } from '../../standalone/config/version.js';
import type { ChangeCondition, Registry, RegistryPage } from './registry.js';
import { acceptedText } from './service-answer.js';
import { unreachable, type Service } from './unreachable.js';

interface Call extends ChangeCondition {
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

/** The registry of a running service, called over its admin API. */
export class HttpRegistry implements Registry {
  constructor(private readonly service: Service) {}

  create(body: string): Promise<string> {
    return this.text([], { method: 'POST', body });
  }

  get(id: string): Promise<{ text: string; etag: string }> {
    return this.call([id]);
  }

  async page(query: URLSearchParams): Promise<RegistryPage> {
    const { text, link } = await this.call([], { query, isList: true });
    return { clients: entryTexts(text), next: nextOf(link) };
  }

  update(id: string, patch: string, condition?: ChangeCondition): Promise<string> {
    return this.text([id], { method: 'PATCH', body: patch, type: MERGE_PATCH, ...condition });
  }

  async remove(id: string, condition?: ChangeCondition): Promise<void> {
    await this.call([id], { method: 'DELETE', ...condition });
  }

  rotate(id: string, body: string, condition?: ChangeCondition): Promise<string> {
    return this.text([id, 'secrets', 'rotate'], { method: 'POST', body, ...condition });
  }

  suspend(id: string, body: string, condition?: ChangeCondition): Promise<string> {
    return this.text([id, 'suspension'], { method: 'PUT', body, ...condition });
  }

  resume(id: string, condition?: ChangeCondition): Promise<string> {
    return this.text([id, 'suspension'], { method: 'DELETE', ...condition });
  }

  async secrets(id: string): Promise<string[]> {
    return entryTexts(await this.text([id, 'secrets'], { isList: true }));
  }

  addSecret(id: string, body: string, condition?: ChangeCondition): Promise<string> {
    return this.text([id, 'secrets'], { method: 'POST', body, ...condition });
  }

  async revokeSecret(
    id: string,
    secretId: string,
    { force, ...condition }: ChangeCondition & { force: boolean },
  ): Promise<void> {
    const query = new URLSearchParams(force ? { force: 'true' } : {});
    await this.call([id, 'secrets', secretId], { method: 'DELETE', query, ...condition });
  }

  createKey(body: string): Promise<string> {
    return this.text([], { collection: KEYS, method: 'POST', body });
  }

  async keys(): Promise<string[]> {
    return entryTexts(await this.text([], { collection: KEYS, isList: true }));
  }

  async revokeKey(id: string): Promise<void> {
    await this.call([id], { collection: KEYS, method: 'DELETE' });
  }

  async close(): Promise<void> {}

  private async text(path: string[], call?: Call): Promise<string> {
    return (await this.call(path, call)).text;
  }

  /** Asks for a collection, or for what lies beneath it at `path`. */
  private async call(path: string[], call: Call = {}): Promise<{ text: string; etag: string; link: string }> {
    // They are removed when a URL is resolved (RFC 3986 §5.2.4): the request would be for something else.
    if (path.includes('.') || path.includes('..')) throw OAuthError.unknownClient();
    const { response, text } = await this.send(path, call);
    return {
      text: acceptedText(this.service.url, response, text, call.isList ?? false),
      etag: response.headers.get('etag') ?? '',
      link: response.headers.get('link') ?? '',
    };
  }

  /** Redirects are not followed: they may change the method. */
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

/** The query of the link to the next page (RFC 8288 §3). Its host and path are those that the service knows: they do not count. */
function nextOf(link: string): URLSearchParams | undefined {
  const [, query] = /<[^>?]*\?([^>]*)>\s*;\s*rel="?next"?/.exec(link) ?? [];
  return query === undefined ? undefined : new URLSearchParams(query);
}
