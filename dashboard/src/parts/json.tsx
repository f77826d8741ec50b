// JSON as it came: laid out and coloured, with every digit of its numbers.
import type { JSX } from 'preact';

import { Copy } from './basics';

type Kind = 'key' | 'text' | 'number' | 'word' | 'mark';

const token = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[[\]{},:]/g;
const longest = 200_000; // characters that are laid out

/// The value of each key of an object, as its text stands there.
export function rawFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  let depth = 0;
  let key = '';
  let start = 0;
  let afterColon = false;
  for (const match of text.matchAll(token)) {
    const [part] = match;
    if (depth === 1 && part === ':' && !afterColon) {
      afterColon = true;
      start = match.index + 1;
    } else if (depth === 1 && (part === ',' || part === '}')) {
      if (key) fields.set(key, text.slice(start, match.index).trim());
      key = '';
      afterColon = false;
    } else if (depth === 1 && !afterColon && part.startsWith('"')) {
      key = JSON.parse(part);
    }
    if (part === '{' || part === '[') depth++;
    if (part === '}' || part === ']') depth--;
  }
  return fields;
}

/// The texts of the elements of an array.
export function rawElements(text: string): string[] {
  const elements: string[] = [];
  let depth = 0;
  let start = text.indexOf('[') + 1;
  for (const match of text.matchAll(token)) {
    const [part] = match;
    if (depth === 1 && (part === ',' || part === ']')) {
      const element = text.slice(start, match.index).trim();
      if (element) elements.push(element);
      start = match.index + 1;
    }
    if (part === '{' || part === '[') depth++;
    if (part === '}' || part === ']') depth--;
  }
  return elements;
}

/// Where a list that holds nothing but plain values ends; such a list stays on one line.
function plainEnd(tokens: string[], begin: number): number {
  for (let i = begin + 1; i < tokens.length; i++) {
    if (tokens[i] === ']') return i;
    if (tokens[i] === '[' || tokens[i] === '{') return -1;
  }
  return -1;
}

function laidOut(text: string): { kind: Kind; text: string }[] {
  const parts: { kind: Kind; text: string }[] = [];
  const tokens = [...text.matchAll(token)].map(match => match[0]);
  let indent = 0;
  let plainUntil = -1;
  const newLine = (): void => {
    parts.push({ kind: 'mark', text: '\n' + '  '.repeat(indent) });
  };
  tokens.forEach((part, i) => {
    if (part === '[' && i > plainUntil) plainUntil = Math.max(plainUntil, plainEnd(tokens, i));
    const isPlain = i <= plainUntil;
    const isEmpty = part === '{' && tokens[i + 1] === '}';
    if (part === '}' || (part === ']' && !isPlain)) {
      indent--;
      if (tokens[i - 1] !== '{') newLine();
    }
    const kind: Kind = part.startsWith('"') ? (tokens[i + 1] === ':' ? 'key' : 'text')
      : /^[-\d]/.test(part) ? 'number'
      : /^[a-z]/.test(part) ? 'word' : 'mark';
    parts.push({ kind, text: part === ':' ? ': ' : part === ',' && isPlain ? ', ' : part });
    if (isPlain) return;
    if (part === '{' || part === '[') {
      indent++;
      if (!isEmpty) newLine();
    }
    if (part === ',') newLine();
  });
  return parts;
}

export function JsonText({ text, label }: { text: string; label: string }): JSX.Element {
  const isLaidOut = text.length <= longest;
  return (
    <div class="json">
      <Copy text={text} label={label} />
      <pre tabIndex={0} aria-label={label}>
        {isLaidOut
          ? laidOut(text).map((part, i) => (part.kind === 'mark' ? part.text : <span key={i} class={part.kind}>{part.text}</span>))
          : `${text.slice(0, longest)}\n… ${text.length - longest} characters more`}
      </pre>
    </div>
  );
}
