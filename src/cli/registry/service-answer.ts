import { parseOrUndefined } from '../../json/json-text.js';
import { isJsonObject } from '../../json/lossless-json.js';
import { OAuthError, type Fault } from '../../oauth-error/oauth-error.js';
import { ServiceError } from './unreachable.js';

/** Statuses that reject the caller rather than the request: who calls, how often, or from where. */
const NOT_ADMITTED = new Set([401, 403, 407, 429]);

/**
 * Returns the text of an answer, if the registry has sent it.
 *
 * @param url of the service
 * @param response its answer
 * @param text the body of the answer
 * @param isList whether it must be a JSON array; otherwise it must be an object
 * @throws OAuthError when the registry refuses the request
 * @throws ServiceError when the caller is not admitted, when the service fails, and when what answers is not the registry
 */
export function acceptedText(url: string, response: Response, text: string, isList: boolean): string {
  const { ok, status } = response;
  const value = parseOrUndefined(text);
  if (status === 204 || (ok && (isList ? Array.isArray(value) : isJsonObject(value)))) return text;
  const refusal = refusalOf(status, value);
  if (refusal && status < 500 && !NOT_ADMITTED.has(status)) throw refusal;
  throw new ServiceError(sentenceOf(url, response, refusal));
}

/** Reads an error in the registry's envelope; `undefined` if the value is not one. */
function refusalOf(status: number, value: unknown): OAuthError | undefined {
  if (!isJsonObject(value)) return undefined;
  const { error, error_description: description, errors } = value;
  if (status < 400 || typeof error !== 'string' || typeof description !== 'string') return undefined;
  return new OAuthError(status, error, description, {
    errors: Array.isArray(errors) ? errors.filter(isFault) : undefined,
  });
}

function isFault(value: unknown): value is Fault {
  return isJsonObject(value) && typeof value['pointer'] === 'string' && typeof value['detail'] === 'string';
}

function sentenceOf(url: string, { status, headers }: Response, refusal?: OAuthError): string {
  const said = refusal ? `: ${refusal.message.replace(/\.$/, '')}` : '';
  if (status === 401 || status === 407)
    return `The service at ${url} does not know the caller (${status})${said}. Set OAUTH2_REGISTRY_TOKEN, or correct it.`;
  if (status === 403) return `The service at ${url} does not admit the caller (403)${said}.`;
  if (status === 429) return `The service at ${url} gets too many requests (429)${said}. Try again later.`;
  if (status >= 300 && status < 400) {
    const [place = ''] = (headers.get('location') ?? 'nowhere').split('?');
    return `The service at ${url} redirects to ${place} (${status}): correct the URL.`;
  }
  if (refusal || status === 502 || status === 503 || status === 504)
    return `The service at ${url} cannot answer (${status})${said}. Try again later.`;
  const type = headers.get('content-type')?.split(';')[0] ?? 'nothing';
  return `What answers at ${url} is not the registry (${status}, ${type}): correct the URL, and the path in it.`;
}
