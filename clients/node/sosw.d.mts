/** Types of sosw.mjs, where each is described. */

export interface Scheduled {
  job_id: string;
  labourer_id: string;
  total: number;
  known_before: boolean;
}

export interface Job {
  job_id: string;
  labourer_id: string;
  state: 'cutting' | 'open' | 'finished';
  created_at: number;
  run_at: number | null;
  priority: 'high' | 'normal' | 'low';
  total: number;
  completed: number;
  dead: number;
  cancelled: number;
  open: number;
  document?: unknown;
}

export type TaskState = 'queued' | 'waiting' | 'running' | 'retrying' | 'completed' | 'dead' | 'cancelled';

export interface Task {
  task_id: string;
  labourer_id: string;
  job_id: string | null;
  state: TaskState | 'overdue';
  attempts: number;
  failed_attempts: number;
  reason: string;
  payload?: Record<string, any>;
  stats?: Record<string, any> | null;
  result?: Record<string, any> | null;
  [other: string]: unknown;
}

export class SoswError extends Error {
  constructor(message: string, facts?: {status?: number; code?: string; retryAfter?: number; cause?: unknown});
  status: number;
  code: string;
  retryAfter: number | undefined;
}

export class JobTimeout extends SoswError {}

export class Client {
  constructor(options?: {url?: string; token?: string; timeout?: number});
  schedule(job: Record<string, any>): Promise<Scheduled>;
  job(jobId: string): Promise<Job>;
  follow(jobId: string, options?: {timeout?: number}): AsyncGenerator<Job, void, void>;
  wait(jobId: string, options?: {timeout?: number}): Promise<Job>;
  tasks(state: TaskState, options?: {labourer?: string; job?: string}): AsyncGenerator<Task, void, void>;
  results(jobId: string): AsyncGenerator<Record<string, any> | null, void, void>;
  task(taskId: string): Promise<Task>;
  retry(taskIds: Iterable<string>): Promise<unknown>;
  retryDead(labourer: string): Promise<{labourer_id: string; revived: number}>;
  cancel(taskIds: Iterable<string>): Promise<unknown>;
  cancelJob(jobId: string): Promise<unknown>;
  pause(labourer: string): Promise<{labourer_id: string; paused: boolean; changed: boolean}>;
  resume(labourer: string): Promise<{labourer_id: string; paused: boolean; changed: boolean}>;
  setLimit(labourer: string, limit: number | null): Promise<{labourer_id: string; limit: number | null}>;
  status(): Promise<Record<string, any>>;
}

export class Context {
  constructor(event: any, headers?: Record<string, string | undefined>);
  taskId: string;
  labourerId: string;
  jobId: string;
  attempt: number;
  stats: Record<string, any>;
  awsRequestId: string;
  invokedFunctionArn: string;
  functionName: string;
  count(name: string, by?: number): void;
  time<T>(name: string, work: () => T | Promise<T>): Promise<T>;
  getRemainingTimeInMillis(): number;
}

export function run(handler: (event: any, context: Context) => unknown): Promise<void>;
