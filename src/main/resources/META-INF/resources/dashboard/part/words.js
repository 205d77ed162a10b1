/** How values are written, and icons that say the same as a colour. */
import {html} from '../html.js';

const UNITS = [['d', 86_400_000], ['h', 3_600_000], ['min', 60_000], ['s', 1_000]];

/** For machines; the text as it is, for a time that no calendar has. */
function iso(at) {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : date.toISOString();
}

/** Writes a duration by its largest unit: `3 min`. */
export function duration(ms) {
  const [unit, length] = UNITS.find(([, unitLength]) => ms >= unitLength) ?? UNITS.at(-1);
  return `${Math.max(0, Math.floor(ms / length))} ${unit}`;
}

export function number(value) {
  return value?.toLocaleString('en') ?? '–';
}

export function Ago({at, now}) {
  return html`<time datetime=${iso(at)} title=${new Date(at).toLocaleString()}>${duration(now - at)} ago</time>`;
}

/** Like Ago, for what still lasts. */
export function Since({at, now}) {
  return html`<time datetime=${iso(at)} title=${new Date(at).toLocaleString()}>for ${duration(now - at)}</time>`;
}

export function Moment({at}) {
  return html`<time datetime=${iso(at)}>${new Date(at).toLocaleString()}</time>`;
}

/** The statuses of tasks in the order of their life. */
export const STATUSES = ['scheduled', 'blocked', 'pending', 'assigned', 'in_progress', 'completed', 'dead', 'cancelled'];

const STATUS_ICONS = {scheduled: '◷', blocked: '⊘', pending: '○', assigned: '◔', in_progress: '◑', completed: '●', dead: '✕', cancelled: '–'};

export const statusName = status => status.replace('_', ' ');

export function Status({of}) {
  return html`<span class="status ${of}"><span aria-hidden="true">${STATUS_ICONS[of]}</span> ${statusName(of)}</span>`;
}

export function Roles({of}) {
  return html`${of.map(role => html`<span class="role">${role}</span> `)}`;
}

/** The first line of a text, as a title. */
export function firstLine(text) {
  return text.trim().split('\n', 1)[0].slice(0, 200) || '(no text)';
}

export const taskLink = id => `#/task/${encodeURIComponent(id)}`;
export const instanceLink = id => `#/instance/${encodeURIComponent(id)}`;

/** What a user reads of a CallError. */
export function explain(error) {
  const {violations, reason, retryAfterMs, permission, owner} = error.data ?? {};
  if (violations) {
    return violations.map(({field, message}) => `${field}: ${message}`).join('; ');
  }
  if (permission) {
    return `This needs the permission ${permission}.`;
  }
  if (owner === false) {
    return 'This belongs to another principal.';
  }
  if (reason) {
    return `The service refused it: ${reason.replaceAll('_', ' ')}.`;
  }
  return retryAfterMs ? `${error.message} Try again in ${duration(Math.max(1000, retryAfterMs))}.` : error.message;
}
