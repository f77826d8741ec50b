// Shares of a whole, as bars.
import type { JSX } from 'preact';

import { count, percent } from '../format';
import type { Job } from '../types';

export interface Share {
  state: string;
  number: number;
}

export function sharesOf(job: Job): Share[] {
  return [
    { state: 'completed', number: job.completed },
    { state: 'dead', number: job.dead },
    { state: 'cancelled', number: job.cancelled },
    { state: 'open', number: job.open },
  ];
}

function described(shares: Share[], total: number): string {
  return shares.filter(share => share.number > 0)
    .map(share => `${count(share.number)} ${share.state} (${percent(share.number, total)})`).join(', ');
}

/// Each share as wide as it is; one that is there at all is seen.
export function Bar({ shares, label }: { shares: Share[]; label: string }): JSX.Element {
  const total = shares.reduce((sum, share) => sum + share.number, 0);
  const text = total === 0 ? 'no tasks' : described(shares, total);
  return (
    <div class="bar" role="img" aria-label={`${label}: ${text}`} title={text}>
      {shares.filter(share => share.number > 0 && share.state !== 'open').map(share => (
        <span key={share.state} class={share.state} style={{ width: `${(100 * share.number) / total}%` }} />
      ))}
    </div>
  );
}

export function Legend({ shares }: { shares: Share[] }): JSX.Element {
  const total = shares.reduce((sum, share) => sum + share.number, 0);
  return (
    <ul class="legend">
      {shares.map(share => (
        <li key={share.state} class={share.number === 0 ? 'none' : ''}>
          <span class={`dot ${share.state}`} aria-hidden="true" />
          <span class="name">{share.state}</span> <b>{count(share.number)}</b>
          <span class="faint"> {percent(share.number, total)}</span>
        </li>
      ))}
    </ul>
  );
}

/// Running tasks beside how many may run.
export function Load(props: { running: number; limit: number | null; label: string }): JSX.Element {
  const { running, limit } = props;
  const share = limit === null || limit === 0 ? (running > 0 ? 1 : 0) : Math.min(1, running / limit);
  const text = limit === null ? count(running) : `${count(running)} / ${count(limit)}`;
  return (
    <div class="load">
      <div class={limit !== null && running > limit ? 'bar over' : 'bar'} role="img"
        aria-label={`${props.label}: ${running} running${limit === null ? '' : ` of at most ${limit}`}`}>
        {share > 0 && <span class="running" style={{ width: `${100 * share}%` }} />}
      </div>
      <span class="number" aria-hidden="true">{text}</span>
    </div>
  );
}
