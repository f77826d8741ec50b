// Filters, which stand in the address.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { useLive } from '../live';
import { go, withQuery } from '../router';

const pause = 250; // ms without a key until a text counts

/// Filters begin at the first page again.
function set(name: string, value: string): void {
  go(withQuery({ [name]: value, after: '' }), 'replace');
}

export function LabourerFilter({ value }: { value: string }): JSX.Element {
  const ids = useLive().status?.labourers.map(labourer => labourer.labourer_id) ?? [];
  const known = value && !ids.includes(value) ? [value, ...ids] : ids;
  return (
    <label class="field">
      <span>Labourer</span>
      <select value={value} onChange={event => set('labourer', event.currentTarget.value)}>
        <option value="">any</option>
        {known.map(id => <option key={id} value={id}>{id}</option>)}
      </select>
    </label>
  );
}

export function StateFilter(props: { value: string; states: { value: string; label: string }[] }): JSX.Element {
  return (
    <fieldset class="tabs">
      <legend class="unseen">State</legend>
      {props.states.map(({ value, label }) => (
        <label key={value} class={value === props.value ? 'chosen' : ''}>
          <input type="radio" name="state" value={value} checked={value === props.value} onChange={() => set('state', value)} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

export function TextFilter(props: { name: string; value: string; label: string; placeholder: string }): JSX.Element {
  const [text, setText] = useState(props.value);
  useEffect(() => setText(props.value), [props.value]);
  useEffect(() => {
    if (text === props.value) return;
    const timer = setTimeout(() => set(props.name, text.trim()), pause);
    return () => clearTimeout(timer);
  }, [text, props.value, props.name]);
  return (
    <label class="field grow">
      <span>{props.label}</span>
      <input type="search" value={text} placeholder={props.placeholder} spellcheck={false} onInput={event => setText(event.currentTarget.value)} />
    </label>
  );
}

const spans = [
  { value: '', label: 'any time' },
  { value: '3600', label: 'the last hour' },
  { value: '86400', label: 'the last day' },
  { value: '604800', label: 'the last week' },
];

export function TimeFilter({ value }: { value: string }): JSX.Element {
  return (
    <label class="field">
      <span>Scheduled</span>
      <select value={value} onChange={event => set('within', event.currentTarget.value)}>
        {spans.map(span => <option key={span.value} value={span.value}>{span.label}</option>)}
      </select>
    </label>
  );
}

/// One page after the other: `last` is where the next begins.
export function Pager({ last, isFirst, hasMore }: { last: string; isFirst: boolean; hasMore: boolean }): JSX.Element | null {
  if (isFirst && !hasMore) return null;
  return (
    <nav class="pager" aria-label="Pages of the list">
      {!isFirst && <a class="button" href={withQuery({ after: '' })}>First page</a>}
      {hasMore && <a class="button" href={withQuery({ after: last })}>Next page</a>}
    </nav>
  );
}
