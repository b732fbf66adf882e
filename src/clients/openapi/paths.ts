/** Path of the collection of clients, below whatever the host puts before it. */
export const CLIENTS = '/admin/clients';
/** As {@link CLIENTS}, by its short name. */
export const SHORT_CLIENTS = '/clients';
