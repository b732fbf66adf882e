/**
 * Headers of every answer: no cache may keep it, and no browser may take it for anything but what its `Content-Type` says
 * (Fetch §3.6).
 */
export const ANSWER_HEADERS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' } as const;
