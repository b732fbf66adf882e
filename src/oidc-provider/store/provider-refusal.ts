import { OAuthError } from '../../oauth-error/oauth-error.js';

/** An error in the form in which `oidc-provider` answers it: with a status and a code of its own, which callers may see. */
export class ProviderRefusal extends Error {
  /** Of an error without it the provider says only `server_error`. */
  readonly expose = true;
  /** Only with it does the provider tell a client at its redirect URI, whose registration it checks first. */
  readonly allow_redirect = true;
  /** Headers of the answer. */
  readonly headers: Record<string, string>;

  /**
   * @param statusCode status of the response
   * @param error code of OAuth, for programs, which is also the message
   * @param error_description a sentence for people
   * @param details headers of the answer where Koa gives it, since the provider has none for what fails after its own answer; and a cause
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

/** Lets the provider answer errors of the registry as the registry would: 503 when the database cannot answer. */
export async function answerable<T>(done: Promise<T>): Promise<T> {
  try {
    return await done;
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    const { code, message, headers } = error;
    throw new ProviderRefusal(error.getStatus(), code, message, { headers, cause: error });
  }
}
