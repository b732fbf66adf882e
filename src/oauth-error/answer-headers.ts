/**
 * Headers of every response: no cache may store it, and no browser may interpret it as another type than its `Content-Type`
 * (Fetch §3.6).
 */
export const ANSWER_HEADERS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' } as const;
