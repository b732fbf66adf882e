/** Path of the list of what ends soon. */
export const EXPIRING = '/admin/expiring';
