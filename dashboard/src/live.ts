// The event stream of the engine: its status as it changes, and whether we hear of it at all.
import { useEffect, useReducer } from 'preact/hooks';

import type { Status } from './types';

type Connection = 'connecting' | 'live' | 'lost';

const firstPause = 1_000; // ms
const longestPause = 10_000;
const silence = 40_000; // the engine says something every 15 s

class Live {
  connection: Connection = 'connecting';
  status: Status | null = null;
  heardAt = 0; // ms
  changes = 0; // of the status, and of the connection that came back

  private source: EventSource | null = null;
  private pause = firstPause;
  private retry = 0;
  private listeners = new Set<() => void>();

  subscribe(call: () => void): () => void {
    this.listeners.add(call);
    return () => this.listeners.delete(call);
  }

  start(): void {
    this.stop();
    const source = new EventSource('/api/v1/events?only=status');
    this.source = source;
    source.addEventListener('open', () => this.heard());
    source.addEventListener('status', event => {
      this.status = JSON.parse(event.data);
      this.changes++;
      this.heard();
    });
    source.addEventListener('error', () => this.lost());
  }

  stop(): void {
    clearTimeout(this.retry);
    this.source?.close();
    this.source = null;
  }

  /// A computer that slept may hold a connection that is dead.
  check(): void {
    if (this.connection === 'live' && this.status && Date.now() - this.heardAt > silence) this.start();
  }

  private heard(): void {
    this.heardAt = Date.now();
    this.pause = firstPause;
    if (this.connection === 'lost') this.changes++;
    this.connection = 'live';
    this.tell();
  }

  private lost(): void {
    this.stop();
    this.connection = 'lost';
    this.retry = window.setTimeout(() => this.start(), this.pause);
    this.pause = Math.min(this.pause * 2, longestPause);
    this.tell();
  }

  private tell(): void {
    this.listeners.forEach(call => call());
  }
}

export const live = new Live();
addEventListener('online', () => live.start());
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) live.check();
});

/// Draws the component again with each change.
export function useLive(): Live {
  const [, redraw] = useReducer<number, void>(count => count + 1, 0);
  useEffect(() => live.subscribe(() => redraw()), []);
  return live;
}
