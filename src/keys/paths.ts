/** Path of the collection of API keys. */
export const KEYS = '/admin/keys';
