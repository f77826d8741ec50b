// A real engine in a folder of its own.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = process.env.SOSW_PROGRAM;

// "steady" completes; "broken" says why not; "held" waits until somebody writes into the pipe `gate`.
const configuration = `
labourers:
  steady:
    command: [sh, -c, "cat >/dev/null; echo reading >&2; echo '{\\"rows\\": 12345678901234567890, \\"ratio\\": 0.50}'"]
    max_simultaneous_invocations: 4
  broken:
    command: [sh, -c, "cat >/dev/null; echo 'asking orders_db' >&2; echo 'orders_db refused' >&2; exit 1"]
    max_simultaneous_invocations: 2
    max_attempts: 2
    retry: {policy: exponential, base: 0.05, factor: 1, max: 0.05, jitter: 0}
  slow_to_retry:
    command: [sh, -c, "cat >/dev/null; echo 'not yet' >&2; exit 1"]
    max_attempts: 2
    retry: {policy: exponential, base: 3600, factor: 1, max: 3600, jitter: 0}
  held:
    command: [sh, -c, "cat >/dev/null; cat gate"]
    max_simultaneous_invocations: 1
  weak:
    command: [sh, -c, "cat >/dev/null"]
    max_simultaneous_invocations: 10
    health_metrics:
      orders_db: {details: {source: static, value: 88}, feeling_comparison_operator: le, feelings: {4: 50, 3: 70, 2: 90}}
job_schema_variants:
  default: {chunkable_attrs: [[item, {}]]}
rules:
  - {name: nightly, schedule: "cron(0 2 * * ? *)", time_zone: Europe/Berlin, job: {lambda_name: steady, isolate_items: true, items: [1, 2]}}
  - {name: resting, schedule: "rate(1 day)", enabled: false, job: {lambda_name: steady}}
`;

export class Engine {
  folder = mkdtempSync(join(tmpdir(), 'sosw_dashboard_'));
  token = '';
  #process = null;

  constructor() {
    writeFileSync(join(this.folder, 'sosw.yaml'), configuration);
    spawnSync('mkfifo', [join(this.folder, 'gate')]);
  }

  /// Resolves when it is up. At the same address as before when it was there already.
  async start({ token = this.token, options = [] } = {}) {
    this.token = token;
    const environment = { ...process.env };
    delete environment.SOSW_TOKEN;
    if (token) environment.SOSW_TOKEN = token;
    const listen = this.url ? new URL(this.url).host : '127.0.0.1:0';
    this.#process = spawn(program, ['up', '--listen', listen, ...options], { cwd: this.folder, env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    this.url = await new Promise((resolve, reject) => {
      this.#process.stderr.on('data', data => {
        said += data;
        const up = said.match(/up on (http:\/\/[^,\s]+)/);
        if (up) resolve(up[1]);
      });
      this.#process.once('exit', () => reject(new Error(`the engine ended: ${said}`)));
    });
    return this;
  }

  async stop(signal = 'SIGKILL') {
    if (!this.#process || this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise(resolve => this.#process.once('exit', resolve));
    this.#process.kill(signal);
    await ended;
  }

  async end() {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async api(path, body) {
    const answer = await fetch(`${this.url}/api/v1/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: this.token ? { Authorization: `Bearer ${this.token}` } : {},
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  /// Schedules a job of so many tasks and returns its id.
  async schedule(labourer, tasks, more = {}) {
    const items = Array.from({ length: tasks }, (_, i) => i);
    return (await this.api('jobs', { lambda_name: labourer, isolate_items: true, items, ...more }))[0].job_id;
  }

  /// Waits until what the API answers satisfies the condition, looking again whenever the engine's status changes.
  async until(path, condition) {
    const ending = new AbortController();
    const stream = await fetch(`${this.url}/api/v1/events?only=status`, {
      headers: this.token ? { Authorization: `Bearer ${this.token}` } : {}, signal: ending.signal,
    });
    try {
      for await (const _ of stream.body) {
        const answer = await this.api(path);
        if (condition(answer)) return answer;
      }
    } finally {
      ending.abort();
    }
    throw new Error(`${path}: the engine ended before it was so`);
  }

  finished(job) {
    return this.until(`jobs/${job}`, one => one.state === 'finished');
  }
}
