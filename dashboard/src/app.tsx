// The frame of every page: where one can go, whether the engine is heard of, and what it says is wrong.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { engineTrouble, hasLogin, onRefused, readOnly, signOut } from './api';
import { clock } from './format';
import { live, useLive } from './live';
import { Job } from './pages/job';
import { Jobs } from './pages/jobs';
import { Labourer } from './pages/labourer';
import { Login } from './pages/login';
import { Overview } from './pages/overview';
import { Rules } from './pages/rules';
import { Schedule } from './pages/schedule';
import { Task } from './pages/task';
import { Tasks } from './pages/tasks';
import { Empty, Page } from './parts/basics';
import { Dialogs } from './parts/dialog';
import { go, type Route, useRoute } from './router';

const troublePeriod = 10_000; // ms

const places = [
  { href: '/', name: 'Overview', first: '' },
  { href: '/jobs', name: 'Jobs', first: 'jobs' },
  { href: '/tasks', name: 'Tasks', first: 'tasks' },
  { href: '/rules', name: 'Rules', first: 'rules' },
  ...(readOnly ? [] : [{ href: '/schedule', name: 'Schedule', first: 'schedule' }]),
];

/// A task, a job, or a search for jobs.
function lookFor(text: string): void {
  const id = text.trim();
  if (/^[0-9a-f]{32}$/.test(id)) go(`/tasks/${id}`);
  else if (/^[0-9a-f]{16}$/.test(id)) go(`/jobs/${id}`);
  else if (id) go(`/jobs?text=${encodeURIComponent(id)}`);
}

function Search(): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const typing = (event.target as Element).closest('input, textarea, select, dialog');
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <form class="search" role="search" aria-label="Find a task or job" onSubmit={event => {
      event.preventDefault();
      lookFor(input.current!.value);
      input.current!.blur();
    }}>
      <input ref={input} type="search" aria-label="Id of a task or job, or text of a job; the key / comes here" placeholder="Find an id or text  /" spellcheck={false} />
    </form>
  );
}

function Connection(): JSX.Element {
  const { connection } = useLive();
  const words = { connecting: 'Connecting', live: 'Live', lost: 'No connection' };
  return <span class={`connection ${connection}`} role="status"><span class="dot" aria-hidden="true" />{words[connection]}</span>;
}

function Banners(): JSX.Element {
  const { connection, heardAt } = useLive();
  const [trouble, setTrouble] = useState('');
  useEffect(() => {
    const look = async (): Promise<void> => {
      if (!document.hidden && live.connection === 'live') setTrouble(await engineTrouble());
    };
    void look();
    const timer = setInterval(look, troublePeriod);
    return () => clearInterval(timer);
  }, []);
  return (
    <div aria-live="assertive">
      {connection === 'lost' && (
        <p class="banner bad">
          The engine does not answer.{heardAt > 0 && ` What you see is as of ${clock(heardAt / 1000)}.`} Trying again …
        </p>
      )}
      {connection === 'live' && trouble && <p class="banner bad">The engine is in trouble: {trouble}</p>}
    </div>
  );
}

function page({ steps, query }: Route): JSX.Element {
  const [first, id, more] = steps;
  if (first === undefined) return <Overview />;
  if (more === undefined) {
    if (first === 'jobs') return id ? <Job key={id} id={id} /> : <Jobs query={query} />;
    if (first === 'tasks') return id ? <Task key={id} id={id} /> : <Tasks query={query} />;
    if (first === 'labourers' && id) return <Labourer key={id} id={id} />;
    if (first === 'labourers') return <Overview />;
    if (first === 'rules' && !id) return <Rules />;
    if (first === 'schedule' && !id) return <Schedule />;
  }
  return <Page title="Not found"><Empty>There is no such page. <a href="/">To the overview</a></Empty></Page>;
}

export function App(): JSX.Element {
  const route = useRoute();
  const [refused, setRefused] = useState(false);
  useEffect(() => {
    live.start();
    return onRefused(() => {
      live.stop();
      setRefused(true);
    });
  }, []);
  if (refused)
    return <Login onDone={() => {
      setRefused(false);
      live.start();
    }} />;
  const leave = async (): Promise<void> => {
    await signOut();
    live.stop();
    setRefused(true);
  };
  return (
    <>
      <a class="skip" href="#main">To the content</a>
      <header class="top">
        <a class="brand" href="/"><span aria-hidden="true" class="mark" />sosw</a>
        <nav aria-label="Pages">
          {places.map(place => (
            <a key={place.href} href={place.href} aria-current={(route.steps[0] ?? '') === place.first ? 'page' : undefined}>{place.name}</a>
          ))}
        </nav>
        <Search />
        {readOnly && <span class="chip">read-only</span>}
        <Connection />
        {hasLogin && <button type="button" class="quiet" onClick={() => void leave()}>Sign out</button>}
      </header>
      <Banners />
      <main id="main" tabIndex={-1}>{page(route)}</main>
      <Dialogs />
    </>
  );
}
