// Drives the Swagger UI of the built service in Chromium, by clicks, with the values that stand there.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { freePort, startService, temporaryDatabase } from '../support/service.mjs';
import { checkAccess } from './accessibility.mjs';
import { SwaggerPage } from './swagger-page.mjs';

/** What needs an id that stands nowhere on the page until something was made. */
const OF_SOMETHING_MADE = [
  'authenticateOAuth2Client',
  'getApiKey',
  'revokeApiKey',
  'getInitialAccessToken',
  'revokeInitialAccessToken',
  'getOidcDynamicClient',
  'setOidcDynamicClient',
  'deleteOidcDynamicClient',
  'getOAuth2ClientWebhook',
  'setOAuth2ClientWebhook',
  'listOAuth2ClientWebhookDeliveries',
  'replayOAuth2ClientWebhook',
  'rotateOAuth2ClientWebhookSecret',
  'deleteOAuth2ClientWebhook',
];
const IN_TURN = [
  'createOAuth2Client',
  'listOAuth2Clients',
  'getOAuth2Client',
  'patchOAuth2Client',
  'setOAuth2Client',
  'setOAuth2ClientLifespans',
  'getOAuth2ClientEffectiveLifespans',
  'getOAuth2ClientKeySet',
  'getOAuth2ClientActivity',
  'listOAuth2ClientSecrets',
  'addOAuth2ClientSecret',
  'rotateOAuth2ClientSecret',
  'replaceOAuth2ClientRegistrationToken',
  'listOAuth2ClientHistory',
  'getOAuth2ClientChange',
  'revertOAuth2Client',
  'suspendOAuth2Client',
  'listOAuth2ClientChanges',
  'listOAuth2Expiring',
  'resumeOAuth2Client',
  'deleteOAuth2ClientSecret',
  'deleteRotatedOAuth2ClientSecrets',
  'endOAuth2ClientRegistrationToken',
  'deleteOAuth2Client',
  'listOAuth2ClientTombstones',
  'restoreOAuth2Client',
  'authenticateOAuth2Client',
  'reportOAuth2ClientActivity',
  'createApiKey',
  'listApiKeys',
  'getApiKey',
  'revokeApiKey',
  'createInitialAccessToken',
  'listInitialAccessTokens',
  'getInitialAccessToken',
  'createOidcDynamicClient',
  'getOidcDynamicClient',
  'setOidcDynamicClient',
  'listRegistrationPolicies',
  'deleteOidcDynamicClient',
  'revokeInitialAccessToken',
  'createOAuth2ClientWebhook',
  'listOAuth2ClientWebhooks',
  'getOAuth2ClientWebhook',
  'setOAuth2ClientWebhook',
  'listOAuth2ClientWebhookDeliveries',
  'replayOAuth2ClientWebhook',
  'rotateOAuth2ClientWebhookSecret',
  'deleteOAuth2ClientWebhook',
  'isAlive',
  'isReady',
  'getVersion',
  'getMetrics',
  'getPrometheusMetrics',
];
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const screenshots = join(import.meta.dirname, 'screenshots');
let passed = 0;
let failed = 0;

function check(about, holds, seen) {
  if (holds) passed += 1;
  else failed += 1;
  console.log(`${holds ? 'ok' : 'NOT OK'}  ${about}${holds || seen === undefined ? '' : `: ${JSON.stringify(seen)}`}`);
}

/** A page that tells of requests to other origins, and of what went wrong in it. */
async function openPage(browser, url, options) {
  const page = await (await browser.newContext(options)).newPage();
  const foreign = [];
  const errors = [];
  const tokens = [];
  page.setDefaultTimeout(20_000);
  page.on('request', (request) => {
    if (/^(data|blob):/.test(request.url())) return;
    if (![url, open].includes(new URL(request.url()).origin)) foreign.push(request.url());
    if (request.resourceType() === 'fetch') tokens.push(request.headers()['authorization']);
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    // A refusal that was asked for is no error of the page.
    const isRefusal =
      message.text().startsWith('Failed to load resource') && message.location().url.includes('/admin/');
    if (message.type() === 'error' && !isRefusal) errors.push(message.text());
  });
  return { page, ui: new SwaggerPage(page), foreign, errors, tokens };
}

function shoot(target, name, options = {}) {
  return target.screenshot({ path: join(screenshots, `${name}.png`), ...options });
}

/** Executes what can be from the top of the page to its end, and removes the client again. */
async function walk(ui) {
  const executed = IN_TURN.filter((operationId) => !OF_SOMETHING_MADE.includes(operationId));
  for (const operationId of [...executed, 'deleteOAuth2Client']) {
    const { status, body } = await ui.execute(operationId);
    check(`in page order, ${operationId}: ${status}`, status >= 200 && status < 300, body);
  }
}

