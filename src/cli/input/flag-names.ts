/** Hydra's flags whose names do not follow from the member: they drop `client_`, or use other words. */
const HYDRA: Record<string, string> = {
  client_id: 'id',
  client_name: 'name',
  post_logout_redirect_uris: 'post-logout-callback',
  frontchannel_logout_uri: 'frontchannel-logout-callback',
  backchannel_logout_uri: 'backchannel-logout-callback',
};
/** Short names of flags, beside Hydra's names. */
const SHORT: Record<string, string> = { 'grant-type': 'grant', 'token-endpoint-auth-method': 'auth-method' };

/**
 * Returns the flags for a member of a client, or for a query parameter of the list: the same as Hydra's, or named after the member where
 * Hydra has no flag.
 *
 * @param name such as `redirect_uris`
 * @param isList whether it is a list: its flag names one entry
 * @returns such as `--redirect-uri`, or `--grant, --grant-type`
 */
export function flagsOf(name: string, isList = false): string {
  const long = HYDRA[name] ?? (isList ? name.replace(/s$/, '') : name).replaceAll('_', '-');
  const short = SHORT[long];
  return short === undefined ? `--${long}` : `--${short}, --${long}`;
}
