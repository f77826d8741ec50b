// What is going on: labourers, the last hour, what failed, what is next.
import type { JSX } from 'preact';

import { limitTo, pauseOrResume } from '../actions';
import { compact, count, counted, placeOf } from '../format';
import { useLive } from '../live';
import { Bar, Load, sharesOf } from '../parts/bars';
import { Ago, Count, Empty, JobLink, LabourerLink, Loading, Page, Panel, State } from '../parts/basics';
import { HourChart, Spark } from '../parts/charts';
import { Act } from '../parts/dialog';
import { useQuery } from '../query';
import type { Activity, Failure, Job, Labourer, LabourerActivity, Rule, Status } from '../types';

const minutes = 60;
const jobsShown = 8;
const failuresShown = 8;

const none = (): number[] => Array<number>(minutes).fill(0);
const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

/// Of all labourers together.
function together(activity: Activity | null, what: 'completed' | 'failed'): number[] {
  const total = none();
  for (const labourer of activity?.labourers ?? []) labourer[what].forEach((number, i) => (total[i] += number));
  return total;
}

function Figure(props: { name: string; number: number; note: preact.ComponentChildren; href?: string; kind?: string }): JSX.Element {
  const number = <b class={props.number > 0 ? props.kind : ''}>{compact(props.number)}</b>;
  return (
    <div class="figure">
      <dt>{props.name}</dt>
      <dd>{props.href && props.number > 0 ? <a href={props.href}>{number}</a> : number}</dd>
      <dd class="note">{props.note}</dd>
    </div>
  );
}

function Figures({ status, activity }: { status: Status; activity: Activity | null }): JSX.Element {
  const all = (what: 'queued' | 'running' | 'waiting' | 'dead' | 'overdue'): number =>
    status.labourers.reduce((total, labourer) => total + labourer[what], 0);
  const limits = status.labourers.reduce((total, labourer) => total + (labourer.limit ?? 0), 0);
  const completed = together(activity, 'completed');
  const failed = sum(together(activity, 'failed'));
  const lastMinute = completed[minutes - 2] ?? 0;
  return (
    <dl class="figures">
      <Figure name="Running" number={all('running')} href="/tasks?state=running"
        note={all('overdue') > 0 ? `of ${compact(limits)}, ${all('overdue')} overdue` : `of at most ${compact(limits)}`} />
      <Figure name="Queued" number={all('queued')} href="/tasks?state=queued"
        note={`in ${counted(status.jobs.filter(job => job.state !== 'finished').length, 'open job')}`} />
      <Figure name="Waiting" number={all('waiting')} href="/tasks?state=retrying"
        note={status.next_due === null ? 'for nothing' : <>next <Ago time={status.next_due} /></>} />
      <Figure name="Completed" number={sum(completed)} note={`in the last hour, now ${compact(lastMinute)} a minute`} />
      <Figure name="Failed" number={failed} kind="bad" note="attempts in the last hour" />
      <Figure name="Dead" number={all('dead')} kind="bad" href="/tasks?state=dead" note="in the store" />
    </dl>
  );
}

const moods = ['bad', 'poor', 'moderate', 'good', 'high'];

export function Why({ labourer }: { labourer: Labourer }): JSX.Element | null {
  if (!labourer.configured) return <span class="chip warn">not in sosw.yaml</span>;
  if (labourer.paused) return <span class="chip warn">paused</span>;
  if (labourer.health < 4)
    return <span class={`chip ${moods[labourer.health]}`} title={labourer.because}>{labourer.because || labourer.health_name}</span>;
  if (labourer.set_limit !== null) return <span class="chip">limit set by hand</span>;
  return null;
}

/// Beside the numbers: what keeps queued tasks from starting.
function note(labourer: Labourer): string {
  if (labourer.queued === 0 || labourer.paused || labourer.limit === null) return '';
  if (labourer.limit === 0) return 'nothing may start';
  return labourer.running >= labourer.limit ? 'at its limit' : '';
}

