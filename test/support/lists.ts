import { expect } from '@jest/globals';
import { request, type Answer } from './http.js';

/** Parameters of a list. */
export type Query = string | Record<string, string> | [string, string][];

/** A page of a list. */
export interface Listed extends Answer {
  clients: Record<string, unknown>[];
  ids: string[];
  /** Address of the next page, and its page token. */
  next?: string;
  token?: string;
  /** The parameter that a refusal names in its first word. */
  refused?: string;
}

/** The page at an address. */
export async function follow(address: string | URL): Promise<Listed> {
  const answer = await request(address);
  if (answer.status !== 200)
    return { ...answer, clients: [], ids: [], refused: String(answer.body['error_description']).split(' ')[0] };
  const link = answer.headers['link'] ?? '';
  expect(link).toMatch(/^<[^>]*>; rel="first"(,<[^>]*>; rel="next")?$/);
  const path = /,<([^>]*)>/.exec(link)?.[1];
  const next = path && new URL(path, address).href;
  const token = next && (new URL(next).searchParams.get('page_token') ?? undefined);
  const clients = answer.body as unknown as Record<string, unknown>[];
  return { ...answer, clients, ids: clients.map((client) => String(client['client_id'])), next, token };
}

/** The first page of a list. */
export function list(url: string, query: Query = {}, path = '/admin/clients'): Promise<Listed> {
  return follow(`${url}${path}?${new URLSearchParams(query).toString()}`);
}

/** The pages of a list one by one, each by the link of the one before. */
export async function* pagesOf(url: string, query: Query): AsyncGenerator<string[]> {
  for (
    let page: Listed | undefined = await list(url, query);
    page;
    page = page.next ? await follow(page.next) : undefined
  ) {
    expect([query, page.status]).toEqual([query, 200]);
    yield page.ids;
  }
}

/** The order of ids and names. */
export function bytewise(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
