// Every action changes the engine, after a question, and can be seen at once.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

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

const answer = name => page.getByRole('dialog').getByRole('button', { name }).click();
const told = text => page.getByRole('status').getByText(text).first().waitFor();
const labourer = id => engine.api(`labourers/${id}`);

describe('a labourer', () => {
  before(() => page.goto('/'));

  it('is paused, and that is taken back', async () => {
    await page.getByRole('button', { name: 'Pause steady' }).click();
    assert.deepEqual(await seriousFindings(page), []);
    await picture(page, 'question');
    await page.getByText('sosw pause steady').waitFor();
    await answer('Pause');
    await told('steady is paused');
    assert.equal((await labourer('steady')).paused, true);
    await page.getByRole('button', { name: 'Resume steady' }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await told('steady goes on');
    assert.equal((await labourer('steady')).paused, false);
  });

  it('stays as it is when the answer is not now', async () => {
    await page.getByRole('button', { name: 'Pause broken' }).click();
    await answer('Not now');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Pause broken' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal((await labourer('broken')).paused, false);
  });

  it('is limited, and the limit is lifted', async () => {
    await page.goto('/labourers/steady');
    await page.getByRole('button', { name: 'Limit' }).click();
    await page.getByLabel('At most').fill('2');
    await answer('Set the limit');
    await told('no more than 2 at once');
    assert.equal((await labourer('steady')).set_limit, 2);
    await page.getByRole('img', { name: 'steady: 0 running of at most 2' }).waitFor();
    await page.getByRole('button', { name: 'Limit' }).click();
    await page.getByLabel('At most').fill('');
    await answer('Set the limit');
    await told('its configuration counts again');
    assert.equal((await labourer('steady')).set_limit, null);
  });

  it('shows what the engine says against it', async () => {
    await page.getByRole('button', { name: 'Limit' }).click();
    await page.route('**/limit', route => route.fulfill({ status: 503, body: '{"error":{"code":"unavailable","message":"sosw.db: the disk is full"}}' }));
    await page.getByLabel('At most').fill('1');
    await answer('Set the limit');
    await page.getByRole('alert').getByText('the disk is full').waitFor();
    await page.unroute('**/limit');
    await answer('Not now');
    page.complaints.length = 0; // the browser tells of the 503 by itself
  });
});

describe('tasks', () => {
  it('that are dead are retried, one, chosen ones, and all of a job or labourer', async () => {
    const job = await engine.schedule('broken', 4);
    await engine.finished(job);
    await engine.api('labourers/broken/pause', {});
    const dead = async () => (await engine.api(`jobs/${job}`)).dead;

    await page.goto(`/tasks/${job}0000000000000000`);
    await page.getByRole('button', { name: 'Retry' }).click();
    await answer('Retry');
    await told('1 task will be tried again');
    assert.equal(await dead(), 3);

    await page.goto('/tasks?state=dead&labourer=broken');
    await page.getByRole('checkbox', { name: `Choose task ${job}0000000000000001` }).check();
    await page.getByRole('button', { name: 'Retry chosen' }).click();
    await answer('Retry');
    await told('1 task will be tried again');
    assert.equal(await dead(), 2);

    await page.goto(`/jobs/${job}`);
    await page.getByRole('button', { name: 'Retry dead' }).click();
    await answer('Retry 2 tasks');
    await told('2 tasks will be tried again');
    assert.equal(await dead(), 0);

    await engine.api('labourers/broken/resume', {});
    await engine.finished(job);
    await engine.api('labourers/broken/pause', {});
    await page.goto('/tasks?state=dead&labourer=broken');
    await page.getByRole('button', { name: 'Retry all of broken' }).click();
    await answer('Retry 4 tasks');
    await told('4 tasks will be tried again');
    assert.equal(await dead(), 0);
    await engine.api('labourers/broken/resume', {});
  });

  it('that wait are cancelled, one and chosen ones', async () => {
    await engine.api('labourers/weak/pause', {});
    const job = await engine.schedule('weak', 3);
    await page.goto(`/tasks/${job}0000000000000000`);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await answer('Cancel');
    await told('1 task cancelled');
    await page.goto(`/tasks?state=queued&job=${job}`);
    await page.getByRole('checkbox', { name: 'Choose all tasks of this page' }).check();
    await page.getByRole('button', { name: 'Cancel chosen' }).click();
    await answer('Cancel');
    await told('2 tasks cancelled');
    assert.equal((await engine.api(`jobs/${job}`)).cancelled, 3);
    await page.getByText('No task is queued of those.').waitFor();
  });
});

describe('jobs', () => {
  it('are cancelled, one and chosen ones', async () => {
    await engine.api('labourers/weak/pause', {});
    const [one, two, three] = [await engine.schedule('weak', 2), await engine.schedule('weak', 2), await engine.schedule('weak', 2)];
    await page.goto(`/jobs/${one}`);
    await page.getByRole('button', { name: 'Cancel job' }).click();
    await answer('Cancel the job');
    await told('2 tasks cancelled');
    await page.goto('/jobs?labourer=weak&state=open');
    for (const id of [two, three]) await page.getByRole('checkbox', { name: `Choose job ${id}` }).check();
    await page.getByRole('button', { name: 'Cancel chosen' }).click();
    await answer('Cancel 2 jobs');
    await told('4 tasks cancelled');
    for (const id of [one, two, three]) assert.equal((await engine.api(`jobs/${id}`)).state, 'finished');
    await page.getByText('No job is so.').waitFor();
  });

  it('are scheduled from the form after a dry run, with their bytes as they are', async () => {
    const before = (await engine.api('jobs')).length;
    await page.goto('/schedule');
    await page.getByLabel('The job, as JSON').fill('{"lambda_name": "steady", "isolate_items": true, "items": [1.50, 12345678901234567890]}');
    await page.getByLabel('Idempotency key').fill('from the form');
    await page.getByLabel('Priority').selectOption('high');
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.getByText('2 tasks', { exact: true }).waitFor();
    assert.match(await page.getByLabel('the payload of task 1', { exact: true }).innerText(), /\[1\.50\]/);
    assert.equal((await engine.api('jobs')).length, before, 'a dry run writes nothing');
    assert.deepEqual(await seriousFindings(page), []);
    await picture(page, 'dry-run');
    await page.getByRole('button', { name: 'Schedule 2 tasks' }).click();
    await page.waitForURL('**/jobs/*');
    const job = await engine.api(`jobs/${page.url().split('/').pop()}`);
    assert.equal(job.priority, 'high');
    assert.equal(job.total, 2);

    await page.goto('/schedule');
    await page.getByLabel('The job, as JSON').fill('{"lambda_name": "steady", "isolate_items": true, "items": [1.50, 12345678901234567890]}');
    await page.getByLabel('Idempotency key').fill('from the form');
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.getByText('A job with this key was scheduled before').waitFor();
  });

  it('are refused with the reason', async () => {
    await page.goto('/schedule');
    await page.getByLabel('The job, as JSON').fill('{"lambda_name": "steayd"}');
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.getByRole('alert').getByText("did you mean 'steady'?").waitFor();
    page.complaints.length = 0; // the browser tells of the 422 by itself
    await page.getByLabel('The job, as JSON').fill('{"lambda_name"');
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.getByRole('alert').getByText('This is not valid JSON').waitFor();
  });
});

it('a rule is triggered', async () => {
  await page.goto('/rules');
  await page.getByRole('button', { name: 'Trigger nightly now' }).click();
  await answer('Trigger now');
  await page.waitForURL('**/jobs/*');
  const job = await engine.api(`jobs/${page.url().split('/').pop()}`);
  assert.match(job.document.idempotency_key, /^rule nightly triggered at /);
});

it('nothing complained', () => assertNoComplaints(page));
