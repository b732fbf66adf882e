// What axe-core finds on a page.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Rules that Swagger UI itself breaks, each with the reason why that stays. */
const OF_SWAGGER_UI = {
  'nested-interactive': 'with deep links, the link to an operation is inside the button that expands it',
};

/**
 * Checks that axe-core finds nothing serious or critical, but for what is listed above.
 *
 * @param {import('playwright-core').Page} page
 * @param {(about: string, holds: boolean, seen?: unknown) => void} check
 */
export async function checkAccess(page, check) {
  // Evaluated by the debugger, which the Content-Security-Policy of the page does not bind.
  await page.evaluate(AXE);
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run());
  const found = violations
    .filter(({ id, impact }) => ['serious', 'critical'].includes(impact) && !(id in OF_SWAGGER_UI))
    .map(({ id, nodes }) => [id, nodes.length, nodes.slice(0, 4).map(({ html }) => html.slice(0, 150))]);
  check('axe-core finds nothing serious', found.length === 0 && passes.length > 10, found);
}
