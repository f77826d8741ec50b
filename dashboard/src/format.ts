// Numbers, times and ids as people read them.

const whole = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export function count(number: number): string {
  return whole.format(number);
}

/// 1,234 as it is, 12,345,678 as 12.3M.
export function compact(number: number): string {
  return Math.abs(number) < 100_000 ? whole.format(number) : short.format(number);
}

export function counted(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}

export function percent(part: number, all: number): string {
  if (all === 0) return '0 %';
  const share = (100 * part) / all;
  if (share > 0 && share < 1) return '< 1 %';
  if (share > 99 && share < 100) return '> 99 %';
  return `${Math.round(share)} %`;
}

export function duration(seconds: number): string {
  if (seconds < 0.001) return '0 ms';
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.round((seconds % 86_400) / 3600)} h`;
}

/// "12 s ago", "in 3 min"
export function distance(time: number, now: number): string {
  const seconds = Math.abs(time - now);
  const text =
    seconds < 1 ? 'now'
    : seconds < 60 ? `${Math.floor(seconds)} s`
    : seconds < 3600 ? `${Math.floor(seconds / 60)} min`
    : seconds < 86_400 ? `${Math.floor(seconds / 3600)} h`
    : `${Math.floor(seconds / 86_400)} d`;
  if (text === 'now') return text;
  return time > now ? `in ${text}` : `${text} ago`;
}

export function clock(time: number): string {
  return new Date(time * 1000).toLocaleTimeString('en-GB');
}

export function moment(time: number): string {
  const date = new Date(time * 1000);
  const day = date.toLocaleDateString('en-CA');
  return `${day} ${date.toLocaleTimeString('en-GB')}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/// The place of a task in its job, as people count: from 1.
export function placeOf(taskId: string): number {
  return parseInt(taskId.slice(16), 16) + 1;
}

export function taskIdAt(jobId: string, place: number): string {
  return jobId + place.toString(16).padStart(16, '0');
}
