// Asks before something is done, says what became of it, and offers the way back where there is one.
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useReducer, useRef, useState } from 'preact/hooks';

import { readOnly } from '../api';

interface Question {
  title: string;
  text: ComponentChildren;
  verb: string; // what the button says
  danger?: boolean;
  number?: { label: string; value: number | null; orNone: string }; // a number is asked for
  /// What is told when it is done.
  act: (number: number | null) => Promise<string>;
  undo?: () => Promise<string>;
  command: string; // which does the same
}

interface Notice {
  id: number;
  text: string;
  failed: boolean;
  undo?: () => Promise<string>;
}

let question: Question | null = null;
let notices: Notice[] = [];
let next = 1;
let redraw: () => void = () => {};

export function ask(asked: Question): void {
  question = asked;
  redraw();
}

export function notify(text: string, failed = false, undo?: () => Promise<string>): void {
  notices = [...notices.slice(-2), { id: next++, text, failed, undo }];
  redraw();
}

function dismiss(id: number): void {
  notices = notices.filter(notice => notice.id !== id);
  redraw();
}

function Asked({ asked, close }: { asked: Question; close: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState('');
  const [number, setNumber] = useState(asked.number?.value == null ? '' : String(asked.number.value));
  useEffect(() => dialog.current?.showModal(), []);
  const carryOut = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setTrouble('');
    try {
      notify(await asked.act(number === '' ? null : Number(number)), false, asked.undo);
      close();
    } catch (error) {
      setTrouble((error as Error).message);
      setBusy(false);
    }
  };
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="asked" onClick={event => event.target === dialog.current && close()}>
      <form onSubmit={carryOut}>
        <h2 id="asked">{asked.title}</h2>
        <div class="text">{asked.text}</div>
        {asked.number && (
          <label class="field">
            <span>{asked.number.label}</span>
            <input type="number" min="0" max="1000000" step="1" value={number} placeholder={asked.number.orNone}
              onInput={event => setNumber(event.currentTarget.value)} />
          </label>
        )}
        <p class="command faint">The same as <code>{asked.command.replace('{n}', number === '' ? '--none' : number)}</code></p>
        {trouble && <p class="trouble" role="alert">{trouble}</p>}
        <div class="buttons">
          <button type="button" onClick={close}>Not now</button>
          <button type="submit" class={asked.danger ? 'danger' : 'primary'} disabled={busy}>{busy ? 'Working …' : asked.verb}</button>
        </div>
      </form>
    </dialog>
  );
}

function Told({ notice }: { notice: Notice }): JSX.Element {
  useEffect(() => {
    const timer = setTimeout(() => dismiss(notice.id), notice.failed || notice.undo ? 12_000 : 6_000);
    return () => clearTimeout(timer);
  }, [notice.id]);
  const goBack = async (): Promise<void> => {
    dismiss(notice.id);
    try {
      notify(await notice.undo!());
    } catch (error) {
      notify((error as Error).message, true);
    }
  };
  return (
    <div class={notice.failed ? 'notice failed' : 'notice'}>
      <span>{notice.text}</span>
      {notice.undo && <button type="button" class="quiet" onClick={goBack}>Undo</button>}
      <button type="button" class="quiet" aria-label="Dismiss" onClick={() => dismiss(notice.id)}>×</button>
    </div>
  );
}

/// Where all of them are drawn, once.
export function Dialogs(): JSX.Element {
  const [, draw] = useReducer<number, void>(count => count + 1, 0);
  redraw = () => draw();
  const close = (): void => {
    question = null;
    redraw();
  };
  return (
    <>
      {question && <Asked key={question.title} asked={question} close={close} />}
      <div class="notices" role="status" aria-live="polite">
        {notices.map(notice => <Told key={notice.id} notice={notice} />)}
      </div>
    </>
  );
}

/// A button of something that changes the engine; none where the dashboard only looks.
export function Act(props: { onClick: () => void; children: ComponentChildren; kind?: string; disabled?: boolean; label?: string }): JSX.Element | null {
  if (readOnly) return null;
  return (
    <button type="button" class={props.kind} disabled={props.disabled} aria-label={props.label} onClick={props.onClick}>
      {props.children}
    </button>
  );
}
