// Rows that are chosen, for what is done to many at once.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

export interface Selection {
  chosen: string[];
  has: (id: string) => boolean;
  toggle: (id: string) => void;
  toggleAll: () => void;
}

/// Of the ids that are there now; what went away is not chosen any more.
export function useSelection(ids: string[]): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const here = ids.filter(id => chosen.has(id));
  return {
    chosen: here,
    has: id => chosen.has(id),
    toggle: id => setChosen(before => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    }),
    toggleAll: () => setChosen(here.length === ids.length ? new Set() : new Set(ids)),
  };
}

export function Check(props: { label: string; checked: boolean; onChange: () => void }): JSX.Element {
  return <input type="checkbox" aria-label={props.label} checked={props.checked} onChange={props.onChange} />;
}
