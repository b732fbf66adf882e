/** Path of the collection of clients, without the host's prefix. */
export const CLIENTS = '/admin/clients';
/** Path at which authorization servers have clients authenticated, below the collection of clients. */
export const AUTHENTICATE = '/authenticate';
/** Path at which authorization servers report uses of clients, below the collection; path of the last uses of a client, below the client. */
export const ACTIVITY = '/activity';
/** Path of the same collection for old SDKs. */
export const SHORT_CLIENTS = '/clients';
/** Path of the registration access token of a client, below the client. */
export const REGISTRATION_TOKEN = '/registration-token';
/** Path of the history of a client, below the client. */
export const HISTORY = '/history';
/** Path of the changes of all clients, without the host's prefix. */
export const CHANGES = '/admin/changes';
/** Path of the removed clients, without the host's prefix. */
export const TOMBSTONES = '/admin/tombstones';
