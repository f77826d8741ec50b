// One job: how far it is, all its tasks at once, what is dead and why, and what was asked for.
import type { JSX } from 'preact';

import { cancelJob, retryDeadOfJob } from '../actions';
import { pathOf } from '../api';
import { count, counted, duration } from '../format';
import { Bar, Legend, sharesOf } from '../parts/bars';
import { Ago, Empty, Fact, LabourerLink, Loading, Page, Panel, Shown, State, Trouble } from '../parts/basics';
import { CellMap, cellStates, useRoom } from '../parts/cells';
import { Act } from '../parts/dialog';
import { JsonText, rawFields } from '../parts/json';
import { TaskTable } from '../parts/tasks';
import { useQuery } from '../query';
import type { Cells, Job as JobAnswer, Task } from '../types';

const rows = 14;
const tasksShown = 10;

function Map({ job }: { job: JobAnswer }): JSX.Element {
  const { box, columns, room } = useRoom(rows);
  const cells = useQuery<Cells>(room > 0 ? pathOf(`jobs/${job.job_id}/cells`, { cells: room }) : null);
  return (
    <div ref={box}>
      {cells.error && !cells.error.isOffline ? <Trouble error={cells.error} retry={cells.refresh} />
        : !cells.data ? <Loading />
        : cells.data.cells === null ? <Empty>This store can't tell fast where each task stands.</Empty>
        : cells.data.cells.length === 0 ? <Empty>No task was written yet.</Empty>
        : <CellMap cells={cells.data} columns={columns} />}
      <ul class="legend small">
        {cellStates.map(state => (
          <li key={state}><span class={`dot ${state}`} aria-hidden="true" /> {state}</li>
        ))}
      </ul>
    </div>
  );
}

/// The first ones that are so; nothing where none is.
function TasksOf({ job, state, title }: { job: JobAnswer; state: string; title: string }): JSX.Element | null {
  const { data, error, refresh } = useQuery<Task[]>(pathOf('tasks', { job: job.job_id, state, limit: tasksShown }));
  if (error && !error.isOffline) return <Trouble error={error} retry={refresh} />;
  if (!data || data.length === 0) return null;
  return (
    <Panel title={title} flush side={<a href={`/tasks?job=${job.job_id}&state=${state}`}>All of them</a>}>
      <TaskTable tasks={data} columns={['reason']} />
    </Panel>
  );
}

/// It never changes, and may be megabytes: fetched once.
function Document({ id }: { id: string }): JSX.Element {
  const query = useQuery<JobAnswer>(`jobs/${id}`, 'once');
  return <Shown query={query}>{() => <JsonText text={rawFields(query.text).get('document') ?? 'null'} label="the job" />}</Shown>;
}

/// From how fast it went until now.
function remaining(job: JobAnswer): string {
  const closed = job.total - job.open;
  const past = Date.now() / 1000 - Math.max(job.created_at, job.run_at ?? 0);
  if (job.open === 0 || closed < 10 || past < 5) return '';
  return `about ${duration((past * job.open) / closed)} to go`;
}

export function Job({ id }: { id: string }): JSX.Element {
  const query = useQuery<JobAnswer>(`jobs/${encodeURIComponent(id)}?document=no`);
  const job = query.data;
  return (
    <Page title={`Job ${id.slice(0, 8)}`} head={<>Job <span class="id">{job?.job_id ?? id}</span> {job && <State state={job.state} />}</>}
      actions={job && (
        <>
          <Act disabled={job.dead === 0} onClick={() => retryDeadOfJob(job)}>Retry dead</Act>
          <Act kind="danger" disabled={job.open === 0} onClick={() => cancelJob(job)}>Cancel job</Act>
        </>
      )}>
      <Shown query={query}>
        {found => (
          <>
            <section class="panel">
              <dl class="facts">
                <Fact name="Labourer"><LabourerLink id={found.labourer_id} /></Fact>
                <Fact name="Scheduled"><Ago time={found.created_at} /></Fact>
                {found.run_at !== null && <Fact name="Starts"><Ago time={found.run_at} /></Fact>}
                <Fact name="Priority">{found.priority}</Fact>
                <Fact name="Tasks">{count(found.total)}{found.state === 'cutting' && ' so far'}</Fact>
                <Fact name="Closed">{count(found.total - found.open)} <span class="faint">{remaining(found)}</span></Fact>
              </dl>
              <div class="big"><Bar shares={sharesOf(found)} label="Progress" /></div>
              <Legend shares={sharesOf(found)} />
            </section>
            <Panel title="Tasks" side={<a href={`/tasks?job=${found.job_id}&state=running`}>List them</a>}>
              <Map job={found} />
            </Panel>
            {found.dead > 0 && <TasksOf job={found} state="dead" title={counted(found.dead, 'dead task')} />}
            {found.open > 0 && <TasksOf job={found} state="retrying" title="Waiting for their time or their next attempt" />}
            <Panel title="What was asked for">
              <Document id={found.job_id} />
            </Panel>
          </>
        )}
      </Shown>
    </Page>
  );
}
