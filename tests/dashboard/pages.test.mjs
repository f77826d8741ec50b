// Every page shows what there is, at every width, in light and dark, to everybody.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Browser, assertNoComplaints, overflow, picture, seriousFindings, widths } from './browser.mjs';
import { Engine } from './engine.mjs';

const engine = new Engine();
let browser;
let page;
const jobs = {};
let deadTask;
let doneTask;

before(async () => {
  await engine.start();
  browser = await Browser.open();
  jobs.done = await engine.schedule('steady', 6, { shop: 'Aachen' });
  jobs.dead = await engine.schedule('broken', 3);
  jobs.retrying = await engine.schedule('slow_to_retry', 1);
  jobs.held = await engine.schedule('held', 3);
  jobs.weak = await engine.schedule('weak', 1, { priority: 'high' });
  await engine.api('labourers/weak/pause', {});
  await engine.finished(jobs.done);
  await engine.finished(jobs.dead);
  await engine.until('status', status => status.labourers.find(one => one.labourer_id === 'slow_to_retry').waiting === 1
    && status.labourers.find(one => one.labourer_id === 'held').running === 1);
  deadTask = (await engine.api('tasks?state=dead'))[0].task_id;
  doneTask = (await engine.api('tasks?state=completed&labourer=steady'))[0].task_id;
  page = await browser.page(engine.url);
});
after(async () => {
  await browser?.close();
  await engine.end();
});

describe('the overview', () => {
  before(() => page.goto('/'));

  it('shows labourers with their limits and why they are so', async () => {
    const row = page.getByRole('row', { name: /^weak/ });
    await row.getByText('paused').waitFor();
    await page.getByRole('img', { name: 'held: 1 running of at most 1' }).waitFor();
    await page.getByRole('row', { name: /^held/ }).getByText('at its limit').waitFor();
  });

  it('leads from a failure to its reason and log in two clicks', async () => {
    await page.getByRole('link', { name: 'exit code 1: orders_db refused' }).first().click();
    await page.getByText('Why it is dead').waitFor();
    assert.match(await page.getByLabel('Log of attempt 2').innerText(), /asking orders_db/);
    await page.goto('/');
  });

  it('counts the last hour', async () => {
    await page.getByRole('img', { name: /^Tasks a minute: .* 7 attempts failed in the last hour/ }).waitFor();
    await page.getByRole('img', { name: /^steady, the last hour: 6 tasks completed/ }).waitFor();
  });

  it('shows jobs and rules', async () => {
    await page.getByRole('link', { name: `job ${jobs.held}` }).waitFor();
    await page.getByText('cron(0 2 * * ? *) Europe/Berlin').waitFor();
  });
});

describe('jobs', () => {
  before(() => page.goto('/jobs'));
  const shown = () => page.locator('tbody tr').count();
  const wait = count => page.waitForFunction(wanted => document.querySelectorAll('tbody tr').length === wanted, count);

  it('are filtered by state, and the address tells', async () => {
    await wait(5);
    await page.getByText('With dead tasks').click();
    await wait(1);
    assert.equal(new URL(page.url()).search, '?state=failing');
    await page.reload();
    await wait(1);
    await page.getByRole('link', { name: `job ${jobs.dead}` }).waitFor();
  });

  it('are filtered by labourer, time and text', async () => {
    await page.goto('/jobs?labourer=steady');
    await wait(1);
    await page.goto('/jobs');
    await page.getByLabel('Scheduled').selectOption('3600');
    await wait(5);
    await page.getByLabel('Id or text of the job').fill('Aachen');
    await wait(1);
    await page.getByLabel('Id or text of the job').fill(jobs.held.slice(0, 9));
    await page.getByRole('link', { name: `job ${jobs.held}` }).waitFor();
    await wait(1);
    await page.getByLabel('Id or text of the job').fill('nowhere at all');
    await page.getByText('No job is so.').waitFor();
    assert.equal(await shown(), 0);
  });
});

