// For the browser, like page-plugins.ts: the function must use nothing from outside itself, and stays out of the bundle.

/** What the function uses of an element. */
interface Element {
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  closest(selector: string): Element | null;
}

/** What the function uses of a browser. */
interface Browser {
  document: { body: object; querySelectorAll(selector: string): Iterable<Element> };
  MutationObserver: new (changed: () => void) => {
    observe(target: object, options: { childList: true; subtree: true }): void;
  };
}

/**
 * Labels the fields of Swagger UI that have no label, and lets the keyboard reach scrolling texts, now and whenever the page has changed.
 */
export function accessibleFields(): object {
  const { document, MutationObserver } = globalThis as unknown as Browser;
  const labels = [
    ['#servers', 'Server'],
    ['textarea.body-param__text', 'Request body'],
    ['.examples-select-element', 'Example'],
    ['select.content-type', 'Media type'],
  ] as const;
  const name = (element: Element, label: string) => {
    if (element.getAttribute('aria-label') === null) element.setAttribute('aria-label', label);
  };
  const improve = () => {
    for (const [selector, label] of labels)
      for (const element of document.querySelectorAll(selector)) name(element, label);
    for (const field of document.querySelectorAll('tr[data-param-name] :is(input, select, textarea)'))
      name(field, field.closest('tr')?.getAttribute('data-param-name') ?? '');
    for (const text of document.querySelectorAll('pre.microlight')) text.setAttribute('tabindex', '0');
  };
  new MutationObserver(improve).observe(document.body, { childList: true, subtree: true });
  improve();
  return {};
}
