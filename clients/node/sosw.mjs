/**
 * sosw for Node: schedule jobs and follow them (Client), and write workers (run). One file without dependencies, Node 18
 * or newer. Copy it beside your program; sosw.d.mts holds its types.
 * @module sosw
 */

import fs from 'node:fs';
import http from 'node:http';
import {setTimeout as sleep} from 'node:timers/promises';

const DEFAULT_URL = 'http://127.0.0.1:8787';
const PAGE = 1000;  // tasks that are asked for at once
const FIRST_PAUSE = 50;  // ms between looks at a job
const LONGEST_PAUSE = 1000;
const LARGEST_STATS = 16 * 1024;  // bytes; the engine keeps no more
const ANSWER_TIMEOUT = 60_000;  // ms for the Runtime API to take an answer
const TRIES = 3;  // to reach the Runtime API
const RUNTIME_PATH = '/2018-06-01/runtime/invocation/';

/**
 * The engine refused what it was asked, or could not be asked. `status` is that of HTTP (0: nothing was answered, so that
 * what was asked may have been done or not), `code` the word for it in docs/api.md, such as "invalid_job", and
 * `retryAfter` seconds when it makes sense to try again.
 */
export class SoswError extends Error {
  /** @param {string} message @param {{status?: number, code?: string, retryAfter?: number, cause?: unknown}} [facts] */
  constructor(message, {status = 0, code = 'unreachable', retryAfter, cause} = {}) {
    super(message, {cause});
    this.name = new.target.name;
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** A job was not finished in the time that wait() or follow() was given. The job itself goes on. */
export class JobTimeout extends SoswError {}

/**
 * Asks an engine (`sosw up`) over its JSON API, docs/api.md. Nothing is sent twice, except by follow() and wait(), which
 * only look. Whole numbers above 2^53 lose digits, as everywhere in JavaScript.
 */
export class Client {
  #url;
  #token;
  #timeout;

  /**
   * @param {object} [options]
   * @param {string} [options.url] SOSW_URL of the environment, else http://127.0.0.1:8787
   * @param {string} [options.token] SOSW_TOKEN of the environment
   * @param {number} [options.timeout] seconds that a request may take, 30
   */
  constructor({url, token, timeout = 30} = {}) {
    this.#url = (url || process.env.SOSW_URL || DEFAULT_URL).replace(/\/+$/, '');
    if (!/^https?:\/\/[^/]/.test(this.#url))
      throw new TypeError(`${this.#url}: must be the URL of an engine, such as ${DEFAULT_URL}`);
    this.#token = token ?? process.env.SOSW_TOKEN ?? '';
    this.#timeout = timeout;
  }

  /**
   * Schedules a job; it is safe on disk then. Without an answer (SoswError with status 0) it may have been scheduled or
   * not: a job with an `idempotency_key` can be sent again without harm.
   * @param {object} job
   * @returns {Promise<{job_id: string, labourer_id: string, total: number, known_before: boolean}>}
   */
  async schedule(job) {
    return (await this.#ask('POST', ['jobs'], {body: job}))[0];
  }

  /** A job: its state, how many of its tasks are open, completed, dead and cancelled, and the document itself. */
  job(jobId) {
    return this.#ask('GET', ['jobs', jobId]);
  }

  /**
   * Yields the job now and whenever it has changed, until it is finished. Outlives a restart of the engine. Throws
   * JobTimeout when `timeout` seconds were not enough.
   */
  async *follow(jobId, {timeout = Infinity} = {}) {
    const ends = performance.now() + timeout * 1000;
    let job = await this.job(jobId);
    let pause = FIRST_PAUSE;
    yield job;
    while (job.state !== 'finished') {
      if (performance.now() + pause > ends)
        throw new JobTimeout(`job ${jobId}: ${job.open} of its tasks were open still after ${timeout} s`, {code: 'timeout'});
      await sleep(pause);
      pause = Math.min(pause * 1.5, LONGEST_PAUSE);
      const seen = await this.job(jobId).catch((error) => {
        if (error.status !== 0 && error.status !== 503) throw error;
        return job;
      });
      if (JSON.stringify(seen) === JSON.stringify(job)) continue;
      [job, pause] = [seen, FIRST_PAUSE];
      yield job;
    }
  }

  /** The job when all its tasks are closed. Some of them may be dead: see its `dead`. */
  async wait(jobId, options) {
    let last;
    for await (const job of this.follow(jobId, options)) last = job;
    return last;
  }

  /**
   * All tasks of one state: queued, waiting, running, retrying, completed, dead or cancelled. Each has its payload, stats,
   * result, attempts and reason. Asks for a thousand at a time.
   */
  async *tasks(state, {labourer, job} = {}) {
    for (let after; ;) {
      const page = await this.#ask('GET', ['tasks'], {parameters: {state, labourer, job, limit: PAGE, after}});
      yield* page;
      if (page.length < PAGE) return;
      after = page.at(-1).task_id;
    }
  }

  /** The results of a job's completed tasks, in the order of the tasks. null for a task without one. */
  async *results(jobId) {
    for await (const task of this.tasks('completed', {job: jobId})) yield task.result ?? null;
  }

  /** One task, with payload, result, stats, and what happened to it, its log included. */
  task(taskId) {
    return this.#ask('GET', ['tasks', taskId]);
  }

  /** Puts these dead tasks back in line. */
  retry(taskIds) {
    return this.#ask('POST', ['tasks', 'retry'], {body: {task_ids: [...taskIds]}});
  }

  /** Puts all dead tasks of a labourer back in line. */
  retryDead(labourer) {
    return this.#ask('POST', ['tasks', 'retry'], {body: {dead_of: labourer}});
  }

  /** Closes these tasks as cancelled, unless they run or are closed already. */
  cancel(taskIds) {
    return this.#ask('POST', ['tasks', 'cancel'], {body: {task_ids: [...taskIds]}});
  }

  /** Closes the queued and waiting tasks of a job; running ones end as they end. */
  cancelJob(jobId) {
    return this.#ask('POST', ['jobs', jobId, 'cancel'], {body: {}});
  }

  /** Starts no more tasks of a labourer. What runs goes on. */
  pause(labourer) {
    return this.#ask('POST', ['labourers', labourer, 'pause'], {body: {}});
  }

  /** Lets a paused labourer go on. */
  resume(labourer) {
    return this.#ask('POST', ['labourers', labourer, 'resume'], {body: {}});
  }

  /** Replaces max_simultaneous_invocations of a labourer; null lifts that again. */
  setLimit(labourer, limit) {
    return this.#ask('POST', ['labourers', labourer, 'limit'], {body: {limit}});
  }

  /** What is going on: labourers, and the jobs that are open or were finished last. */
  status() {
    return this.#ask('GET', ['status']);
  }

  async #ask(method, path, {body, parameters = {}} = {}) {
    const query = `${new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== undefined))}`;
    const target = `${this.#url}/api/v1/${path.map(encodeURIComponent).join('/')}${query && '?'}${query}`;
    const headers = {'Content-Type': 'application/json', 'User-Agent': 'sosw-node'};
    if (this.#token) headers.Authorization = `Bearer ${this.#token}`;
    const text = body === undefined ? undefined : JSON.stringify(body);
    let answer;
    let said;
    try {
      const signal = AbortSignal.timeout(this.#timeout * 1000);
      answer = await fetch(target, {method, headers, body: text, redirect: 'manual', signal});
      said = await answer.text();
    } catch (cause) {
      const why = cause.cause?.code ?? cause.message;
      throw new SoswError(
          `no answer from ${this.#url} (${why}): is \`sosw up\` running there? SOSW_URL says where`, {cause});
    }
    const value = parsed(said);
    if (answer.ok && value !== undefined) return value;
    const after = Number.parseInt(answer.headers.get('retry-after') ?? '', 10);
    const problem = value?.error ??
        {code: 'unknown', message: `${this.#url} answers ${answer.status} to ${method} ${target}: is that an engine of sosw?`};
    const hint = answer.status === 401 ? ' (SOSW_TOKEN, or the token of Client, must be that of the engine)' : '';
    throw new SoswError(problem.message + hint,
                        {status: answer.status, code: problem.code, retryAfter: Number.isNaN(after) ? undefined : after});
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One call of a handler, its second argument. */
export class Context {
  #deadline;

  /** @param {any} event @param {Record<string, string | undefined>} [headers] those of the Lambda Runtime API */
  constructor(event, headers = {}) {
    /** Empty: a call that is no task. */
    this.taskId = String(event?.task_id ?? '');
    this.labourerId = String(event?.labourer_id ?? process.env.AWS_LAMBDA_FUNCTION_NAME ?? '');
    this.jobId = String(event?.sosw?.job_id ?? '');
    this.attempt = Number(event?.sosw?.attempt ?? 1);
    /** Counters that are kept with the task. @type {Record<string, any>} */
    this.stats = {};
    this.awsRequestId = headers['lambda-runtime-aws-request-id'] ?? '';
    this.invokedFunctionArn = headers['lambda-runtime-invoked-function-arn'] ?? '';
    this.functionName = process.env.AWS_LAMBDA_FUNCTION_NAME ?? this.labourerId;
    this.#deadline = Number(headers['lambda-runtime-deadline-ms'] ?? Infinity);
  }

  /** Adds to a counter of the stats. */
  count(name, by = 1) {
    this.stats[name] = (this.stats[name] ?? 0) + by;
  }

  /** What the function returns; adds to the stats time_<name>, in seconds, and calls_<name>. */
  async time(name, work) {
    const began = performance.now();
    try {
      return await work();
    } finally {
      this.count(`time_${name}`, (performance.now() - began) / 1000);
      this.count(`calls_${name}`);
    }
  }

  /** Milliseconds until the worker is ended, as the engine said; Infinity where nobody says. */
  getRemainingTimeInMillis() {
    return Math.max(this.#deadline - Date.now(), 0);
  }
}

/** Calls the handler; never throws. {body: JSON, error: what went wrong or undefined, stats: JSON in ASCII or ''} */
async function replyOf(handler, event, context) {
  let error;
  let body;
  try {
    body = JSON.stringify((await handler(event, context)) ?? null);
    if (body === undefined) throw new TypeError('the result can\'t be JSON; return objects, lists, texts, numbers or null');
  } catch (thrown) {
    console.error(thrown);
    const problem = thrown instanceof Error ? thrown : {name: 'Error', message: String(thrown), stack: ''};
    error = {errorType: problem.name, errorMessage: problem.message, trace: (problem.stack ?? '').split('\n')};
    body = JSON.stringify(error);
  }
  return {error, body, stats: keptStats(context.stats)};
}

function textOrNothing(value) {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** Stats must never fail the work: what JSON can't hold is kept as text. */
function keptStats(stats) {
  const plain = Object.entries(stats).map(([key, value]) => {
    const json = typeof value === 'number' && !Number.isFinite(value) ? undefined : textOrNothing(value);
    return [key, json === undefined ? String(value) : JSON.parse(json)];
  });
  if (plain.length === 0) return '';
  const ascii = (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const text = JSON.stringify(Object.fromEntries(plain)).replace(/[^\x20-\x7e]/g, ascii);
  if (text.length <= LARGEST_STATS) return text;
  console.error(`the stats are left out: ${text.length} bytes, at most ${LARGEST_STATS} are kept`);
  return '';
}

/**
 * The main of a worker: calls the handler for each event, as whoever started the program wants it. Behind `bootstrap:`
 * over the Lambda Runtime API, event after event. Else for the one event on standard input: the result goes where
 * SOSW_RESULT says, without it to standard output. What the handler logs is for the log. An exception fails the task, with
 * its name and message for the reason.
 * @param {(event: any, context: Context) => any} handler may be async
 */
export async function run(handler) {
  const address = process.env.AWS_LAMBDA_RUNTIME_API;
  await (address ? runWarm(handler, new RuntimeApi(address)) : runOnce(handler));
}

async function runOnce(handler) {
  process.stdout.write = process.stderr.write.bind(process.stderr);  // words for the log
  const event = parsed(fs.readFileSync(0, 'utf8'));
  if (event === undefined) {
    console.error(`the event on standard input is not JSON; try: echo '{}' | node ${process.argv[1]}`);
    process.exit(2);
  }
  const reply = await replyOf(handler, event, new Context(event));
  if (reply.stats && process.env.SOSW_STATS) fs.writeFileSync(process.env.SOSW_STATS, reply.stats);
  if (reply.error) {
    fs.writeSync(2, `${reply.error.errorType}: ${reply.error.errorMessage}`.replace(/\s+/g, ' ') + '\n');
    process.exit(1);
  }
  fs.writeFileSync(process.env.SOSW_RESULT ?? 1, reply.body + '\n');
  process.exit(0);
}

/** The Lambda Runtime API on one connection that stays. */
class RuntimeApi {
  #agent = new http.Agent({keepAlive: true, maxSockets: 1});
  #root;

  constructor(address) {
    this.#root = `http://${address}${RUNTIME_PATH}`;
  }

  /** The next event, whenever it comes: an idle worker waits for minutes. */
  async next() {
    const answer = await this.#ask('GET', 'next');
    if (answer.status !== 200)
      throw new Error(`the Runtime API has no event but status ${answer.status}: ${answer.text}`);
    return {event: JSON.parse(answer.text), headers: answer.headers};
  }

  async answer(requestId, {body, error, stats}) {
    const headers = {'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body)};
    if (stats) headers['X-Sosw-Stats'] = stats;
    if (error) headers['Lambda-Runtime-Function-Error-Type'] = encodeURIComponent(error.errorType);
    const said = await this.#ask('POST', `${requestId}/${error ? 'error' : 'response'}`, body, headers, ANSWER_TIMEOUT);
    if (said.status >= 400) console.error(`the answer was not taken: ${said.status} ${said.text}`);
  }

  async #ask(method, path, body, headers, timeout = 0) {
    for (let tries = 1; ; ++tries) {
      try {
        return await this.#askOnce(method, path, body, headers, timeout);
      } catch (error) {
        if (tries === TRIES) throw error;
      }
    }
  }

  #askOnce(method, path, body, headers, timeout) {
    return new Promise((resolve, reject) => {
      const request = http.request(this.#root + path, {method, headers, timeout, agent: this.#agent}, (answer) => {
        const pieces = [];
        answer.on('data', (piece) => pieces.push(piece));
        answer.on('error', reject);
        answer.on('end', () => resolve(
            {status: answer.statusCode, headers: answer.headers, text: Buffer.concat(pieces).toString()}));
      });
      request.on('timeout', () => request.destroy(new Error(`no answer from ${this.#root} within ${timeout} ms`)));
      request.on('error', reject);
      request.end(body);
    });
  }
}

async function runWarm(handler, api) {
  for (;;) {
    const {event, headers} = await api.next();
    process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'] ?? '';
    const reply = await replyOf(handler, event, new Context(event, headers));
    await api.answer(headers['lambda-runtime-aws-request-id'], reply);
  }
}
