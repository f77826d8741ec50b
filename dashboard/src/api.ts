// Asks the JSON API. Every failure is an ApiError whose message is for people.

export class ApiError extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
  /// Nothing answered at all.
  get isOffline(): boolean {
    return this.status === 0;
  }
}

const root = document.documentElement;
export const readOnly = root.dataset.mode === 'read-only';
export const hasLogin = root.dataset.login === 'yes';

const refusals = new Set<() => void>();

/// Calls back when the engine asks for a login.
export function onRefused(call: () => void): () => void {
  refusals.add(call);
  return () => refusals.delete(call);
}

function messageOf(status: number, text: string): string {
  try {
    const body = JSON.parse(text);
    return body.error?.message ?? body.message ?? text;
  } catch {
    return text || `the engine answered with status ${status}`;
  }
}

async function ask(url: string, init?: RequestInit): Promise<string> {
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, init);
    text = await answer.text();
  } catch (error) {
    if (init?.signal?.aborted) throw error;
    throw new ApiError(0, 'the engine does not answer');
  }
  if (answer.ok) return text;
  if (answer.status === 401 && url.startsWith('/api/')) refusals.forEach(call => call());
  throw new ApiError(answer.status, messageOf(answer.status, text));
}

/// A path behind /api/v1/, with the parameters that are not empty.
export function pathOf(path: string, parameters: Record<string, string | number | null | undefined> = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== '' && value != null) query.set(name, String(value));
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

export async function getText(path: string, signal?: AbortSignal): Promise<string> {
  return ask(`/api/v1/${path}`, { signal });
}

async function post(url: string, body: string): Promise<string> {
  return ask(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
}

/// `body` may be a text, whose bytes are sent as they are.
export async function act<T>(path: string, body: object | string = {}): Promise<T> {
  return JSON.parse(await actText(path, body)) as T;
}

export async function actText(path: string, body: object | string = {}): Promise<string> {
  return post(`/api/v1/${path}`, typeof body === 'string' ? body : JSON.stringify(body));
}

export async function signIn(token: string): Promise<void> {
  await post('/login', JSON.stringify({ token }));
}

export async function signOut(): Promise<void> {
  await post('/logout', '');
}

/// Why the engine does not work, or '' when it does.
export async function engineTrouble(): Promise<string> {
  try {
    await ask('/readyz');
    return '';
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 503) return '';
    return error.message;
  }
}
