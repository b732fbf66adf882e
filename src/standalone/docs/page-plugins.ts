// Functions for the browser: the page of Swagger UI loads their source text from a separate file, since its Content-Security-Policy allows no
// inline script. Each function must therefore use nothing from outside itself, and `dist/service.js` loads this file unbundled: a bundler adds
// calls to helper functions.

/** What these functions use of a browser. */
interface Browser {
  document: {
    head: { append(element: object): void };
    createElement(tag: string): object;
    documentElement: { lang: string; classList: { toggle(name: string, on: boolean): void } };
  };
  matchMedia: (query: string) => { matches: boolean; addEventListener(name: 'change', listener: () => void): void };
  navigator: { clipboard?: { writeText(text: string): Promise<void> } };
}

type Component = (props: Properties) => unknown;

/** Properties of Swagger UI's component `liveResponse`; `response` is an immutable map. */
interface Properties {
  response: { get(name: 'text'): unknown; set(name: 'text', value: string): Properties['response'] };
}

/** What these functions use of Swagger UI's system. */
interface System {
  React: {
    createElement: (type: unknown, props: object | null, ...children: unknown[]) => unknown;
    useState: <T>(initial: T) => [T, (value: T) => void];
  };
}

/** An operation, as Swagger UI passes it to a sorter. */
interface Sorted {
  get(name: 'method' | 'path'): string;
}

/** Lays the page out for phones, and makes it dark where the browser prefers that. */
export function appearance(): object {
  const { document, matchMedia } = globalThis as unknown as Browser;
  const viewport = { name: 'viewport', content: 'width=device-width, initial-scale=1' };
  document.head.append(Object.assign(document.createElement('meta'), viewport));
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
  dark.addEventListener('change', apply);
  apply();
  return {};
}

/**
 * Shows each secret that a response shows only once in a box above the response, masked until the secrets are revealed. Until then the
 * response below masks them, too.
 */
export function oneTimeSecret({ React }: System): object {
  const { createElement, useState } = React;
  const mask = '•'.repeat(12);
  const titles = {
    client_secret: 'Secret of the client',
    registration_access_token: 'Registration access token',
    key: 'API key',
    token: 'Initial access token',
    signing_secret: 'Signing secret of the webhook',
  };
  const parsed = (text: unknown): Record<string, unknown> => {
    try {
      return (JSON.parse(String(text)) as Record<string, unknown> | null) ?? {};
    } catch {
      return {};
    }
  };
  const button = (label: string, onClick: () => void) =>
    createElement('button', { type: 'button', className: 'btn', onClick }, label);
  const wrap = (Original: Component): Component =>
    function OneTimeSecret(props) {
      const { response } = props;
      const [revealed, reveal] = useState<unknown>(undefined);
      const [copied, setCopied] = useState<{ from?: unknown; name?: string }>({});
      const body = parsed(response.get('text'));
      const secrets = Object.entries(titles).flatMap(([name, title]) => {
        const secret = body[name];
        return typeof secret === 'string' && secret !== '' ? [{ name, title, secret }] : [];
      });
      if (secrets.length === 0) return createElement(Original, props);
      const isRevealed = revealed === response;
      const copy = (name: string, secret: string) => {
        // Browsers have a clipboard on https and on localhost only: elsewhere, reveal the secret to be copied by hand.
        const { clipboard } = (globalThis as unknown as Browser).navigator;
        const written = clipboard ? clipboard.writeText(secret) : Promise.reject(new Error('no clipboard'));
        written.then(
          () => setCopied({ from: response, name }),
          () => reveal(response),
        );
      };
      const boxes = secrets.map(({ name, title, secret }) =>
        createElement(
          'section',
          { className: 'one-time-secret', 'aria-label': title, key: name },
          createElement('h4', null, `${title}, shown this once`),
          createElement('p', null, 'Copy it now: no later response shows it.'),
          createElement('code', null, isRevealed ? secret : mask),
          button(isRevealed ? 'Hide' : 'Reveal', () => reveal(isRevealed ? undefined : response)),
          button('Copy', () => copy(name, secret)),
          createElement('span', { role: 'status' }, copied.from === response && copied.name === name ? 'Copied' : ''),
        ),
      );
      const masked = Object.fromEntries(secrets.map(({ name }) => [name, mask]));
      const below = isRevealed ? response : response.set('text', JSON.stringify({ ...body, ...masked }));
      return createElement('div', null, boxes, createElement(Original, { ...props, response: below }));
    };
  return { wrapComponents: { liveResponse: wrap } };
}

/** Sorts deletions last, the longest path first, so that the client goes after its parts. The tombstones and the restoration follow. */
export function removalsLast(a: Sorted, b: Sorted): number {
  const [first, second] = [a, b].map((one) => {
    const path = one.get('path');
    if (one.get('method') === 'delete') return path;
    // Both sort behind every path.
    return path.endsWith('/tombstones') ? '!' : path.endsWith('/restore') ? ' ' : '';
  });
  if (first && second) return first < second ? 1 : -1;
  return Number(Boolean(first)) - Number(Boolean(second));
}