/** The life of one client, each step with what it must show. */
async function live(ui) {
  const created = await ui.execute('createOAuth2Client');
  check('create: 201', created.status === 201, created);
  check('create: the client of the first example', created.body.client_id === 'orders-web', created.body);
  const secret = await ui.secretBox('createOAuth2Client');
  check('create: its secret is masked, in the box and in the response below', secret.masked, secret);
  check('create: the box comes before everything else of the answer', secret.isFirst, secret);
  check('create: Copy copies the secret', secret.copied?.startsWith('oacs_'), secret);
  check('create: after Reveal, box and response show it', secret.revealed, secret);
  const token = await ui.secretBox('createOAuth2Client', 'Registration access token');
  check('create: the registration access token is masked, too', token.masked && token.isFirst, token);
  check(
    'create: it is copied and revealed like the secret',
    token.copied?.startsWith('oart_') && token.revealed,
    token,
  );
  check('create: the duration of the request is shown', created.duration !== null, created);
  await shoot(ui.operation('createOAuth2Client'), 'create-with-answer');

  const got = await ui.execute('getOAuth2Client');
  check('get: 200', got.status === 200, got);
  check('get: no secret', got.body.client_name === 'Orders web' && !('client_secret' in got.body), got.body);

  const listed = await ui.execute('listOAuth2Clients');
  check('list: 200', listed.status === 200, listed);
  check(
    'list: the client is found',
    listed.body.some(({ client_id: id }) => id === 'orders-web'),
    listed.body,
  );
  await shoot(ui.operation('listOAuth2Clients'), 'list');

  const patched = await ui.execute('patchOAuth2Client');
  check('patch (JSON Patch): 200', patched.status === 200, patched);
  check('patch (JSON Patch): the other name is shown', patched.body.client_name === 'Orders', patched.body);
  await ui.send('patchOAuth2Client', 'application/merge-patch+json');
  const merged = await ui.execute('patchOAuth2Client');
  check('patch (JSON Merge Patch): 200', merged.status === 200, merged);
  check('patch (JSON Merge Patch): the other owner is shown', merged.body.owner === 'team-checkout', merged.body);
  await shoot(ui.operation('patchOAuth2Client'), 'patch');

  const replaced = await ui.execute('setOAuth2Client');
  check('replace: 200', replaced.status === 200, replaced);
  check('replace: two redirect URIs are shown', replaced.body.redirect_uris?.length === 2, replaced.body);

  const lifespans = await ui.execute('setOAuth2ClientLifespans');
  check('lifespans: 200', lifespans.status === 200, lifespans);
  check('lifespans: one is shown', lifespans.body.client_credentials_grant_access_token_lifespan === '5m');

  await rotate(ui, secret.copied);
  const removed = await ui.execute('deleteOAuth2Client');
  check('delete: 204', removed.status === 204, removed);
  const gone = await ui.execute('getOAuth2Client');
  check('get after that: 404', gone.status === 404 && gone.body.error === 'not_found', gone);
  await shoot(ui.operation('getOAuth2Client'), 'error-not-found');
}

async function rotate(ui, first) {
  const rotated = await ui.execute('rotateOAuth2ClientSecret');
  check('rotate: 200', rotated.status === 200, rotated);
  const second = await ui.secretBox('rotateOAuth2ClientSecret');
  check('rotate: another secret is in the box', second.copied?.startsWith('oacs_') && second.copied !== first);
  const secrets = await ui.execute('listOAuth2ClientSecrets');
  check('secrets: 200, both', secrets.status === 200 && secrets.body.length === 2, secrets);
  const added = await ui.execute('addOAuth2ClientSecret');
  check('add a secret: 201', added.status === 201, added.status);
  const third = await ui.secretBox('addOAuth2ClientSecret');
  check('add a secret: it is in the box', third.copied?.startsWith('oacs_') && added.body.label !== null);
  const ended = await ui.execute('deleteOAuth2ClientSecret');
  check('end one secret: 204', ended.status === 204, ended);
  await shoot(ui.operation('deleteOAuth2ClientSecret'), 'end-one-secret');
  const older = await ui.execute('deleteRotatedOAuth2ClientSecrets');
  check('end the older secrets: 200', older.status === 200, older);
  const left = await ui.execute('listOAuth2ClientSecrets');
  check('secrets: the last one is left', left.body.length === 1 && left.body[0].id === added.body.id, left);
  const refused = await ui.execute('deleteOAuth2ClientSecret');
  check('end the last secret: 409', refused.status === 409 && refused.body.error === 'conflict', refused);
  await shoot(ui.operation('deleteOAuth2ClientSecret'), 'error-conflict');
}

/** Each further example of a create, and the first once more, twice. */
async function createEachKind(ui) {
  const block = await ui.expand('createOAuth2Client');
  const names = await block.locator('.opblock-section-request-body .examples-select option').allInnerTexts();
  check('create: seven examples', names.length === 7, names);
  for (const [at, name] of names.entries()) {
    if (at === 0) continue;
    await ui.choose('createOAuth2Client', at);
    const { status, body } = await ui.execute('createOAuth2Client');
    check(`create, ${name}: 201`, status === 201, body);
  }
  const again = await ui.execute('createOAuth2Client');
  check('create once more: 409', again.status === 409 && again.body.error === 'conflict', again);
  await shoot(block, 'error-taken');
  check('delete that client: 204', (await ui.execute('deleteOAuth2Client')).status === 204);
}

