/** One task: what it is, how it went, what it waits for, and what can be done with it. */
import {Component, html} from '../html.js';
import {Ago, duration, explain, firstLine, instanceLink, Moment, Roles, Status, taskLink} from '../part/words.js';
import {DependencyGraph} from './dependencies.js';

export class TaskView extends Component {
  componentDidMount() {
    this.props.fleet.showTask(this.props.id);
  }

  componentDidUpdate() {
    this.props.fleet.showTask(this.props.id);
  }

  componentWillUnmount() {
    this.props.fleet.showTask(null);
  }

  render({fleet, id, ask, tell}) {
    const detail = fleet.detail?.id === id ? fleet.detail : null;
    if (detail?.error) {
      return html`<h1>Task</h1><p class="empty">${explain(detail.error)}</p>`;
    }
    const task = detail?.task ?? fleet.tasks.get(id);
    if (!task) {
      return html`<h1>Task</h1><p class="empty" role="status">Reading the task…</p>`;
    }
    const isEnded = ['completed', 'dead', 'cancelled'].includes(task.status);
    const holder = fleet.instances.get(task.workerId);
    const mayRelease = fleet.may('admin') || (fleet.may('agent') && holder?.owner === fleet.caller.principal);
    return html`
      <div class="title"><h1>${firstLine(task.text)}</h1>
        ${fleet.may('lead') && !isEnded && html`<button onClick=${() => ask({kind: 'cancel', task})}>Cancel</button>`}
        ${fleet.may('lead') && (task.status === 'dead' || task.status === 'cancelled') && html`<button class="primary" onClick=${() => ask({kind: 'retry', tasks: [task]})}>Retry</button>`}
        ${mayRelease && task.status === 'in_progress' && html`<button onClick=${() => ask({kind: 'release', task})}>Release</button>`}
      </div>
      <dl class="facts">
        <dt>Status</dt><dd><${Status} of=${task.status} />${task.percent != null && html` ${task.percent} %`}</dd>
        <dt>Id</dt><dd><code>${task.id}</code> <button class="small" onClick=${() => copy(task.id, tell)}>Copy</button></dd>
        ${task.workerId && html`<dt>Worker</dt><dd><a href=${instanceLink(task.workerId)}>${task.workerId}</a></dd>`}
        ${task.note && html`<dt>Progress</dt><dd>${task.note}</dd>`}
        ${task.status === 'in_progress' && task.leaseUntil && html`<dt>Lease</dt><dd>${lease(task.leaseUntil - fleet.now())}</dd>`}
        ${task.status === 'scheduled' && task.runAt && html`<dt>Begins</dt><dd><${Moment} at=${task.runAt} /></dd>`}
        <dt>Priority</dt><dd>${task.priority}</dd>
        <dt>Attempts</dt><dd>${task.attempts} of ${task.maxAttempts} lost</dd>
        <dt>Created</dt><dd><${Moment} at=${task.createdAt} />${task.createdBy && html` by ${task.createdBy}`}</dd>
        ${task.completedAt && html`<dt>Ended</dt><dd><${Moment} at=${task.completedAt} /></dd>`}
        ${task.reason && html`<dt>Reason</dt><dd>${task.reason}</dd>`}
        ${task.roles.length > 0 && html`<dt>Roles</dt><dd><${Roles} of=${task.roles} /></dd>`}
        ${task.resources.length > 0 && html`<dt>Resources</dt>
          <dd>${task.resources.map(path => html`<code>${path}</code> `)}${task.status === 'in_progress' ? 'held now' : ''}</dd>`}
      </dl>
      ${task.error && html`<h2>Error</h2><pre class="error" tabindex="0">${task.error}</pre>`}
      ${task.result !== undefined && html`<h2>Result</h2><pre tabindex="0">${JSON.stringify(task.result, null, 2)}</pre>`}
      <h2>Text</h2><pre tabindex="0">${task.text}</pre>
      ${Object.keys(task.metadata).length > 0 && html`<h2>Metadata</h2><pre tabindex="0">${JSON.stringify(task.metadata, null, 2)}</pre>`}
      <${DependencyGraph} task=${task} dependencies=${detail?.dependencies ?? []} tasks=${fleet.tasks} />
      <h2>History</h2>
      ${detail?.history ? html`<${Timeline} events=${detail.history} now=${fleet.now()} />` : html`<p role="status">Reading its history…</p>`}`;
  }
}

function lease(left) {
  return left > 0 ? `lapses in ${duration(left)}, unless there is progress` : `lapsed ${duration(-left)} ago`;
}

async function copy(id, tell) {
  try {
    await navigator.clipboard.writeText(id);
    tell('The id is copied.');
  } catch {
    // The clipboard needs HTTPS or loopback.
    tell('The browser does not let this page copy. Select the id.');
  }
}

const SENTENCES = {
  'task.created': e => `created, ${e.status}`,
  'task.assigned': e => `assigned to ${e.workerId}`,
  'task.claimed': e => `begun by ${e.workerId}, claim ${e.claim}`,
  'task.completed': e => `completed by ${e.workerId}`,
  'task.failed': e => `attempt ${e.attempts} lost by ${e.workerId}: ${e.reason.replaceAll('_', ' ')}`,
  'task.dead': e => `dead after ${e.attempts} attempts: ${e.reason.replaceAll('_', ' ')}`,
  'task.requeued': e => `taken back from ${e.previousWorkerId}`,
  'task.released': e => `released by ${e.previousWorkerId}`,
  'task.due': () => 'due',
  'task.unblocked': e => `unblocked, ${e.status}`,
  'task.cancelled': e => `cancelled${e.reason ? `: ${e.reason}` : ''}`,
  'task.retried': e => `retried, ${e.status}`,
};

function Timeline({events, now}) {
  return html`<ol class="timeline">${events.map((event, i) => html`
    <li key=${i} class=${event.type.replace('.', '-')}>
      <${Ago} at=${event.timestamp} now=${now} /> <span>${SENTENCES[event.type]?.(event) ?? event.type}</span>
      ${event.by && html` <span class="faint">by ${event.by}</span>`}
      ${i > 0 && html` <span class="faint">after ${duration(event.timestamp - events[i - 1].timestamp)}</span>`}
    </li>`)}</ol>`;
}
