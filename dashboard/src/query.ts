// What a page shows of the API: fetched, and fetched again when the engine's status changes.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

import { ApiError, getText } from './api';
import { live } from './live';

const shortestPause = 1_000; // ms between two fetches of the same
const longestPause = 30_000;
const patience = 20; // rests so many times as long as the last answer took

export interface Query<T> {
  data: T | null;
  text: string; // the answer as it came: numbers keep their digits
  error: ApiError | null;
  refresh: () => void;
}

/// `path` behind /api/v1/; null: nothing yet. What was fetched stays while the next answer is on its way.
export function useQuery<T>(path: string | null, how: 'live' | 'once' = 'live'): Query<T> {
  const [answer, setAnswer] = useState<{ path: string | null; text: string; data: T | null; error: ApiError | null }>({
    path: null, text: '', data: null, error: null,
  });
  const fetchNow = useRef<() => void>(() => {});

  useEffect(() => {
    if (path === null) return;
    const ending = new AbortController();
    let timer = 0;
    let busy = false;
    let stale = false;
    let due = 0;

    const plan = (): void => {
      if (busy) {
        stale = true;
        return;
      }
      clearTimeout(timer);
      timer = window.setTimeout(run, Math.max(0, due - Date.now()));
    };
    const run = async (): Promise<void> => {
      busy = true;
      stale = false;
      const began = Date.now();
      try {
        const text = await getText(path, ending.signal);
        setAnswer({ path, text, data: JSON.parse(text) as T, error: null });
      } catch (error) {
        if (ending.signal.aborted) return;
        const failure = error instanceof ApiError ? error : new ApiError(500, String(error));
        setAnswer(before => ({ ...(before.path === path ? before : { path, text: '', data: null }), error: failure }));
      }
      busy = false;
      due = Date.now() + Math.max(shortestPause, patience * (Date.now() - began));
      if (stale) plan();
      else if (how === 'live') timer = window.setTimeout(run, longestPause);
    };

    let seen = live.changes;
    const forget = live.subscribe(() => {
      if (how === 'once' || live.changes === seen || document.hidden) return;
      seen = live.changes;
      plan();
    });
    fetchNow.current = () => {
      due = 0;
      plan();
    };
    void run();
    return () => {
      ending.abort();
      clearTimeout(timer);
      forget();
    };
  }, [path, how]);

  const refresh = useCallback(() => fetchNow.current(), []);
  const isOurs = answer.path === path;
  return {
    data: isOurs ? answer.data : null,
    text: isOurs ? answer.text : '',
    error: isOurs ? answer.error : null,
    refresh,
  };
}
