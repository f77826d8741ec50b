// sosw.mjs against a real engine. SOSW_PROGRAM names the program; without it the tests are skipped.
import assert from 'node:assert/strict';
import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import {after, before, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {Client, JobTimeout, SoswError} from '../../../clients/node/sosw.mjs';

const WORKER = fileURLToPath(new URL('counting.mjs', import.meta.url));
const KINDS = ['command', 'bootstrap'];
const skip = process.env.SOSW_PROGRAM ? false : 'SOSW_PROGRAM does not name the program; run it by ctest';
const labourers = KINDS.map((kind) => `  ${kind}:\n    ${kind}: [node, ${WORKER}]\n    max_attempts: 1\n`).join('');
const job = (lambda_name, ...items) => ({lambda_name, isolate_items: true, items});
const collected = async (list) => {
  const all = [];
  for await (const one of list) all.push(one);
  return all;
};

let folder, engine, client;

async function start(listen) {
  engine = spawn(process.env.SOSW_PROGRAM, ['up', '--listen', listen],
                 {cwd: folder, env: {...process.env, SOSW_TOKEN: 'secret-words'}, stdio: ['ignore', 'ignore', 'pipe']});
  for await (const line of readline.createInterface({input: engine.stderr})) {
    const up = /up on (http:\/\/[0-9.:]+),/.exec(line);
    if (up) {
      engine.stderr.resume();
      return up[1];
    }
  }
  throw new Error('the engine did not start');
}

async function end(signal) {
  engine.kill(signal);
  await once(engine, 'exit');
}

let url;

before(async () => {
  if (skip) return;
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sosw_client_'));
  fs.writeFileSync(path.join(folder, 'sosw.yaml'),
                   `labourers:\n${labourers}job_schema_variants:\n  default: {chunkable_attrs: [[item, {}]]}\n`);
  url = await start('127.0.0.1:0');
  client = new Client({url, token: 'secret-words', timeout: 60});
});

after(async () => {
  if (skip) return;
  await end('SIGKILL');
  fs.rmSync(folder, {recursive: true, force: true});
});

/** What became of each item: {item: task}. */
async function tasksOf(kind, ...items) {
  const {job_id} = await client.schedule(job(kind, ...items));
  await client.wait(job_id, {timeout: 120});
  const tasks = [];
  for (const state of ['completed', 'dead'])
    for await (const task of client.tasks(state, {job: job_id})) tasks.push(await client.task(task.task_id));
  return Object.fromEntries(tasks.map((task) => [task.payload.items[0], task]));
}

for (const kind of KINDS) {
  test(`${kind}: results, stats, failures and logs arrive`, {skip}, async () => {
    const tasks = await tasksOf(kind, 'a', 'odd', 'many', 'fail', 'function');
    assert.deepEqual(tasks.a.result, {item: 'a', task: true, attempt: 1, left: true});
    assert.deepEqual(tasks.a.stats, {items: 1});
    assert.deepEqual(tasks.a.log[0].lines, ['at work on a']);
    const {time_odd, ...stats} = tasks.odd.stats;
    assert.ok(time_odd >= 0);
    assert.deepEqual(stats, {items: 1, calls_odd: 1, bad: 'Infinity', big: '10', öl: 'ü\n', ratio: 0.5});
    assert.equal(tasks.odd.result ?? null, null);
    assert.deepEqual([tasks.many.result, tasks.many.stats ?? null], [{value: 'kept'}, null]);
    assert.equal(tasks.fail.state, 'dead');
    assert.match(tasks.fail.reason, /RangeError: no fail in the second line/);
    assert.deepEqual(tasks.fail.stats, {items: 1});
    assert.match(tasks.function.reason, /the result can't be JSON/);
  });
}

test('a job is followed to its end', {skip}, async () => {
  const {job_id, total} = await client.schedule(job('command', 'a', 'b', 'c'));
  assert.equal(total, 3);
  const seen = await collected(client.follow(job_id, {timeout: 60}));
  assert.deepEqual([seen.at(-1).state, seen.at(-1).completed], ['finished', 3]);
  assert.deepEqual((await collected(client.results(job_id))).map((result) => result.item), ['a', 'b', 'c']);
});

test('pause, cancel, limit, resume, retry', {skip}, async () => {
  assert.equal((await client.pause('command')).paused, true);
  const first = await client.schedule(job('command', 'heal', 'b'));
  const second = await client.schedule(job('command', 'c'));
  const queued = await collected(client.tasks('queued', {job: first.job_id}));
  await client.cancel([queued.find((task) => task.payload.items[0] === 'b').task_id]);
  await client.cancelJob(second.job_id);
  assert.equal((await client.setLimit('command', 1)).limit, 1);
  assert.equal((await client.setLimit('command', null)).limit, null);
  await assert.rejects(client.wait(first.job_id, {timeout: 0.1}), (error) => error instanceof JobTimeout && /1 of its/.test(error.message));
  assert.equal((await client.resume('command')).paused, false);
  const ended = await client.wait(first.job_id, {timeout: 60});
  assert.deepEqual([ended.dead, ended.cancelled], [1, 1]);
  fs.writeFileSync(path.join(folder, 'healed'), '');
  const [dead] = await collected(client.tasks('dead', {job: first.job_id}));
  await client.retry([dead.task_id]);
  assert.equal((await client.wait(first.job_id, {timeout: 60})).completed, 1);
  assert.equal((await client.wait(second.job_id, {timeout: 60})).cancelled, 1);
  assert.equal((await client.retryDead('nobody').catch((error) => error)).code, 'not_found');
  assert.equal((await client.status()).labourers.length, 2);
});

test('following outlives a restart of the engine', {skip}, async () => {
  await client.pause('command');
  const {job_id} = await client.schedule(job('command', 'a'));
  const following = client.follow(job_id, {timeout: 60});
  assert.equal((await following.next()).value.open, 1);
  await end('SIGKILL');
  await assert.rejects(client.status(), (error) => error.status === 0 && /sosw up/.test(error.message));
  await start(url.replace('http://', ''));
  await client.resume('command');
  assert.equal((await collected(following)).at(-1).completed, 1);
});

test('errors name what is wrong', {skip}, async () => {
  const refused = (call, status, words) =>
      assert.rejects(call, (error) => error instanceof SoswError && error.status === status && words.test(error.message));
  await refused(client.schedule({lambda_name: 'nobody'}), 422, /nobody/);
  await refused(client.task('0'.repeat(32)), 404, /0000/);
  await refused(client.pause('a/b'), 404, /a\/b/);
  await refused(new Client({url, token: 'guessed'}).status(), 401, /SOSW_TOKEN/);
  assert.throws(() => new Client({url: '127.0.0.1:8787'}), /such as http:\/\/127.0.0.1:8787/);
});

test('without an engine the result alone is printed', () => {
  const {SOSW_RESULT, SOSW_STATS, ...env} = process.env;
  const ended = spawnSync('node', [WORKER], {input: '{"items": ["many"]}', encoding: 'utf8', env});
  assert.deepEqual([ended.status, ended.stdout], [0, '"kept"\n']);
  assert.match(ended.stderr, /at work on many/);
  const refused = spawnSync('node', [WORKER], {input: 'hello', encoding: 'utf8', env});
  assert.deepEqual([refused.status, refused.stdout], [2, '']);
});
