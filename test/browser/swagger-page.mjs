/** Swagger UI as a person uses it: all of this is done by clicks and read off the page. */
export class SwaggerPage {
  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.page = page;
  }

  /** Opens a place of the service and waits until its operations stand there. */
  async open(url) {
    await this.page.goto(url);
    await this.page.locator('.opblock').first().waitFor();
  }

  /** The block of an operation. */
  operation(operationId) {
    return this.page.locator(`.opblock[id$="-${operationId}"]`);
  }

  /** The names of all operations, from top to bottom. */
  async operationIds() {
    const ids = await this.page.locator('.opblock').evaluateAll((blocks) => blocks.map(({ id }) => id));
    return ids.map((id) => id.slice(id.lastIndexOf('-') + 1));
  }

  /**
   * Expands an operation, unless it is expanded, and collapses the one before: at each click Swagger UI draws anew all that is expanded, which
   * takes four seconds for all operations.
   */
  async expand(operationId) {
    if (this.expanded !== operationId) await this.#collapse();
    this.expanded = operationId;
    const block = this.operation(operationId);
    if ((await block.locator('.opblock-body').count()) === 0) await block.locator('.opblock-summary-control').click();
    await block.locator('button.execute').waitFor();
    return block;
  }

  async #collapse() {
    const body = this.operation(this.expanded).locator('.opblock-body');
    if ((await body.count()) === 0) return;
    await this.operation(this.expanded).locator('.opblock-summary-control').click();
    await body.waitFor({ state: 'detached' });
  }

  /** Chooses an example of the body by its place in the list, and waits until it stands there. */
  async choose(operationId, at) {
    await this.#select(operationId, '.examples-select select', { index: at });
  }

  /** Chooses the media type of the body, and waits until its example stands there. */
  async send(operationId, mediaType) {
    await this.#select(operationId, 'select.content-type', mediaType);
  }

  /** Chooses another thing in a list, which changes the body. */
  async #select(operationId, list, choice) {
    const block = await this.expand(operationId);
    const body = block.locator('.opblock-section-request-body');
    const before = await body.locator('textarea').inputValue();
    await body.locator(list).selectOption(choice);
    const area = `.opblock[id$="-${operationId}"] .opblock-section-request-body textarea`;
    await this.page.waitForFunction(([css, text]) => document.querySelector(css)?.value !== text, [area, before]);
  }

  /**
   * Executes an operation with the values that stand there.
   *
   * @returns status, body (parsed where it is JSON) and duration, as they are shown
   */
  async execute(operationId) {
    const block = await this.expand(operationId);
    const clear = block.locator('button.btn-clear');
    if ((await clear.count()) > 0) await clear.click();
    await block.locator('button.execute').click();
    const row = block.locator('.live-responses-table tbody tr.response').first();
    await row.waitFor();
    const status = Number.parseInt(await row.locator('.response-col_status').innerText(), 10);
    const code = row.locator('.response-col_description .highlight-code pre');
    const text = (await code.count()) > 0 ? await code.first().innerText() : '';
    const duration = /Request duration\s*(\d+) ms/.exec(await row.locator('.response-col_description').innerText());
    return { status, body: parsed(text), duration: duration && Number(duration[1]) };
  }

  /**
   * Looks at the box of a secret that an operation has shown, then copies, reveals and hides it.
   *
   * @param title of the box
   * @returns whether no secret was shown at first, whether all boxes are above the rest, the copied text, and whether it stood in
   * both places after Reveal
   */
  async secretBox(operationId, title = 'Secret of the client') {
    const block = this.operation(operationId);
    const box = block.getByRole('region', { name: title });
    const texts = async () => [
      await box.locator('code').innerText(),
      await block.locator('.live-responses-table tbody .response-col_description').first().innerText(),
    ];
    const before = await texts();
    const isFirst = await box.evaluate((own) => {
      const beside = [...own.parentElement.children];
      return beside.slice(0, beside.indexOf(own)).every(({ className }) => className === own.className);
    });
    await box.getByRole('button', { name: 'Copy' }).click();
    await box.getByText('Copied').waitFor();
    const copied = await this.page.evaluate(() => navigator.clipboard.readText());
    await box.getByRole('button', { name: 'Reveal' }).click();
    await box.getByRole('button', { name: 'Hide' }).waitFor();
    const after = await texts();
    await box.getByRole('button', { name: 'Hide' }).click();
    await box.getByRole('button', { name: 'Reveal' }).waitFor();
    return {
      masked: before.every((text) => text.includes('••••') && !/oacs_|oart_/.test(text)),
      isFirst,
      copied,
      revealed: after.every((text) => text.includes(copied)),
    };
  }

  /** Gives the token that a gateway may want. */
  async authorize(token) {
    await this.page.locator('.scheme-container button.authorize').click();
    const dialog = this.page.locator('.dialog-ux .modal-ux');
    // The first of the schemes is that of the admin API.
    await dialog.locator('input').first().fill(token);
    await dialog.locator('.auth-btn-wrapper button.authorize').first().click();
    await dialog.locator('.auth-btn-wrapper button', { hasText: 'Logout' }).waitFor();
    await dialog.locator('button.close-modal').click();
    await dialog.waitFor({ state: 'detached' });
  }

  /** Does the dialog say that a token was given? */
  async isAuthorized() {
    await this.page.locator('.scheme-container button.authorize').click();
    const dialog = this.page.locator('.dialog-ux .modal-ux');
    await dialog.waitFor();
    const has = (await dialog.locator('.auth-btn-wrapper button', { hasText: 'Logout' }).count()) === 1;
    await dialog.locator('button.close-modal').click();
    return has;
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
