// The last hour as columns, one a minute.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { clock, compact, count, counted } from '../format';

const minute = 60;

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/// The next number that looks like an end of an axis: 1, 2, 5, 10, 20, ...
function roundUp(number: number): number {
  const size = 10 ** Math.floor(Math.log10(Math.max(1, number)));
  return [1, 2, 5, 10].map(step => step * size).find(end => end >= number) ?? number;
}

interface Hour {
  completed: number[];
  failed: number[];
  until: number;
}

/// Small, for a row of a table.
export function Spark({ completed, failed, label }: Hour & { label: string }): JSX.Element {
  const most = Math.max(1, ...completed.map((number, i) => number + (failed[i] ?? 0)));
  const height = (number: number): number => (number === 0 ? 0 : Math.max(1, (18 * number) / most));
  return (
    <svg class="spark" viewBox="0 0 120 20" width="120" height="20" role="img"
      aria-label={`${label}, the last hour: ${counted(sum(completed), 'task')} completed, ${counted(sum(failed), 'attempt')} failed`}>
      <line x1="0" x2="120" y1="19.5" y2="19.5" class="axis" />
      {completed.map((done, i) => {
        const bad = failed[i] ?? 0;
        return (done > 0 || bad > 0) && (
          <g key={i}>
            <rect class="completed" x={2 * i} width="1.6" y={19 - height(done)} height={height(done)} />
            <rect class="dead" x={2 * i} width="1.6" y={19 - height(done) - height(bad)} height={height(bad)} />
          </g>
        );
      })}
    </svg>
  );
}

const width = 720;
const top = 8;
const base = 124;

/// Large, with axes; the minute under the pointer is told below it.
export function HourChart({ completed, failed, until }: Hour): JSX.Element {
  const [pointed, setPointed] = useState<number | null>(null);
  const end = roundUp(Math.max(5, ...completed.map((number, i) => number + (failed[i] ?? 0))));
  const step = width / completed.length;
  const height = (number: number): number => (number === 0 ? 0 : Math.max(1.5, ((base - top) * number) / end));
  const startOf = (i: number): number => until - (completed.length - i) * minute;
  const point = (event: PointerEvent): void => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const i = Math.floor(((event.clientX - box.left) / box.width) * completed.length);
    setPointed(Math.min(completed.length - 1, Math.max(0, i)));
  };
  const told = pointed === null
    ? `${counted(sum(completed), 'task')} completed, ${counted(sum(failed), 'attempt')} failed in the last hour`
    : `${clock(startOf(pointed)).slice(0, 5)} – ${count(completed[pointed])} completed, ${count(failed[pointed])} failed`;
  return (
    <figure class="hour">
      <div class="plot">
        <span class="y" aria-hidden="true">{compact(end)}</span>
        <svg viewBox={`0 0 ${width} ${base + 1}`} preserveAspectRatio="none" role="img"
          aria-label={`Tasks a minute: ${counted(sum(completed), 'task')} completed, ${counted(sum(failed), 'attempt')} failed in the last hour`}
          onPointerMove={point} onPointerLeave={() => setPointed(null)}>
          {[0, 0.5, 1].map(part => {
            const y = base - part * (base - top);
            return <line key={part} x1="0" x2={width} y1={y} y2={y} class="axis" vector-effect="non-scaling-stroke" />;
          })}
          {pointed !== null && <rect class="pointed" x={pointed * step} width={step} y={top} height={base - top} />}
          {completed.map((done, i) => {
            const bad = failed[i] ?? 0;
            return (
              <g key={i}>
                <rect class="completed" x={i * step + 1} width={step - 2} y={base - height(done)} height={height(done)} />
                <rect class="dead" x={i * step + 1} width={step - 2} y={base - height(done) - height(bad)} height={height(bad)} />
              </g>
            );
          })}
        </svg>
        <div class="x" aria-hidden="true">
          {[0, 15, 30, 45, 60].map(i => <span key={i}>{clock(until - (60 - i) * minute).slice(0, 5)}</span>)}
        </div>
      </div>
      <figcaption>
        <span class="dot completed" aria-hidden="true" /> completed <span class="dot dead" aria-hidden="true" /> failed attempts, a minute
        <span class="told">{told}</span>
      </figcaption>
    </figure>
  );
}