describe('a job', () => {
  before(() => page.goto(`/jobs/${jobs.dead}`));

  it('shows how far it is and what was asked for', async () => {
    await page.getByRole('img', { name: 'Progress: 3 dead (100 %)' }).waitFor();
    assert.match(await page.getByLabel('the job', { exact: true }).innerText(), /"lambda_name": "broken"/);
  });

  it('shows each task as a cell that the keyboard reaches', async () => {
    const map = page.getByRole('slider', { name: /Tasks of the job/ });
    await map.focus();
    assert.equal(await map.getAttribute('aria-valuetext'), 'Task 1: dead');
    await page.keyboard.press('End');
    assert.equal(await map.getAttribute('aria-valuetext'), 'Task 3: dead');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/tasks/${jobs.dead}0000000000000001`);
  });
});

describe('a task', () => {
  it('shows attempts with their duration, reason and log', async () => {
    await page.goto(`/tasks/${deadTask}`);
    const attempts = page.locator('.attempts > li');
    await attempts.first().waitFor();
    assert.equal(await attempts.count(), 2);
    assert.match(await attempts.first().innerText(), /Attempt 2\s+failed\s+\d+(\.\d)? m?s/);
    assert.match(await attempts.last().innerText(), /exit code 1: orders_db refused/);
  });

  it('shows payload and result with every digit', async () => {
    await page.goto(`/tasks/${doneTask}`);
    assert.match(await page.getByLabel('the result', { exact: true }).innerText(), /"rows": 12345678901234567890,\s+"ratio": 0\.50/);
    assert.match(await page.getByLabel('the payload', { exact: true }).innerText(), /"items": \[\d\]/);
  });

  it('says why it is not running', async () => {
    const waiting = (await engine.api('tasks?state=retrying'))[0].task_id;
    await page.goto(`/tasks/${waiting}`);
    await page.getByText(/It is due in .*, for attempt 2\./).waitFor();
    const [queued] = await engine.api('tasks?state=queued&labourer=held');
    await page.goto(`/tasks/${queued.task_id}`);
    await page.getByText('1 of held run, and no more than 1 may').waitFor();
  });
});

describe('tasks', () => {
  it('are listed by state, labourer and job', async () => {
    await page.goto('/tasks');
    await page.getByText('Dead', { exact: true }).click();
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 3);
    await page.getByLabel('Labourer').selectOption('steady');
    await page.getByText('No task is dead of those.').waitFor();
    await page.goto(`/tasks?state=completed&job=${jobs.done}`);
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 6);
  });
});

describe('finding', () => {
  it('goes to a task, a job, or the jobs with a text', async () => {
    await page.goto('/');
    await page.getByText('Live', { exact: true }).waitFor();
    for (const [text, url] of [[doneTask, `/tasks/${doneTask}`], [jobs.done, `/jobs/${jobs.done}`], ['Aachen', '/jobs?text=Aachen']]) {
      await page.keyboard.press('/');
      await page.keyboard.type(text);
      await page.keyboard.press('Enter');
      await page.waitForURL(`**${url}`);
    }
  });

  it('says when there is no such thing', async () => {
    await page.goto('/tasks/00000000000000000000000000000000');
    await page.getByText('there is no task').waitFor();
    await page.goto('/jobs/000000');
    await page.getByText('there is no job').waitFor();
    await page.goto('/labourers/steayd');
    await page.getByText("did you mean 'steady'?").waitFor();
    // The browser tells of each 404 by itself.
    assert.ok(page.complaints.every(text => text.includes('404')), page.complaints.join('\n'));
    page.complaints.length = 0;
  });
});

describe('everybody', () => {
  const places = () => ({
    overview: '/', jobs: '/jobs', job: `/jobs/${jobs.dead}`, tasks: '/tasks?state=dead', task: `/tasks/${deadTask}`,
    done: `/tasks/${doneTask}`, labourer: '/labourers/weak', rules: '/rules', schedule: '/schedule', none: '/tasks?state=cancelled',
  });
  for (const colorScheme of ['light', 'dark'])
    for (const width of widths)
      it(`can use every page ${width} pixels wide, ${colorScheme}`, async () => {
        const narrow = await browser.page(engine.url, { width, colorScheme });
        for (const [name, place] of Object.entries(places())) {
          await narrow.goto(place);
          await narrow.waitForFunction(() => document.querySelector('main h1') && !document.querySelector('[aria-busy]'));
          assert.deepEqual(await seriousFindings(narrow), [], name);
          assert.ok((await overflow(narrow)) <= 0, `${name} is too wide`);
          await picture(narrow, `${name}-${width}-${colorScheme}`);
        }
        assertNoComplaints(narrow);
        await narrow.context().close();
      });
});

it('nothing complained', () => assertNoComplaints(page));
