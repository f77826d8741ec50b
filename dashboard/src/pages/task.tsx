// One task: why it stands where it stands, its attempts with their logs, and what went in and came out.
import type { JSX } from 'preact';

import { cancelTasks, retryTasks } from '../actions';
import { type Attempt, attemptsOf } from '../attempts';
import { count, counted, duration, moment, placeOf } from '../format';
import { useLive } from '../live';
import { Ago, Copy, Empty, Fact, JobLink, LabourerLink, Page, Panel, Shown, State, useNow } from '../parts/basics';
import { Act } from '../parts/dialog';
import { JsonText, rawFields } from '../parts/json';
import { useQuery } from '../query';
import type { Labourer, Task as TaskAnswer } from '../types';

const closed = ['completed', 'dead', 'cancelled'];

/// What keeps it from running, or ''.
function whyNot(task: TaskAnswer, labourer: Labourer | undefined, now: number): string {
  switch (task.state) {
    case 'waiting':
    case 'retrying': {
      if (task.due === null) return '';
      const wait = task.due > now ? `It is due in ${duration(task.due - now)}` : 'It is due and goes to the queue in a moment';
      return task.state === 'retrying' ? `${wait}, for attempt ${task.attempts + 1}.` : `${wait}: the job asked for a later time.`;
    }
    case 'overdue':
      return 'Nothing was heard of its worker for longer than its duration and cooldown; it is settled as failed in a moment.';
    case 'queued':
      break;
    default:
      return '';
  }
  if (!labourer) return '';
  const ahead = `${counted(labourer.queued, 'task')} of ${labourer.labourer_id} ${labourer.queued === 1 ? 'is' : 'are'} queued`;
  if (!labourer.configured) return `${labourer.labourer_id} is not in the configuration of this engine, which runs nothing for it.`;
  if (labourer.paused) return `${labourer.labourer_id} is paused. ${ahead}.`;
  if (labourer.limit === 0) return `Nothing of ${labourer.labourer_id} may start now: ${labourer.because}. ${ahead}.`;
  if (labourer.limit !== null && labourer.running >= labourer.limit)
    return `${count(labourer.running)} of ${labourer.labourer_id} run, and no more than ${count(labourer.limit)} may (${labourer.because}). ${ahead}.`;
  return `It is next in line or behind others. ${ahead}.`;
}

const outcomeStates: Record<Attempt['outcome'], string> = { running: 'running', completed: 'completed', failed: 'dead', unknown: 'cancelled' };

function AttemptRow({ attempt, now }: { attempt: Attempt; now: number }): JSX.Element {
  const lines = attempt.log?.lines ?? [];
  const took = attempt.endedAt === null ? (attempt.outcome === 'running' ? now - attempt.startedAt : null) : attempt.endedAt - attempt.startedAt;
  const words = { running: 'running', completed: 'completed', failed: 'failed', unknown: 'end unknown' };
  return (
    <li>
      <div class="attempt">
        <b>Attempt {attempt.number}</b>
        <span class={`state ${outcomeStates[attempt.outcome]}`}>{words[attempt.outcome]}</span>
        <span>{took === null ? '' : duration(took)}</span>
        <span class="faint"><Ago time={attempt.startedAt} /></span>
        {attempt.reason && <p class="reason">{attempt.reason}</p>}
      </div>
      {lines.length > 0 ? (
        <div class="json log">
          <Copy text={lines.join('\n')} label={`the log of attempt ${attempt.number}`} />
          <pre tabIndex={0} aria-label={`Log of attempt ${attempt.number}`}>{lines.join('\n')}</pre>
        </div>
      ) : <p class="faint">{attempt.outcome === 'running' ? 'Its log comes when it ends.' : 'It wrote nothing.'}</p>}
    </li>
  );
}

function Attempts({ task }: { task: TaskAnswer }): JSX.Element {
  const now = useNow();
  const attempts = attemptsOf(task).reverse();
  if (attempts.length === 0) return <Empty>{task.attempts > 0 ? 'Its history is not known any more.' : 'It was not started yet.'}</Empty>;
  return <ol class="attempts">{attempts.map(attempt => <AttemptRow key={attempt.number} attempt={attempt} now={now} />)}</ol>;
}

function History({ task }: { task: TaskAnswer }): JSX.Element {
  const entries = [...(task.history ?? [])].reverse();
  if (entries.length === 0) return <Empty>Nothing is known of it.</Empty>;
  return (
    <ol class="rows">
      {entries.map((entry, i) => (
        <li key={i} class="history-row">
          <time class="faint nowrap" dateTime={new Date(entry.created_at * 1000).toISOString()}>{moment(entry.created_at)}</time>
          <span>{entry.action.replaceAll('_', ' ')}</span>
          <span class="reason">{typeof entry.details?.reason === 'string' ? entry.details.reason : ''}</span>
        </li>
      ))}
    </ol>
  );
}

function Body({ task, text }: { task: TaskAnswer; text: string }): JSX.Element {
  const now = useNow();
  const labourer = useLive().status?.labourers.find(one => one.labourer_id === task.labourer_id);
  const why = whyNot(task, labourer, now);
  const raw = rawFields(text);
  return (
    <>
      <section class="panel">
        <dl class="facts">
          <Fact name="Labourer"><LabourerLink id={task.labourer_id} /></Fact>
          {task.job_id && <Fact name="Job"><JobLink id={task.job_id} /> <span class="faint">#{count(placeOf(task.task_id))}</span></Fact>}
          <Fact name="Attempts">{task.attempts}{task.failed_attempts > 0 && <span class="faint"> {task.failed_attempts} reported failed</span>}</Fact>
          <Fact name="Created"><Ago time={task.created_at} /></Fact>
          {task.due !== null && <Fact name="Due"><Ago time={task.due} /></Fact>}
          {task.closed_at !== null && <Fact name="Closed"><Ago time={task.closed_at} /></Fact>}
        </dl>
        {task.reason && <p class="callout bad"><b>{task.state === 'dead' ? 'Why it is dead' : 'Why its last attempt failed'}</b> {task.reason}</p>}
        {why && <p class="callout"><b>Why it is not running</b> {why}</p>}
      </section>
      <div class="columns">
        <Panel title="Attempts and logs"><Attempts task={task} /></Panel>
        <div>
          <Panel title="Payload"><JsonText text={raw.get('payload') ?? 'null'} label="the payload" /></Panel>
          {raw.has('result') && <Panel title="Result"><JsonText text={raw.get('result')!} label="the result" /></Panel>}
          {raw.has('stats') && <Panel title="Stats"><JsonText text={raw.get('stats')!} label="the stats" /></Panel>}
        </div>
      </div>
      <Panel title="History" flush><History task={task} /></Panel>
    </>
  );
}

export function Task({ id }: { id: string }): JSX.Element {
  const query = useQuery<TaskAnswer>(`tasks/${encodeURIComponent(id)}`);
  const task = query.data;
  return (
    <Page title={`Task ${id.slice(0, 8)}`} head={<>Task <span class="id">{id}</span> {task && <State state={task.state} />}</>}
      actions={task && (
        <>
          <Act disabled={!['dead', 'retrying', 'waiting'].includes(task.state)} onClick={() => retryTasks([id])}>Retry</Act>
          <Act kind="danger" disabled={closed.includes(task.state) || task.state === 'running' || task.state === 'overdue'} onClick={() => cancelTasks([id])}>Cancel</Act>
        </>
      )}>
      <Shown query={query}>{found => <Body task={found} text={query.text} />}</Shown>
    </Page>
  );
}
