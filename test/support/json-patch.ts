/** The operations of a JSON Patch. */
export const add = (path: string, value: unknown) => ({ op: 'add', path, value });
export const remove = (path: string) => ({ op: 'remove', path });
export const replace = (path: string, value: unknown) => ({ op: 'replace', path, value });
export const move = (from: string, path: string) => ({ op: 'move', from, path });
export const copy = (from: string, path: string) => ({ op: 'copy', from, path });
export const test = (path: string, value: unknown) => ({ op: 'test', path, value });

export const MERGE_PATCH = 'application/merge-patch+json';
