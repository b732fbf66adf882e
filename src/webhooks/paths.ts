/** Path of the collection of webhooks, without the host's prefix. */
export const WEBHOOKS = '/admin/webhooks';
