// Where the engine asks for its token.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { signIn } from '../api';

export function Login({ onDone }: { onDone: () => void }): JSX.Element {
  const [trouble, setTrouble] = useState('');
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = 'Sign in · sosw';
    input.current?.focus();
  }, []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setTrouble('');
    try {
      await signIn(input.current!.value.trim());
      onDone();
    } catch (error) {
      setTrouble((error as Error).message);
      setBusy(false);
      input.current?.select();
    }
  };
  return (
    <main class="login">
      <form class="panel" onSubmit={submit}>
        <h1>Sign in to sosw</h1>
        <p class="faint">This engine asks for its token, SOSW_TOKEN in its environment.</p>
        <label class="field">
          <span>Token</span>
          <input ref={input} type="password" autocomplete="current-password" required aria-invalid={trouble !== ''} aria-describedby="login-trouble" />
        </label>
        <p id="login-trouble" class={trouble ? 'trouble' : ''} role="alert">{trouble}</p>
        <button type="submit" class="primary" disabled={busy}>{busy ? 'Signing in …' : 'Sign in'}</button>
      </form>
    </main>
  );
}
