// Everything that people can do here, asked for first; each is a command and a call of the API, too.
import { act } from './api';
import { count, counted } from './format';
import { ask } from './parts/dialog';
import { go } from './router';
import type { Job, Labourer, Rule, ScheduledJob } from './types';

interface Done {
  task_id: string;
  done: boolean;
}

const pathOf = (labourer: string): string => `labourers/${encodeURIComponent(labourer)}`;

async function setPaused(id: string, paused: boolean): Promise<string> {
  await act(`${pathOf(id)}/${paused ? 'pause' : 'resume'}`);
  return paused ? `${id} is paused` : `${id} goes on`;
}

async function setLimit(id: string, limit: number | null): Promise<string> {
  await act(`${pathOf(id)}/limit`, { limit });
  return limit === null ? `${id}: its configuration counts again` : `${id}: no more than ${count(limit)} at once`;
}

export function pauseOrResume(labourer: Labourer): void {
  const id = labourer.labourer_id;
  const pausing = !labourer.paused;
  ask({
    title: pausing ? `Pause ${id}?` : `Resume ${id}?`,
    text: pausing
      ? `What runs goes on to its end; none of its ${counted(labourer.queued, 'queued task')} starts until it is resumed.`
      : `Its ${counted(labourer.queued, 'queued task')} may start again.`,
    verb: pausing ? 'Pause' : 'Resume',
    act: () => setPaused(id, pausing),
    undo: () => setPaused(id, !pausing),
    command: `sosw ${pausing ? 'pause' : 'resume'} ${id}`,
  });
}

export function limitTo(labourer: Labourer): void {
  const id = labourer.labourer_id;
  const before = labourer.set_limit;
  ask({
    title: `Limit ${id}`,
    text: 'How many of its tasks may run at once, in place of max_simultaneous_invocations. Health still lowers it.',
    verb: 'Set the limit',
    number: { label: 'At most', value: before ?? labourer.limit, orNone: 'as its configuration says' },
    act: limit => setLimit(id, limit),
    undo: () => setLimit(id, before),
    command: `sosw limit ${id} {n}`,
  });
}

export function retryDeadOf(labourer: Labourer): void {
  const id = labourer.labourer_id;
  ask({
    title: `Retry what is dead of ${id}?`,
    text: `${counted(labourer.dead, 'dead task')} will go to the front of the queue, with all attempts anew.`,
    verb: `Retry ${counted(labourer.dead, 'task')}`,
    act: async () => `${counted((await act<{ revived: number }>('tasks/retry', { dead_of: id })).revived, 'task')} will be tried again`,
    command: `sosw retry --dead ${id}`,
  });
}

export function retryDeadOfJob(job: Job): void {
  ask({
    title: `Retry what is dead of job ${job.job_id.slice(0, 8)}?`,
    text: `${counted(job.dead, 'dead task')} will go to the front of the queue, with all attempts anew.`,
    verb: `Retry ${counted(job.dead, 'task')}`,
    act: async () => `${counted((await act<{ revived: number }>('tasks/retry', { dead_of_job: job.job_id })).revived, 'task')} will be tried again`,
    command: `sosw retry --job ${job.job_id}`,
  });
}

async function cancelAll(jobs: string[]): Promise<string> {
  let cancelled = 0;
  for (const id of jobs) cancelled += (await act<{ cancelled: number }>(`jobs/${id}/cancel`)).cancelled;
  return `${counted(cancelled, 'task')} cancelled; what runs ends as it ends`;
}

export function cancelJob(job: Job): void {
  ask({
    title: `Cancel job ${job.job_id.slice(0, 8)}?`,
    text: `Its ${counted(job.open, 'open task')} will not start any more; those that run end as they end. This can't be undone.`,
    verb: 'Cancel the job',
    danger: true,
    act: () => cancelAll([job.job_id]),
    command: `sosw cancel --job ${job.job_id}`,
  });
}

export function cancelJobs(jobs: Job[]): void {
  const open = jobs.reduce((sum, job) => sum + job.open, 0);
  ask({
    title: `Cancel ${counted(jobs.length, 'job')}?`,
    text: `Their ${counted(open, 'open task')} will not start any more; those that run end as they end. This can't be undone.`,
    verb: `Cancel ${counted(jobs.length, 'job')}`,
    danger: true,
    act: () => cancelAll(jobs.map(job => job.job_id)),
    command: jobs.length === 1 ? `sosw cancel --job ${jobs[0].job_id}` : 'sosw cancel --job ID for each',
  });
}

const doneOf = (done: Done[]): number => done.filter(one => one.done).length;

export function retryTasks(ids: string[]): void {
  ask({
    title: ids.length === 1 ? 'Retry this task?' : `Retry ${counted(ids.length, 'task')}?`,
    text: 'Dead ones go to the front of the queue with all attempts anew; those that wait for their time or their next attempt are due at once.',
    verb: 'Retry',
    act: async () => {
      const done = doneOf(await act<Done[]>('tasks/retry', { task_ids: ids }));
      return done === ids.length ? `${counted(done, 'task')} will be tried again`
        : `${counted(done, 'task')} will be tried again; ${ids.length - done} neither dead nor waiting any more`;
    },
    command: ids.length === 1 ? `sosw retry ${ids[0]}` : 'sosw retry ID ...',
  });
}

export function cancelTasks(ids: string[]): void {
  ask({
    title: ids.length === 1 ? 'Cancel this task?' : `Cancel ${counted(ids.length, 'task')}?`,
    text: 'It is closed without running. A task that runs already, or is closed, stays as it is. This can\'t be undone.',
    verb: 'Cancel',
    danger: true,
    act: async () => {
      const done = doneOf(await act<Done[]>('tasks/cancel', { task_ids: ids }));
      return done === ids.length ? `${counted(done, 'task')} cancelled`
        : `${counted(done, 'task')} cancelled; ${ids.length - done} running or closed`;
    },
    command: ids.length === 1 ? `sosw cancel ${ids[0]}` : 'sosw cancel ID ...',
  });
}

export function triggerRule(rule: Rule): void {
  ask({
    title: `Trigger ${rule.name} now?`,
    text: 'Its job is scheduled at once, beside those of its own times.',
    verb: 'Trigger now',
    act: async () => {
      const jobs = await act<ScheduledJob[]>(`rules/${encodeURIComponent(rule.name)}/trigger`);
      if (jobs.length === 1) go(`/jobs/${jobs[0].job_id}`);
      return `${rule.name}: ${jobs.map(job => `job ${job.job_id.slice(0, 8)} with ${counted(job.total, 'task')}`).join(', ')}`;
    },
    command: `sosw trigger ${rule.name}`,
  });
}
