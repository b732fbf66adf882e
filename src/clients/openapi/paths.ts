/** Path of the collection of clients, without the host's prefix. */
export const CLIENTS = '/admin/clients';
/** Where authorization servers ask who a client is, below the collection of clients. */
export const AUTHENTICATE = '/authenticate';
/** Where authorization servers report uses of clients, below the collection; and the last uses of a client, below the client. */
export const ACTIVITY = '/activity';
/** The same collection at the path of old SDKs. */
export const SHORT_CLIENTS = '/clients';
/** The registration access token of a client, below the client. */
export const REGISTRATION_TOKEN = '/registration-token';
/** The history of a client, below the client. */
export const HISTORY = '/history';
/** Path of the changes of all clients, without the host's prefix. */
export const CHANGES = '/admin/changes';
/** Path of the removed clients, without the host's prefix. */
export const TOMBSTONES = '/admin/tombstones';
