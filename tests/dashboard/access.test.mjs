// Who may see and do what.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Browser, assertNoComplaints, picture, seriousFindings } from './browser.mjs';
import { Engine } from './engine.mjs';

let browser;
before(async () => {
  browser = await Browser.open();
});
after(() => browser?.close());

describe('with a token', () => {
  const engine = new Engine();
  let page;
  before(async () => {
    await engine.start({ token: 's3cret' });
    page = await browser.page(engine.url);
  });
  after(() => engine.end());

  it('the page asks for it, and goes on where it was', async () => {
    await page.goto('/rules');
    await page.getByLabel('Token').fill('guessed');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('this is not the token').waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await picture(page, 'login');
    await page.getByLabel('Token').fill('s3cret');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'nightly' }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    assert.ok(page.complaints.every(text => text.includes('401')), page.complaints.join('\n'));
    page.complaints.length = 0;
  });

  it('scripts do not see the cookie, and it outlives a restart', async () => {
    assert.equal(await page.evaluate(() => document.cookie), '');
    const [cookie] = await page.context().cookies();
    assert.equal(cookie.httpOnly, true);
    assert.equal(cookie.sameSite, 'Strict');
    assert.ok(!cookie.value.includes('s3cret'));
    await engine.stop();
    await engine.start();
    page.complaints.length = 0;
    await page.reload();
    await page.getByRole('heading', { name: 'nightly' }).waitFor();
    assertNoComplaints(page);
  });

  it('an action works', async () => {
    await page.goto('/');
    await page.getByRole('button', { name: 'Pause steady' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
    await page.getByText('steady is paused').first().waitFor();
    assert.equal((await engine.api('labourers/steady')).paused, true);
    assertNoComplaints(page);
  });

  it('signing out ends it', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Token').waitFor();
    await page.goto('/jobs');
    await page.getByLabel('Token').waitFor();
    assert.equal((await page.context().cookies()).length, 0);
  });
});

describe('read-only', () => {
  const engine = new Engine();
  before(() => engine.start({ options: ['--dashboard', 'read-only'] }));
  after(() => engine.end());

  it('pages show everything and offer nothing', async () => {
    const job = await engine.schedule('broken', 2);
    await engine.finished(job);
    const page = await browser.page(engine.url);
    for (const place of ['/', '/jobs', `/jobs/${job}`, '/tasks?state=dead', `/tasks/${job}0000000000000000`, '/rules', '/labourers/broken', '/schedule']) {
      await page.goto(place);
      await page.getByText('read-only').waitFor();
      await page.waitForFunction(() => document.querySelector('main h1') && !document.querySelector('[aria-busy]'));
      const buttons = await page.getByRole('button').allInnerTexts();
      assert.deepEqual(buttons.filter(text => text !== 'Copy'), [], place);
      assert.equal(await page.getByRole('checkbox').count(), 0, place);
    }
    assertNoComplaints(page);
  });

  it('the engine refuses what a page would change', async () => {
    const page = await browser.page(engine.url);
    await page.goto('/');
    const status = await page.evaluate(async () => (await fetch('/api/v1/labourers/steady/pause', { method: 'POST', body: '{}' })).status);
    assert.equal(status, 403);
    assert.equal((await engine.api('labourers/steady')).paused, false);
  });
});

describe('off', () => {
  const engine = new Engine();
  before(() => engine.start({ options: ['--dashboard', 'off'] }));
  after(() => engine.end());

  it('there is no page, and the API is as ever', async () => {
    assert.equal((await fetch(engine.url)).status, 404);
    assert.equal((await fetch(`${engine.url}/login`, { method: 'POST', body: '{}' })).status, 404);
    assert.equal((await engine.api('labourers')).length, 5);
  });
});

describe('over the wire', () => {
  const engine = new Engine();
  before(() => engine.start());
  after(() => engine.end());

  it('everything is small, compressed, and kept', async () => {
    const page = await browser.page(engine.url);
    const answers = [];
    page.on('response', answer => answers.push(answer));
    await page.goto('/');
    await page.getByText('Live', { exact: true }).waitFor();
    const files = answers.filter(answer => !answer.url().includes('/api/') && !answer.url().includes('/readyz'));
    let bytes = 0;
    for (const file of files) {
      const headers = file.headers();
      bytes += Number(headers['content-length']);
      assert.match(headers['content-security-policy'], /default-src 'none'/, file.url());
      if (file.url().endsWith('.js')) assert.equal(headers['content-encoding'], 'gzip');
      if (file.url().includes('/assets/')) assert.match(headers['cache-control'], /immutable/);
    }
    assert.ok(files.length >= 3);
    assert.ok(bytes < 150 * 1024, `${bytes} bytes`);
  });
});
