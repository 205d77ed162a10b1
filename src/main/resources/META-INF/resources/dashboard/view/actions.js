/** The dialogs of what a user may do. Each asks once, and tells what came of it. */
import {html} from '../html.js';
import {CallError} from '../service.js';
import {ActionDialog} from '../part/dialog.js';
import {explain, firstLine, number} from '../part/words.js';

/** Props: `fleet`, `action` {kind, …}, `close(told)`: what to tell the user, or null. */
export function Action({fleet, action, close}) {
  const Kind = {create: Create, cancel: Cancel, retry: Retry, release: Release}[action.kind];
  return html`<${Kind} fleet=${fleet} close=${close} ...${action} />`;
}

function Cancel({fleet, task, close}) {
  return html`<${ActionDialog} title="Cancel this task?" verb="Cancel the task" danger=${true} close=${close} act=${async form => {
    await fleet.call('task.cancel', withoutEmpty({taskId: task.id, reason: form.get('reason')}));
    fleet.refreshTask(task.id);
    return 'The task is cancelled.';
  }}>
    <p>“${firstLine(task.text)}” ends at once. ${task.status === 'in_progress' && `${task.workerId} is told with its next heartbeat.`}</p>
    <label>Reason <input name="reason" maxlength="1000" /></label>
  </${ActionDialog}>`;
}

function Release({fleet, task, close}) {
  return html`<${ActionDialog} title="Release this task?" verb="Release" danger=${true} close=${close} act=${async () => {
    await fleet.call('task.release', {taskId: task.id, claim: task.claim});
    fleet.refreshTask(task.id);
    return 'The task is pending again.';
  }}>
    <p>“${firstLine(task.text)}” goes back to its old place, and no attempt is counted. What ${task.workerId} reports on it from now on is refused.</p>
  </${ActionDialog}>`;
}

function Retry({fleet, tasks, close}) {
  const one = tasks.length === 1;
  return html`<${ActionDialog} title=${one ? 'Retry this task?' : `Retry ${number(tasks.length)} dead tasks?`} verb="Retry" close=${close} act=${async () => {
    const outcomes = await fleet.callAll(tasks.map(({id}) => ['task.retry', {taskId: id}]));
    tasks.forEach(({id}) => fleet.refreshTask(id));
    const failed = outcomes.filter(outcome => outcome instanceof CallError);
    if (failed.length > 0) {
      throw one ? failed[0] : new CallError(null, `${number(failed.length)} of ${number(tasks.length)} were not retried. ${explain(failed[0])}`);
    }
    return one ? 'The task is retried.' : `${number(tasks.length)} tasks are retried.`;
  }}>
    <p>${one ? `“${firstLine(tasks[0].text)}” has` : 'They have'} all attempts again.</p>
  </${ActionDialog}>`;
}

/** Labels, and how the text of a field becomes a param of task.create. */
const SECOND = 1_000;
const FIELDS = [
  {name: 'priority', label: 'Priority, 0 to 100', type: 'number', placeholder: '50', read: Number},
  {name: 'roles', label: 'Roles that the worker must have, with commas between', read: text => words(text, ',')},
  {name: 'resources', label: 'Resources to hold, such as repo/src/parser, with commas between', read: text => words(text, ',')},
  {name: 'dependsOn', label: 'Ids of tasks to be completed before, with commas between', read: text => words(text, ',')},
  {name: 'delayMs', label: 'Not before, in seconds from now', type: 'number', read: text => Number(text) * SECOND},
  {name: 'runAt', label: 'Or not before', type: 'datetime-local', read: text => new Date(text).getTime()},
  {name: 'leaseMs', label: 'Lease: seconds that a claim may go without progress', type: 'number', read: text => Number(text) * SECOND},
  {name: 'maxAttempts', label: 'Most attempts', type: 'number', placeholder: '3', read: Number},
  {name: 'idempotencyKey', label: 'Idempotency key', read: text => text},
  {name: 'metadata', label: 'Metadata, a JSON object', placeholder: '{}', read: readObject},
];

function Create({fleet, close}) {
  return html`<${ActionDialog} title="Create a task" verb="Create" close=${close} act=${async form => {
    const params = {text: form.get('text')};
    for (const {name, read} of FIELDS.filter(field => form.get(field.name).trim())) {
      params[name] = read(form.get(name).trim());
    }
    const task = await fleet.call('task.create', params);
    fleet.refreshTask(task.id);
    location.hash = `#/task/${encodeURIComponent(task.id)}`;
    return 'The task is created.';
  }}>
    <label>Text <textarea name="text" rows="5" required maxlength="16384" autofocus></textarea></label>
    <details><summary>All options</summary>
      ${FIELDS.map(({name, label, type, placeholder}) => html`<label>${label}
        <input name=${name} type=${type ?? 'text'} step=${type === 'datetime-local' ? '1' : 'any'} placeholder=${placeholder ?? ''} /></label>`)}
    </details>
  </${ActionDialog}>`;
}

function words(text, separator) {
  return text.split(separator).map(word => word.trim()).filter(word => word);
}

function readObject(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new CallError(null, 'metadata: must be JSON.');
  }
}

function withoutEmpty(params) {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== ''));
}
