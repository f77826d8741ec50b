// Tasks of one state, with what can be done to many of them.
import type { JSX } from 'preact';

import { cancelTasks, retryDeadOf, retryDeadOfJob, retryTasks } from '../actions';
import { pathOf, readOnly } from '../api';
import { useLive } from '../live';
import { Empty, Page, Shown } from '../parts/basics';
import { Act } from '../parts/dialog';
import { LabourerFilter, Pager, StateFilter, TextFilter } from '../parts/filters';
import { useSelection } from '../parts/selection';
import { TaskTable } from '../parts/tasks';
import { useQuery } from '../query';
import { type Job, type Task, taskStates } from '../types';

const pageSize = 100;
const states = taskStates.filter(state => state !== 'waiting').map(state => ({
  value: state as string, label: state === 'retrying' ? 'Waiting' : state[0].toUpperCase() + state.slice(1),
}));
const retriable = ['dead', 'retrying', 'waiting'];
const cancellable = ['queued', 'retrying', 'waiting'];

/// Everything that is dead of the labourer or the job that the list is narrowed to.
function AllDead({ labourer, job }: { labourer: string; job: string }): JSX.Element | null {
  const status = useLive().status;
  const found = useQuery<Job>(job ? `jobs/${encodeURIComponent(job)}` : null).data;
  const known = status?.labourers.find(one => one.labourer_id === labourer);
  if (job) return found && found.dead > 0 ? <Act onClick={() => retryDeadOfJob(found)}>Retry all of the job</Act> : null;
  return known && known.dead > 0 ? <Act onClick={() => retryDeadOf(known)}>Retry all of {labourer}</Act> : null;
}

function List(props: { tasks: Task[]; state: string; labourer: string; job: string }): JSX.Element {
  const { tasks, state } = props;
  const selection = useSelection(tasks.map(task => task.task_id));
  const { chosen } = selection;
  const can = retriable.includes(state) || cancellable.includes(state);
  return (
    <>
      {!readOnly && can && (
        <div class="bulk">
          <span class="faint">{chosen.length === 0 ? 'Choose tasks to act on them together' : `${chosen.length} chosen`}</span>
          {state === 'dead' && <AllDead labourer={props.labourer} job={props.job} />}
          {retriable.includes(state) && <Act disabled={chosen.length === 0} onClick={() => retryTasks(chosen)}>Retry chosen</Act>}
          {cancellable.includes(state) && <Act kind="danger" disabled={chosen.length === 0} onClick={() => cancelTasks(chosen)}>Cancel chosen</Act>}
        </div>
      )}
      <TaskTable tasks={tasks} selection={can ? selection : undefined} columns={state === 'dead' || state === 'retrying' ? ['job', 'labourer', 'reason'] : ['job', 'labourer']} />
    </>
  );
}

export function Tasks({ query }: { query: URLSearchParams }): JSX.Element {
  const value = (name: string): string => query.get(name) ?? '';
  const state = value('state') || 'running';
  const tasks = useQuery<Task[]>(pathOf('tasks', {
    state, labourer: value('labourer'), job: value('job'), after: value('after'), limit: pageSize + 1,
  }));
  return (
    <Page title="Tasks">
      <form class="filters" role="search" onSubmit={event => event.preventDefault()}>
        <StateFilter value={state === 'waiting' ? 'retrying' : state} states={states} />
        <LabourerFilter value={value('labourer')} />
        <TextFilter name="job" value={value('job')} label="Job" placeholder="its id, or how it begins" />
      </form>
      <section class="panel flush">
        <Shown query={tasks}>
          {all => {
            const page = all.slice(0, pageSize);
            if (page.length === 0) return <Empty>No task is {state === 'retrying' ? 'waiting' : state}{value('labourer') || value('job') ? ' of those' : ''}.</Empty>;
            return (
              <>
                <List tasks={page} state={state} labourer={value('labourer')} job={value('job')} />
                <Pager last={page[page.length - 1].task_id} isFirst={!value('after')} hasMore={all.length > pageSize} />
              </>
            );
          }}
        </Shown>
      </section>
    </Page>
  );
}
