// All tasks of a job at once: as many cells as there is room for, each filled by the shares of its states.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { count, counted, taskIdAt } from '../format';
import { go } from '../router';
import type { Cell, Cells } from '../types';

export const cellStates = ['queued', 'running', 'waiting', 'completed', 'dead', 'cancelled'] as const;
const fromBelow = [3, 5, 4, 1, 2, 0]; // completed, cancelled, dead, running, waiting, queued

const side = 14; // px of a cell, with its gap
const inner = 12;
const least = 3; // px for a state that must be seen however few are in it
const mustBeSeen = new Set([1, 4]);

/// How high each state of a cell is drawn, from below.
function heights(cell: Cell): { state: number; height: number }[] {
  const total = cell.reduce((sum, number) => sum + number, 0);
  if (total === 0) return [];
  const parts = fromBelow.filter(state => cell[state] > 0)
    .map(state => ({ state, height: Math.max((inner * cell[state]) / total, mustBeSeen.has(state) ? least : 0) }));
  const drawn = parts.reduce((sum, part) => sum + part.height, 0);
  return parts.map(part => ({ ...part, height: (part.height * inner) / drawn }));
}

function described(cells: Cells, index: number): string {
  const first = index * cells.cell_size + 1;
  const last = Math.min(first + cells.cell_size - 1, cells.tasks);
  const states = cells.cells![index]
    .map((number, state) => (number > 0 ? `${cells.exact || number < 100 ? '' : 'about '}${count(number)} ${cellStates[state]}` : ''))
    .filter(Boolean);
  const which = first === last ? `Task ${count(first)}` : `Tasks ${count(first)} to ${count(last)}`;
  return `${which}: ${first === last ? states[0]?.replace(/^1 /, '') : states.join(', ')}`;
}

/// Where a cell leads: its task, or those of its tasks that most likely are looked for.
function linkOf(cells: Cells, index: number): string {
  const first = index * cells.cell_size;
  if (cells.cell_size === 1) return `/tasks/${taskIdAt(cells.job_id, first)}`;
  const cell = cells.cells![index];
  const state = [4, 1, 2, 0, 3, 5].find(one => cell[one] > 0) ?? 3;
  const name = state === 2 ? 'retrying' : cellStates[state];
  const after = first > 0 ? `&after=${taskIdAt(cells.job_id, first - 1)}` : '';
  return `/tasks?job=${cells.job_id}&state=${name}${after}`;
}

/// How many cells fit into this many rows of the page's width.
export function useRoom(rows: number): { box: preact.RefObject<HTMLDivElement>; columns: number; room: number } {
  const box = useRef<HTMLDivElement>(null);
  const [columns, setColumns] = useState(0);
  useEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(([entry]) => setColumns(Math.max(10, Math.floor(entry.contentRect.width / side))));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return { box, columns, room: Math.min(1000, columns * rows) };
}

export function CellMap({ cells, columns }: { cells: Cells; columns: number }): JSX.Element {
  const [chosen, setChosen] = useState<number | null>(null);
  const [focused, setFocused] = useState(false);
  const all = cells.cells ?? [];
  const rows = Math.ceil(all.length / columns);
  const at = Math.min(chosen ?? 0, all.length - 1);
  const indexAt = (event: MouseEvent): number | null => {
    const bounds = (event.currentTarget as Element).getBoundingClientRect();
    const column = Math.floor((event.clientX - bounds.left) / side);
    const index = Math.floor((event.clientY - bounds.top) / side) * columns + column;
    return column < columns && index >= 0 && index < all.length ? index : null;
  };
  const onKey = (event: KeyboardEvent): void => {
    const moves: Record<string, number> = {
      ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -all.length, End: all.length,
    };
    if (event.key === 'Enter') go(linkOf(cells, at));
    else if (!(event.key in moves)) return;
    else setChosen(Math.min(all.length - 1, Math.max(0, at + moves[event.key])));
    event.preventDefault();
  };
  return (
    <>
      <div class="cells" role="slider" tabIndex={0} aria-label="Tasks of the job; Enter opens those of a cell"
        aria-orientation="horizontal" aria-valuemin={1} aria-valuemax={all.length} aria-valuenow={at + 1}
        aria-valuetext={described(cells, at)}
        onKeyDown={onKey} onFocus={() => setFocused(true)} onBlur={() => setFocused(false)}
        onPointerMove={event => setChosen(indexAt(event))} onPointerLeave={() => setChosen(null)}
        onClick={event => {
          const index = indexAt(event);
          if (index !== null) go(linkOf(cells, index));
        }}>
        <svg width={columns * side} height={rows * side} aria-hidden="true">
          {all.map((cell, i) => {
            const x = (i % columns) * side;
            let y = Math.floor(i / columns) * side + inner;
            return heights(cell).map(({ state, height }) => {
              y -= height;
              return <rect key={`${i}.${state}`} class={cellStates[state]} x={x} y={y} width={inner} height={height} />;
            });
          })}
          {(chosen !== null || focused) && (
            <rect class="chosen" x={(at % columns) * side - 1} y={Math.floor(at / columns) * side - 1} width={inner + 2} height={inner + 2} />
          )}
        </svg>
      </div>
      <p class="told" aria-hidden="true">
        {chosen !== null || focused ? described(cells, at)
          : cells.cell_size === 1 ? 'One cell a task.'
          : `${counted(cells.cell_size, 'task')} a cell${cells.exact ? '' : '; dead, cancelled and running ones exactly, the others estimated'}.`}
      </p>
    </>
  );
}
