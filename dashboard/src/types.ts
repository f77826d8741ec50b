// What the JSON API answers (docs/api.md, src/api/openapi.json). Times are Unix seconds.

export interface Labourer {
  labourer_id: string;
  configured: boolean;
  queued: number;
  running: number;
  overdue: number;
  waiting: number;
  completed: number;
  dead: number;
  cancelled: number;
  limit: number | null;
  because: string;
  health: number;
  health_name: string;
  health_reason: string;
  paused: boolean;
  set_limit: number | null;
}

export type Priority = 'high' | 'normal' | 'low';

export interface Job {
  job_id: string;
  labourer_id: string;
  state: 'cutting' | 'open' | 'finished';
  created_at: number;
  run_at: number | null;
  priority: Priority;
  total: number;
  completed: number;
  dead: number;
  cancelled: number;
  open: number;
}

export interface Status {
  engine: string | null;
  next_due: number | null;
  labourers: Labourer[];
  jobs: Job[];
}

export const taskStates = ['queued', 'running', 'retrying', 'waiting', 'completed', 'dead', 'cancelled'] as const;
export type TaskState = (typeof taskStates)[number] | 'overdue';

export interface HistoryEntry {
  action: string;
  created_at: number;
  details?: Record<string, unknown>;
}

export interface LogPart {
  attempt: number;
  ended_at: number;
  lines: string[];
}

export interface Task {
  task_id: string;
  labourer_id: string;
  job_id: string | null;
  state: TaskState;
  since: number;
  created_at: number;
  attempts: number;
  failed_attempts: number;
  invoked_at: number | null;
  due: number | null;
  completed_at: number | null;
  closed_at: number | null;
  reason: string;
  history?: HistoryEntry[];
  log?: LogPart[];
  payload?: unknown;
}

export interface Rule {
  name: string;
  schedule: string;
  enabled: boolean;
  missed: 'skip' | 'run_once';
  last: number | null;
  next: number | null;
  job: unknown;
}

export interface LabourerActivity {
  labourer_id: string;
  started: number[];
  completed: number[];
  failed: number[];
  dead: number[];
}

export interface Failure {
  task_id: string;
  labourer_id: string;
  at: number;
  dead: boolean;
  reason: string;
}

/// One number a minute, the newest last; `until` is the end of that minute.
export interface Activity {
  since: number;
  until: number;
  labourers: LabourerActivity[];
  failures: Failure[];
}

/// queued, running, waiting, completed, dead, cancelled
export type Cell = [number, number, number, number, number, number];

export interface Cells {
  job_id: string;
  tasks: number;
  cell_size: number;
  exact: boolean;
  cells: Cell[] | null;
}

export interface Plan {
  labourer_id: string;
  total: number;
  priority: Priority;
  run_at: number | null;
  known_before: boolean;
  warnings: string[];
}

export interface ScheduledJob {
  job_id: string;
  labourer_id: string;
  total: number;
  known_before: boolean;
}