function Labourers({ labourers, activity }: { labourers: Labourer[]; activity: Activity | null }): JSX.Element {
  if (labourers.length === 0) return <Empty>No labourers: sosw.yaml has none, and the store knows of none.</Empty>;
  const hours = new Map<string, LabourerActivity>(activity?.labourers.map(one => [one.labourer_id, one]));
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Labourers">
      <table>
        <thead>
          <tr>
            <th scope="col">Labourer</th>
            <th scope="col">Running / limit</th>
            <th scope="col">Why not more</th>
            <th scope="col" class="right">Queued</th>
            <th scope="col" class="right">Waiting</th>
            <th scope="col" class="right">Dead</th>
            <th scope="col">Last hour</th>
            <th scope="col"><span class="unseen">Actions</span></th>
          </tr>
        </thead>
        <tbody>
          {labourers.map(labourer => {
            const id = labourer.labourer_id;
            const of = (state: string): string => `/tasks?labourer=${encodeURIComponent(id)}&state=${state}`;
            const hour = hours.get(id);
            return (
              <tr key={id}>
                <th scope="row"><LabourerLink id={id} /></th>
                <td><Load running={labourer.running} limit={labourer.limit} label={id} /></td>
                <td><Why labourer={labourer} /> <span class="faint">{note(labourer)}</span></td>
                <td class="right"><Count number={labourer.queued} href={of('queued')} label={`queued of ${id}`} /></td>
                <td class="right"><Count number={labourer.waiting} href={of('retrying')} label={`waiting of ${id}`} /></td>
                <td class="right"><Count number={labourer.dead} kind="bad" href={of('dead')} label={`dead of ${id}`} /></td>
                <td><Spark completed={hour?.completed ?? none()} failed={hour?.failed ?? none()} until={0} label={id} /></td>
                <td class="right actions">
                  <Act kind="quiet" label={`${labourer.paused ? 'Resume' : 'Pause'} ${id}`} onClick={() => pauseOrResume(labourer)}>
                    {labourer.paused ? 'Resume' : 'Pause'}
                  </Act>
                  <Act kind="quiet" label={`Limit ${id}`} onClick={() => limitTo(labourer)}>Limit</Act>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Jobs({ jobs }: { jobs: Job[] }): JSX.Element {
  if (jobs.length === 0) return <Empty>No job yet. <a href="/schedule">Schedule one</a>.</Empty>;
  return (
    <ul class="rows">
      {jobs.slice(0, jobsShown).map(job => (
        <li key={job.job_id} class="job-row">
          <span><JobLink id={job.job_id} /> <span class="faint">{job.labourer_id}</span></span>
          <Bar shares={sharesOf(job)} label={`Job ${job.job_id.slice(0, 8)}`} />
          <span class="right">{compact(job.total - job.open)} <span class="faint">/ {compact(job.total)}</span></span>
          <State state={job.state} />
        </li>
      ))}
    </ul>
  );
}

export function Failures({ failures, since }: { failures: Failure[]; since: number }): JSX.Element {
  if (failures.length === 0) return <Empty>No attempt failed since the engine was started <Ago time={since} />.</Empty>;
  return (
    <ul class="rows">
      {failures.map(failure => (
        <li key={`${failure.task_id}${failure.at}`} class="failure-row">
          <span><State state={failure.dead ? 'dead' : 'retrying'} /></span>
          <a class="reason" href={`/tasks/${failure.task_id}`} title={failure.reason}>{failure.reason || 'no reason was given'}</a>
          <span class="faint nowrap">{failure.labourer_id} #{count(placeOf(failure.task_id))}</span>
          <span class="faint right nowrap"><Ago time={failure.at} /></span>
        </li>
      ))}
    </ul>
  );
}

function NextRules({ rules }: { rules: Rule[] }): JSX.Element {
  if (rules.length === 0) return <Empty>No scheduled rules in sosw.yaml.</Empty>;
  const sorted = [...rules].sort((a, b) => (a.next ?? Infinity) - (b.next ?? Infinity)).slice(0, jobsShown);
  return (
    <ul class="rows">
      {sorted.map(rule => (
        <li key={rule.name} class="rule-row">
          <span>{rule.name}</span>
          <code>{rule.schedule}</code>
          <span class="faint">last <Ago time={rule.last} /></span>
          <span class="right">{rule.enabled ? <Ago time={rule.next} /> : <span class="chip">disabled</span>}</span>
        </li>
      ))}
    </ul>
  );
}

export function Overview(): JSX.Element {
  const { status } = useLive();
  const activity = useQuery<Activity>('activity').data;
  const rules = useQuery<Rule[]>('rules').data;
  if (!status) return <Page title="Overview"><Loading /></Page>;
  return (
    <Page title="Overview">
      <Figures status={status} activity={activity} />
      <Panel title="Labourers" flush>
        <Labourers labourers={status.labourers} activity={activity} />
      </Panel>
      <div class="columns">
        <Panel title="Last hour">
          {activity ? <HourChart completed={together(activity, 'completed')} failed={together(activity, 'failed')} until={activity.until} /> : <Loading />}
        </Panel>
        <Panel title="Failures" flush side={<a href="/tasks?state=dead">All dead tasks</a>}>
          {activity ? <Failures failures={activity.failures.slice(0, failuresShown)} since={activity.since} /> : <Loading />}
        </Panel>
        <Panel title="Jobs" flush side={<a href="/jobs">All jobs</a>}>
          <Jobs jobs={status.jobs} />
        </Panel>
        <Panel title="Rules" flush side={<a href="/rules">All rules</a>}>
          {rules ? <NextRules rules={rules} /> : <Loading />}
        </Panel>
      </div>
    </Page>
  );
}