async function remember({ page, ui, tokens }) {
  await ui.authorize('a-token-for-the-gateway');
  await page.reload();
  await page.locator('.opblock').first().waitFor();
  check('Authorize: the token is forgotten with the page', !(await ui.isAuthorized()));
  await ui.authorize('a-token-for-the-gateway');
  tokens.length = 0;
  for (const operationId of ['isAlive', 'isReady']) {
    const { status, body } = await ui.execute(operationId);
    check(`${operationId}: 200`, status === 200 && body.status === 'ok', body);
  }
  check(
    'Authorize: the token is sent',
    tokens.join() === Array(2).fill('Bearer a-token-for-the-gateway').join(),
    tokens,
  );
}

/** The page at one width and in one scheme: what is readable, and what axe-core finds. */
async function look(browser, url, width, colorScheme) {
  const name = `${width}-${colorScheme}`;
  const phone = width < 500 && { isMobile: true, hasTouch: true };
  const { page, ui, foreign, errors } = await openPage(browser, url, {
    viewport: { width, height: 900 },
    colorScheme,
    ...phone,
  });
  await ui.open(`${url}/docs`);
  check(`${name}: no bar of a vendor`, (await page.locator('.topbar').count()) === 0);
  const light = await page.evaluate(() => {
    const [red] = getComputedStyle(document.documentElement).backgroundColor.match(/\d+/g) ?? [];
    return !document.documentElement.classList.contains('dark-mode') || Number(red) > 100;
  });
  check(`${name}: the page has the colours that the browser prefers`, light === (colorScheme === 'light'));
  await shoot(page, `${name}-page`, { fullPage: true });
  await checkAccess(page, (about, holds, seen) => check(`${name}, the page: ${about}`, holds, seen));
  const { status } = await ui.execute('createOAuth2Client');
  check(`${name}: create: 201`, status === 201, status);
  const create = ui.operation('createOAuth2Client');
  const widest = await page.evaluate(() => document.documentElement.scrollWidth);
  check(`${name}: nothing is wider than the screen`, widest <= width, widest);
  const left = await create.locator('.responses-inner').evaluate((inner) => {
    inner.scrollLeft = inner.scrollWidth;
    const rest = inner.scrollWidth - inner.clientWidth - inner.scrollLeft;
    inner.scrollLeft = 0;
    return rest;
  });
  check(`${name}: what is too wide of the answers can be scrolled to`, Math.abs(left) <= 1, left);
  await create.locator('.one-time-secret').first().scrollIntoViewIfNeeded();
  await shoot(page, `${name}-secret`);
  await shoot(create, `${name}-create`);
  await checkAccess(page, (about, holds, seen) => check(`${name}, after a create: ${about}`, holds, seen));
  check(`${name}: delete: 204`, (await ui.execute('deleteOAuth2Client')).status === 204);
  check(`${name}: no other origin, no error`, foreign.length + errors.length === 0, [foreign, errors]);
  await page.context().close();
}

mkdirSync(screenshots, { recursive: true });
const port = await freePort();
/** Where clients register, which the page may ask, too. */
const open = `http://127.0.0.1:${port}`;
const service = await startService({
  DATABASE_URL: temporaryDatabase(),
  SECRETS_KEY: 's'.repeat(32),
  REGISTRATION: 'open',
  REGISTRATION_POLICIES: join(import.meta.dirname, 'policies.yaml'),
  PUBLIC_PORT: String(port),
  PUBLIC_URL: open,
});
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ARGUMENTS,
});
try {
  const opened = await openPage(browser, service.url, {
    viewport: { width: 1280, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const { page, ui, foreign, errors } = opened;
  await ui.open(service.url);
  check('/ leads to /docs', page.url() === `${service.url}/docs`, page.url());
  await shoot(page, 'page', { fullPage: true });
  const ids = await ui.operationIds();
  check('all operations stand there, in their order', ids.join() === IN_TURN.join(), ids);
  await walk(ui);
  await live(ui);
  // Swagger UI takes no further choice of an example in an operation that was collapsed in between.
  await page.reload();
  await createEachKind(ui);
  await remember(opened);
  for (const operationId of IN_TURN) await ui.expand(operationId);
  check('each operation can be expanded', (await page.locator('button.execute').count()) === 1);
  check('no request went to another origin', foreign.length === 0, foreign);
  check('no error was on the console', errors.length === 0, errors);
  for (const width of [1440, 390])
    for (const scheme of ['light', 'dark']) await look(browser, service.url, width, scheme);
} catch (error) {
  check(`nothing was thrown: ${error instanceof Error ? error.stack : String(error)}`, false);
} finally {
  await browser.close();
}
check('the service ends in peace', (await service.end('SIGTERM')) === 0);
check('nothing was worth a warning', service.output() === '', service.output());
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
