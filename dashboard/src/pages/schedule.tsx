// A job from a form: first what it would become, then for good.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { act, actText, readOnly } from '../api';
import { count, counted, moment } from '../format';
import { useLive } from '../live';
import { Empty, Page, Panel } from '../parts/basics';
import { notify } from '../parts/dialog';
import { JsonText, rawElements, rawFields } from '../parts/json';
import { go } from '../router';
import type { Plan, ScheduledJob } from '../types';

const kept = 'sosw:job'; // a draft outlives a reload

interface Options {
  priority: string;
  delay: string;
  key: string;
}

function template(labourer: string): string {
  return JSON.stringify({ lambda_name: labourer || 'labourer' }, null, 2);
}

/// The job with what the form adds, its own bytes as they are. Throws an Error for people.
function composed(text: string, options: Options): string {
  const steering: Record<string, unknown> = {};
  if (options.priority) steering.priority = options.priority;
  if (options.delay) steering.delay_seconds = Number(options.delay);
  if (options.key) steering.idempotency_key = options.key;
  let job: unknown;
  try {
    job = JSON.parse(text);
  } catch (error) {
    throw new Error(`This is not valid JSON: ${(error as Error).message}`);
  }
  if (Object.keys(steering).length === 0) return text;
  if (job === null || typeof job !== 'object' || Array.isArray(job)) throw new Error('A job is a JSON object.');
  if ('sosw' in job) throw new Error('The job has a "sosw" of its own: put priority, delay and key there, or remove it.');
  const open = text.indexOf('{') + 1;
  const comma = Object.keys(job).length > 0 ? ',' : '';
  return `${text.slice(0, open)}"sosw":${JSON.stringify(steering)}${comma}${text.slice(open)}`;
}

function Planned({ plans, text }: { plans: Plan[]; text: string }): JSX.Element {
  const raw = rawElements(text);
  return (
    <>
      {plans.map((plan, i) => {
        const samples = rawElements(rawFields(raw[i]).get('samples') ?? '[]');
        return (
          <div key={i} class="plan">
            <p>
              <b>{counted(plan.total, 'task')}</b> for <b>{plan.labourer_id}</b>, priority {plan.priority}
              {plan.run_at !== null && `, from ${moment(plan.run_at).slice(0, 19)}`}
            </p>
            {plan.known_before && <p class="callout">A job with this key was scheduled before: scheduling it again makes nothing new.</p>}
            {plan.warnings.map(warning => <p key={warning} class="callout warn">{warning}</p>)}
            {samples.map((sample, n) => (
              <details key={n} open={n === 0}>
                <summary>Payload of task {count(n + 1)}</summary>
                <JsonText text={sample} label={`the payload of task ${n + 1}`} />
              </details>
            ))}
          </div>
        );
      })}
    </>
  );
}

export function Schedule(): JSX.Element {
  const labourers = useLive().status?.labourers.filter(labourer => labourer.configured) ?? [];
  const first = labourers[0]?.labourer_id ?? '';
  const [draft, setText] = useState(() => sessionStorage.getItem(kept));
  const text = draft ?? template(first);
  const [options, setOptions] = useState<Options>({ priority: '', delay: '', key: '' });
  const [plan, setPlan] = useState<{ plans: Plan[]; text: string; job: string } | null>(null);
  const [trouble, setTrouble] = useState('');
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (draft !== null) sessionStorage.setItem(kept, draft);
  }, [draft]);
  // What was planned is not what stands there any more.
  useEffect(() => setPlan(null), [text, options]);

  const attempt = async (body: (job: string) => Promise<void>): Promise<void> => {
    setBusy(true);
    setTrouble('');
    try {
      await body(composed(text, options));
    } catch (error) {
      setTrouble((error as Error).message);
    }
    setBusy(false);
  };
  const dryRun = (): Promise<void> => attempt(async job => {
    const answer = await actText('jobs/plan', job);
    setPlan({ plans: JSON.parse(answer), text: answer, job });
  });
  const schedule = (): Promise<void> => attempt(async () => {
    const jobs = await act<ScheduledJob[]>('jobs', plan!.job);
    sessionStorage.removeItem(kept);
    const old = jobs.filter(job => job.known_before).length;
    notify(`${counted(jobs.length, 'job')} scheduled${old > 0 ? `, ${old} of them known before` : ''}`);
    if (jobs.length === 1) go(`/jobs/${jobs[0].job_id}`);
    else setPlan(null);
  });
  const set = (name: keyof Options) => (event: Event): void =>
    setOptions({ ...options, [name]: (event.currentTarget as HTMLInputElement).value });

  if (readOnly) return <Page title="Schedule"><Empty>This dashboard only looks.</Empty></Page>;
  const total = plan?.plans.reduce((sum, one) => sum + one.total, 0) ?? 0;
  return (
    <Page title="Schedule">
      <div class="columns">
        <section class="panel">
          <form class="schedule" onSubmit={event => {
            event.preventDefault();
            void dryRun();
          }}>
            <label class="field">
              <span>The job, as JSON</span>
              <textarea rows={16} spellcheck={false} value={text} onInput={event => setText(event.currentTarget.value)}
                aria-describedby="job-help" />
            </label>
            <p id="job-help" class="faint">
              {labourers.length > 0 && <>Begin with: {labourers.slice(0, 6).map(labourer => (
                <button key={labourer.labourer_id} type="button" class="quiet" onClick={() => setText(template(labourer.labourer_id))}>{labourer.labourer_id}</button>
              ))}</>}
            </p>
            <div class="filters">
              <label class="field">
                <span>Priority</span>
                <select value={options.priority} onChange={set('priority')}>
                  <option value="">as the job says</option>
                  <option>high</option>
                  <option>normal</option>
                  <option>low</option>
                </select>
              </label>
              <label class="field">
                <span>Delay, s</span>
                <input type="number" min="0" step="any" value={options.delay} placeholder="none" onInput={set('delay')} />
              </label>
              <label class="field grow">
                <span>Idempotency key</span>
                <input type="text" value={options.key} placeholder="none: each time a new job" spellcheck={false} onInput={set('key')} />
              </label>
            </div>
            {trouble && <p class="trouble" role="alert">{trouble}</p>}
            <div class="buttons">
              <button type="submit" class={plan ? '' : 'primary'} disabled={busy}>Dry run</button>
              <button type="button" class="primary" disabled={busy || !plan || total === 0} onClick={() => void schedule()}>
                {plan ? `Schedule ${counted(total, 'task')}` : 'Schedule'}
              </button>
            </div>
          </form>
        </section>
        <Panel title="What it would become">
          <div aria-live="polite">
            {plan ? <Planned plans={plan.plans} text={plan.text} /> : <Empty>A dry run tells how many tasks it would make, and shows the first ones. It writes nothing.</Empty>}
          </div>
        </Panel>
      </div>
    </Page>
  );
}
