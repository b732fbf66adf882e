import { OAuthError } from '../../oauth-error/oauth-error.js';

/** An error in the form that `oidc-provider` answers with the error's own status and code, which callers may see. */
export class ProviderRefusal extends Error {
  /** Without this flag the provider answers only `server_error`. */
  readonly expose = true;
  /** Only with this flag does the provider report the error at the client's redirect URI; it first checks that the URI is registered. */
  readonly allow_redirect = true;
  /** Headers of the answer. */
  readonly headers: Record<string, string>;

  /**
   * @param statusCode status of the response
   * @param error OAuth error code, for programs, which is also the message
   * @param error_description a sentence for people
   * @param details headers for an answer that Koa sends: the provider adds none when something fails after its own answer; and a cause
   */
  constructor(
    readonly statusCode: number,
    readonly error: string,
    readonly error_description: string,
    { headers = {}, cause }: { headers?: Record<string, string>; cause?: Error } = {},
  ) {
    super(error, { cause });
    this.headers = headers;
  }
}

/** Lets the provider answer an error of the registry as the registry would: 503 when the database cannot answer. */
export async function answerable<T>(done: Promise<T>): Promise<T> {
  try {
    return await done;
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    const { code, message, headers } = error;
    throw new ProviderRefusal(error.getStatus(), code, message, { headers, cause: error });
  }
}
