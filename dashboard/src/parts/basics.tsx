// The small things that every page is made of.
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import type { ApiError } from '../api';
import { count, distance, moment } from '../format';

/// The time of day, that moves.
export function useNow(period = 1_000): number {
  const [now, setNow] = useState(() => Date.now() / 1000);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() / 1000), period);
    return () => clearInterval(timer);
  }, [period]);
  return now;
}

export function Ago({ time }: { time: number | null }): JSX.Element {
  const now = useNow();
  if (time === null) return <span class="faint">–</span>;
  return <time dateTime={new Date(time * 1000).toISOString()} title={moment(time)}>{distance(time, now)}</time>;
}

const words: Record<string, string> = { cutting: 'being cut' };

export function State({ state }: { state: string }): JSX.Element {
  return <span class={`state ${state}`}>{words[state] ?? state}</span>;
}

export function Page(props: { title: string; head?: ComponentChildren; actions?: ComponentChildren; children: ComponentChildren }): JSX.Element {
  useEffect(() => {
    document.title = `${props.title} · sosw`;
  }, [props.title]);
  return (
    <>
      <div class="page-head">
        <h1>{props.head ?? props.title}</h1>
        {props.actions && <div class="actions">{props.actions}</div>}
      </div>
      {props.children}
    </>
  );
}

export function Panel(props: { title: string; side?: ComponentChildren; flush?: boolean; children: ComponentChildren }): JSX.Element {
  return (
    <section class={props.flush ? 'panel flush' : 'panel'}>
      <header>
        <h2>{props.title}</h2>
        {props.side && <div class="side">{props.side}</div>}
      </header>
      {props.children}
    </section>
  );
}

export function Empty({ children }: { children: ComponentChildren }): JSX.Element {
  return <p class="empty">{children}</p>;
}

export function Loading(): JSX.Element {
  return <p class="empty" aria-busy="true">Loading …</p>;
}

/// What stands where something was to be shown; a lost connection is told at the top of the page already.
export function Trouble({ error, retry }: { error: ApiError; retry?: () => void }): JSX.Element {
  return (
    <div class="trouble" role="alert">
      <p>{error.message}</p>
      {retry && <button type="button" onClick={retry}>Try again</button>}
    </div>
  );
}

/// The whole answer of a query, or what stands in its place.
export function Shown<T>(props: {
  query: { data: T | null; error: ApiError | null; refresh: () => void };
  children: (data: T) => ComponentChildren;
}): JSX.Element {
  const { data, error, refresh } = props.query;
  if (data === null) return error ? <Trouble error={error} retry={refresh} /> : <Loading />;
  return (
    <>
      {error && !error.isOffline && <Trouble error={error} retry={refresh} />}
      {props.children(data)}
    </>
  );
}

export function Fact({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function JobLink({ id, whole }: { id: string; whole?: boolean }): JSX.Element {
  return <a class="id" href={`/jobs/${id}`} title={id} aria-label={`job ${id}`}>{whole ? id : id.slice(0, 8)}</a>;
}

export function LabourerLink({ id }: { id: string }): JSX.Element {
  return <a href={`/labourers/${encodeURIComponent(id)}`}>{id}</a>;
}

/// A number that leads to what it counts.
export function Count(props: { number: number; href?: string; kind?: string; label?: string }): JSX.Element {
  if (props.number === 0) return <span class="faint">0</span>;
  const text = count(props.number);
  if (!props.href) return <span class={props.kind}>{text}</span>;
  return <a class={props.kind} href={props.href} aria-label={props.label && `${text} ${props.label}`}>{text}</a>;
}

export function Copy({ text, label }: { text: string; label: string }): JSX.Element {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 1500);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
    } catch {
      setDone(false); // the browser does not let us; the text can be selected
    }
  };
  return <button type="button" class="quiet" onClick={copy} aria-label={`Copy ${label}`}>{done ? 'Copied' : 'Copy'}</button>;
}
