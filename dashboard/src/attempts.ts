// The attempts of a task, put together from what is known of its history.
import type { LogPart, Task } from './types';

export interface Attempt {
  number: number;
  startedAt: number;
  endedAt: number | null; // null: it goes on
  outcome: 'running' | 'completed' | 'failed' | 'unknown';
  reason: string;
  log: LogPart | null;
}

const ends: Record<string, Attempt['outcome']> = {
  completed: 'completed',
  marked_as_completed: 'completed',
  archived: 'completed',
  failed: 'failed',
  marked_as_failed: 'failed',
  scheduled_for_retry: 'failed',
  archived_dead: 'failed',
};

export function attemptsOf(task: Task): Attempt[] {
  const attempts: Attempt[] = [];
  for (const event of task.history ?? []) {
    if (event.action === 'invoked') {
      attempts.push({ number: attempts.length + 1, startedAt: event.created_at, endedAt: null, outcome: 'running', reason: '', log: null });
      continue;
    }
    const attempt = attempts[attempts.length - 1];
    const outcome = ends[event.action];
    if (!attempt || !outcome) continue;
    if (attempt.endedAt === null) {
      attempt.endedAt = event.created_at;
      attempt.outcome = outcome;
    }
    if (!attempt.reason && typeof event.details?.reason === 'string') attempt.reason = event.details.reason;
  }
  for (const attempt of attempts) attempt.log = task.log?.find(part => part.attempt === attempt.number) ?? null;
  attempts.forEach((attempt, i) => {
    if (attempt.endedAt === null && i < attempts.length - 1) attempt.outcome = 'unknown';
  });
  return attempts;
}
