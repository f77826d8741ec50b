// Tasks in a table.
import type { JSX } from 'preact';

import { readOnly } from '../api';
import { count, placeOf } from '../format';
import type { Task } from '../types';
import { Ago, JobLink, LabourerLink, State } from './basics';
import { Check, type Selection } from './selection';

type Column = 'job' | 'labourer' | 'reason';

/// The payload, but not pages of it.
function brief(payload: unknown): string {
  const text = JSON.stringify(payload) ?? '';
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

export function TaskTable(props: { tasks: Task[]; columns: Column[]; selection?: Selection }): JSX.Element {
  const { tasks, selection } = props;
  const has = (column: Column): boolean => props.columns.includes(column);
  const choosing = selection && !readOnly;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Tasks">
      <table>
        <thead>
          <tr>
            {choosing && (
              <th scope="col" class="check">
                <Check label="Choose all tasks of this page" checked={selection.chosen.length === tasks.length} onChange={selection.toggleAll} />
              </th>
            )}
            <th scope="col">Task</th>
            {has('labourer') && <th scope="col">Labourer</th>}
            <th scope="col">State</th>
            <th scope="col" class="right">Attempts</th>
            {has('reason') && <th scope="col" class="wide">Reason</th>}
            <th scope="col">Payload</th>
            <th scope="col" class="right">Since</th>
          </tr>
        </thead>
        <tbody>
          {tasks.map(task => (
            <tr key={task.task_id}>
              {choosing && (
                <td class="check">
                  <Check label={`Choose task ${task.task_id}`} checked={selection.has(task.task_id)} onChange={() => selection.toggle(task.task_id)} />
                </td>
              )}
              <th scope="row" class="nowrap">
                <a class="id" href={`/tasks/${task.task_id}`} title={task.task_id} aria-label={`Task ${task.task_id}`}>
                  {task.job_id ? `#${count(placeOf(task.task_id))}` : task.task_id.slice(0, 12)}
                </a>
                {has('job') && task.job_id && <span class="faint"> of <JobLink id={task.job_id} /></span>}
              </th>
              {has('labourer') && <td><LabourerLink id={task.labourer_id} /></td>}
              <td><State state={task.state} /></td>
              <td class="right">{task.attempts}</td>
              {has('reason') && <td class="wide reason">{task.reason}</td>}
              <td><code class="brief">{brief(task.payload)}</code></td>
              <td class="right nowrap"><Ago time={task.since} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
