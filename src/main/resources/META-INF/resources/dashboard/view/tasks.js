/** All tasks, as a board by status or as a table. The filters are in the address of the page. */
import {Component, html} from '../html.js';
import {VirtualList} from '../part/list.js';
import {Ago, firstLine, instanceLink, number, Roles, Status, STATUSES, statusName, taskLink} from '../part/words.js';

/** Of a text, so that a search stays quick whatever the texts are. */
const MOST_SEARCHED = 2_000;

const HEADER = html`
  <span role="columnheader">Task</span><span role="columnheader">Status</span><span role="columnheader">Priority</span>
  <span role="columnheader">Worker</span><span role="columnheader">Roles</span><span role="columnheader">Attempts</span>
  <span role="columnheader">Created</span>`;

export class TasksView extends Component {
  /** A filter that is emptied again stays in view. */
  state = {showsMore: hasMore(this.props.params)};

  /** Filtering 10,000 tasks each second for nothing would take a frame. */
  found(fleet, params) {
    const filter = JSON.stringify(params);
    if (this.filter !== filter || this.revision !== fleet.revision) {
      this.tasks = select(fleet.tasks.values(), params);
      this.filter = filter;
      this.revision = fleet.revision;
    }
    return this.tasks;
  }

  render({fleet, params, setParams, ask}, {showsMore}) {
    const tasks = this.found(fleet, params);
    const isTable = params.as === 'table';
    const field = (name, label, attributes) => html`<label>${label}
      <input type="search" ...${attributes ?? {}} value=${params[name] ?? ''} onInput=${e => setParams({[name]: e.target.value})} /></label>`;
    return html`
      <div class="title"><h1>Tasks</h1>
        ${fleet.may('lead') && html`<button class="primary" onClick=${() => ask({kind: 'create'})}>Create a task</button>`}</div>
      <div class="filters" role="search">
        ${field('text', 'Search')}
        <label>Status <select value=${params.status ?? ''} onChange=${e => setParams({status: e.target.value})}>
          <option value="">any</option>${STATUSES.map(status => html`<option value=${status}>${statusName(status)}</option>`)}
        </select></label>
        <label>Show as <select value=${params.as ?? 'board'} onChange=${e => setParams({as: e.target.value})}>
          <option value="board">board</option><option value="table">table</option>
        </select></label>
        <details open=${showsMore} onToggle=${e => this.setState({showsMore: e.target.open})}><summary>More filters</summary><div class="filters">
          ${field('role', 'Role')}
          ${field('worker', 'Worker')}
          ${field('resource', 'Resource')}
          ${field('priority', 'Priority from', {type: 'number', min: 0, max: 100})}
        </div></details>
        <span role="status">${fleet.loading === null
          ? `${number(tasks.length)} of ${number(fleet.tasks.size)} tasks`
          : `reading the tasks: ${number(fleet.loading)} so far`}</span>
      </div>
      ${isTable
        ? html`<div class="table tasks"><${VirtualList} label="Tasks" items=${tasks} rowHeight=${40} header=${HEADER} row=${task => TableRow(task, fleet)} /></div>`
        : html`<div class="board">${(params.status ? [params.status] : STATUSES).map(status => Column(status, tasks, fleet))}</div>`}`;
  }
}

function Column(status, tasks, fleet) {
  const items = tasks.filter(task => task.status === status);
  return html`<section key=${status} class="column ${items.length === 0 ? 'none' : ''}" aria-labelledby="column-${status}">
    <h2 id="column-${status}"><${Status} of=${status} /> <span class="count">${number(items.length)}</span></h2>
    <${VirtualList} label="Tasks ${statusName(status)}" items=${items} rowHeight=${94} row=${task => Card(task, fleet)} />
  </section>`;
}

function Card(task, fleet) {
  return html`<div class="card">
    <a href=${taskLink(task.id)}>${firstLine(task.text)}</a>
    <div class="cut faint">
      <span title="priority">P${task.priority}</span>
      ${task.workerId && html` · <a href=${instanceLink(task.workerId)}>${task.workerId}</a>`}
      ${task.percent != null && ` · ${task.percent} %`}
      ${task.attempts > 0 && ` · ${task.attempts} of ${task.maxAttempts} attempts lost`}
      ${' · '}<${Ago} at=${task.completedAt ?? task.createdAt} now=${fleet.now()} />
    </div>
    <div class="cut"><${Roles} of=${task.roles} /></div>
  </div>`;
}

function TableRow(task, fleet) {
  return html`
    <span role="cell" class="cut"><a href=${taskLink(task.id)}>${firstLine(task.text)}</a></span>
    <span role="cell"><${Status} of=${task.status} /></span>
    <span role="cell">${task.priority}</span>
    <span role="cell" class="cut">${task.workerId && html`<a href=${instanceLink(task.workerId)}>${task.workerId}</a>`}</span>
    <span role="cell" class="cut"><${Roles} of=${task.roles} /></span>
    <span role="cell">${task.attempts} of ${task.maxAttempts}</span>
    <span role="cell"><${Ago} at=${task.createdAt} now=${fleet.now()} /></span>`;
}

function hasMore({role, worker, resource, priority}) {
  return Boolean(role || worker || resource || priority);
}

/** Of a task, in lower case: what is searched. */
const searched = new WeakMap();

function searchedText(task) {
  let found = searched.get(task);
  if (found === undefined) {
    found = `${task.id} ${task.text.slice(0, MOST_SEARCHED)}`.toLowerCase();
    searched.set(task, found);
  }
  return found;
}

/** The tasks that pass the filters: open ones by priority and age, then those that have ended, the newest first. */
function select(tasks, {text, role, worker, resource, priority, status}) {
  const words = text?.toLowerCase();
  const end = task => task.completedAt ?? Number.MAX_SAFE_INTEGER;
  const holds = (path, wanted) => path === wanted || path.startsWith(`${wanted}/`) || wanted.startsWith(`${path}/`);
  return [...tasks]
    .filter(task => (!status || task.status === status)
      && (!priority || task.priority >= Number(priority))
      && (!role || task.roles.includes(role))
      && (!worker || task.workerId?.includes(worker))
      && (!resource || task.resources.some(path => holds(path, resource.replace(/\/$/, ''))))
      && (!words || searchedText(task).includes(words)))
    .sort((a, b) => end(b) - end(a) || b.priority - a.priority || a.createdAt - b.createdAt);
}
