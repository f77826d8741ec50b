// Pages follow the engine, say when they can't, and find it again.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, it } from 'node:test';

import { Browser, assertNoComplaints, picture, seriousFindings } from './browser.mjs';
import { Engine } from './engine.mjs';

const engine = new Engine();
let browser;
let page;
before(async () => {
  await engine.start();
  browser = await Browser.open();
  page = await browser.page(engine.url);
});
after(async () => {
  await browser?.close();
  await engine.end();
});

it('a job is followed without a reload', async () => {
  const job = await engine.schedule('held', 2);
  await page.goto(`/jobs/${job}`);
  await page.getByRole('img', { name: 'Progress: 2 open (100 %)' }).waitFor();
  for (let i = 0; i < 2; ++i) {
    await engine.until('labourers/held', one => one.running === 1);
    spawnSync('sh', ['-c', 'echo {} > gate'], { cwd: engine.folder });
  }
  await page.getByRole('img', { name: 'Progress: 2 completed (100 %)' }).waitFor();
  assertNoComplaints(page);
});

it('a lost engine is told, and found again when it comes back', async () => {
  await page.goto('/');
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('row', { name: /^steady/ }).waitFor();
  await engine.stop('SIGKILL');
  await page.getByText('The engine does not answer. What you see is as of').waitFor();
  await page.getByText('No connection').waitFor();
  assert.ok(await page.getByRole('row', { name: /^steady/ }).isVisible(), 'what was seen stays');
  assert.deepEqual(await seriousFindings(page), []);
  await picture(page, 'lost');
  await engine.start();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByText('The engine does not answer').waitFor({ state: 'detached' });
  const job = await engine.schedule('steady', 2);
  await page.getByRole('link', { name: `job ${job}` }).waitFor();
});
