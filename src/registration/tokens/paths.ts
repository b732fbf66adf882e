/** Path of the collection of initial access tokens. */
export const REGISTRATION_TOKENS = '/admin/registration-tokens';
