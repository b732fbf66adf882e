/** Path of the collection of clients, without the host's prefix. */
export const CLIENTS = '/admin/clients';
/** The same collection at the path of old SDKs. */
export const SHORT_CLIENTS = '/clients';
