/** An answer of the registry, and what was asked for. */
export interface DocumentedAnswer {
  /** Default `GET`. */
  method?: string | undefined;
  /** Path of the request, without its query. */
  path: string;
  status: number;
  /** By their names in lower case. */
  headers: Record<string, unknown>;
  /** The body. */
  text: string;
}

/**
 * What in an answer differs from `openapi.json`: a status that its operation does not have, or a body that its schema does not
 * allow, which here means a member without a schema, too. `undefined` when it is as documented, and when it is
 * not an answer of the registry to one of the operations.
 */
export function faultOfAnswer(answer: DocumentedAnswer): string | undefined;
