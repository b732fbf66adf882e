import { request } from 'node:http';
import { text as textOf } from 'node:stream/consumers';

/** A page as a browser has it. */
export interface Page {
  url: URL;
  status: number;
  html: string;
}

/** What a person types into the fields of a form, by their names. */
export type Typed = Record<string, string>;

/** A browser without scripts: it keeps cookies, follows redirects and sends forms. */
export class Browser {
  private readonly cookies = new Map<string, string>();

  /** @param home URLs that begin with it are opened; a redirect to any other is where it stops */
  constructor(private readonly home: string) {}

  /** Opens a URL, and follows redirects as far as they lead home. */
  async open(url: URL, form?: URLSearchParams): Promise<Page> {
    const { status, location, html } = await this.send(url, form);
    if (location === undefined) return { url, status, html };
    const next = new URL(location, url);
    return next.href.startsWith(`${this.home}/`) ? this.open(next) : { url: next, status, html };
  }

  /** Sends the form of a page: its hidden fields, and what a person types. */
  submit({ url, html }: Page, typed: Typed = {}): Promise<Page> {
    const [, action] = /<form[^>]* action="([^"]+)"/.exec(html) ?? [];
    if (action === undefined) throw new Error(`There is no form on ${url.href}: ${html}`);
    const form = new URLSearchParams();
    for (const [input] of html.matchAll(/<input[^>]*>/g)) {
      const [, name] = /name="([^"]*)"/.exec(input) ?? [];
      const [, value = ''] = /value="([^"]*)"/.exec(input) ?? [];
      if (name !== undefined) form.set(name, value);
    }
    for (const [name, value] of Object.entries(typed)) form.set(name, value);
    return this.open(new URL(action.replaceAll('&amp;', '&'), url), form);
  }

  private send(url: URL, form?: URLSearchParams): Promise<{ status: number; location?: string; html: string }> {
    return new Promise((resolve, reject) => {
      const headers = {
        accept: 'text/html',
        cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
      };
      const call = request(url, { method: form ? 'POST' : 'GET', headers }, (response) => {
        this.keep(response.headers['set-cookie'] ?? []);
        const { statusCode: status = 0 } = response;
        const { location } = response.headers;
        textOf(response)
          .then((html) => resolve({ status, location, html }))
          .catch(reject);
      });
      call.on('error', reject).end(form?.toString());
    });
  }

  private keep(cookies: readonly string[]): void {
    for (const cookie of cookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}
