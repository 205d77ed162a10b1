/** The dialogs of what a user may do. Each asks once, and tells what came of it. */
import {Component, html} from '../html.js';
import {CallError} from '../service.js';
import {ActionDialog} from '../part/dialog.js';
import {explain, firstLine, number, taskLink} from '../part/words.js';

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

class Retry extends Component {
  /** Those that were not retried yet. */
  left = this.props.tasks;

  act = async () => {
    const {fleet, tasks} = this.props;
    const outcomes = await fleet.callAll(this.left.map(({id}) => ['task.retry', {taskId: id}]));
    this.left.forEach(({id}) => fleet.refreshTask(id));
    const errors = outcomes.filter(outcome => outcome instanceof CallError);
    const tried = this.left.length;
    this.left = this.left.filter((_, i) => outcomes[i] instanceof CallError);
    if (errors.length > 0) {
      throw tried === 1 ? errors[0]
        : new CallError(null, `${number(tried - errors.length)} tasks are retried, ${number(errors.length)} are not. ${explain(errors[0])}`);
    }
    return tasks.length === 1 ? 'The task is retried.' : `${number(tasks.length)} tasks are retried.`;
  };

  render({tasks, close}) {
    const isOne = tasks.length === 1;
    return html`<${ActionDialog} title=${isOne ? 'Retry this task?' : `Retry ${number(tasks.length)} dead tasks?`} verb="Retry" close=${close} act=${this.act}>
      <p>${isOne ? `“${firstLine(tasks[0].text)}” has` : 'They have'} all attempts again.</p>
    </${ActionDialog}>`;
  }
}

const seconds = text => Math.round(Number(text) * 1_000);

/** Labels, and how the text of a field becomes a param of task.create. */
const FIELDS = [
  {name: 'priority', label: 'Priority, 0 to 100', type: 'number', placeholder: '50', read: Number},
  {name: 'roles', label: 'Roles that the worker must have, with commas between', read: list},
  {name: 'resources', label: 'Resources to hold, such as repo/src/parser, with commas between', read: list},
  {name: 'dependsOn', label: 'Ids of tasks to be completed before, with commas between', read: list},
  {name: 'delayMs', label: 'Not before, in seconds from now', type: 'number', read: seconds},
  {name: 'runAt', label: 'Or not before', type: 'datetime-local', read: text => new Date(text).getTime()},
  {name: 'leaseMs', label: 'Lease: seconds that a claim may go without progress', type: 'number', read: seconds},
  {name: 'maxAttempts', label: 'Most attempts', type: 'number', placeholder: '3', read: Number},
  {name: 'idempotencyKey', label: 'Idempotency key', read: text => text},
  {name: 'metadata', label: 'Metadata, a JSON object', placeholder: '{}', read: readObject},
];

class Create extends Component {
  /** A call whose answer is lost can be sent again. */
  key = crypto.getRandomValues(new Uint32Array(4)).join('-');

  act = async form => {
    const params = {text: form.get('text'), idempotencyKey: this.key};
    for (const {name, read} of FIELDS.filter(field => form.get(field.name).trim())) {
      params[name] = read(form.get(name).trim());
    }
    const task = await this.props.fleet.call('task.create', params);
    this.props.fleet.refreshTask(task.id);
    location.hash = taskLink(task.id);
    return 'The task is created.';
  };

  render({close}) {
    return html`<${ActionDialog} title="Create a task" verb="Create" close=${close} act=${this.act}>
    <label>Text <textarea name="text" rows="5" required maxlength="16384" autofocus></textarea></label>
    <details><summary>All options</summary>
      ${FIELDS.map(({name, label, type, placeholder}) => html`<label>${label}
        <input name=${name} type=${type ?? 'text'} step=${type === 'datetime-local' ? '1' : 'any'} placeholder=${placeholder ?? ''} /></label>`)}
    </details>
    </${ActionDialog}>`;
  }
}

function list(text) {
  return text.split(',').map(word => word.trim()).filter(word => word);
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
