/** Everything that a person should look at, in one list. It is empty when all is well, and says so. */
import {html} from '../html.js';
import {firstLine, instanceLink, number, Since, taskLink} from '../part/words.js';

/** A task that waits longer than this is worth a look. */
const LONG_WAIT_MS = 15 * 60_000;
const MOST_OF_A_KIND = 50;

/** Leases are read again every few seconds. */
const LAPSED_MS = 10_000;
let last = {};

/** Returns what needs attention, worked out once a second at most. */
export function attention(fleet) {
  const key = `${fleet.revision} ${Math.floor(Date.now() / 1000)}`;
  if (last.key !== key) {
    last = {key, items: find(fleet)};
  }
  return last.items;
}

/** Returns what needs attention as `{id, kind, subject, link, since}`, the most urgent kinds first. */
function find(fleet) {
  const now = fleet.now();
  const tasks = [...fleet.tasks.values()];
  const byStatus = status => tasks.filter(task => task.status === status);
  const ofTask = (kind, since) => task => ({id: `${kind} ${task.id}`, kind, subject: firstLine(task.text), link: taskLink(task.id), since: since(task)});
  const ofInstance = (kind, since) => instance => ({id: `${kind} ${instance.id}`, kind, subject: instance.id, link: instanceLink(instance.id), since: since(instance)});
  const workers = [...fleet.instances.values()].filter(instance => instance.roles.includes('worker'));
  const waitsSince = task => Math.max(task.createdAt, task.runAt ?? 0);
  const statusOf = id => fleet.tasks.get(id)?.status ?? 'forgotten';
  // A dead task that is no longer kept blocks for ever.
  const isStuck = task => task.dependsOn.some(id => ['dead', 'cancelled'].includes(statusOf(id)))
    || task.dependsOn.every(id => ['completed', 'forgotten'].includes(statusOf(id)));
  return [
    ...ofService(fleet),
    ...byStatus('dead').map(ofTask('Dead', task => task.completedAt)),
    ...byStatus('in_progress').filter(task => task.leaseUntil < now - LAPSED_MS).map(ofTask('Lease lapsed', task => task.leaseUntil)),
    ...tasks.filter(task => ['scheduled', 'pending', 'assigned'].includes(task.status) && task.reason === 'lease_lapsed')
      .map(ofTask('Lost by a lapsed lease', () => null)),
    ...byStatus('blocked').filter(isStuck).map(ofTask('Blocked by a dead or cancelled task', task => task.createdAt)),
    ...[...fleet.instances.values()].filter(instance => instance.health !== 'healthy').map(ofInstance('Silent', instance => instance.lastSeen)),
    ...workers.filter(worker => worker.capacity > 0 && worker.inProgress >= worker.capacity).map(ofInstance('At capacity', () => null)),
    ...tasks.filter(task => ['pending', 'assigned'].includes(task.status) && now - waitsSince(task) > LONG_WAIT_MS)
      .sort((a, b) => waitsSince(a) - waitsSince(b)).map(ofTask('Waiting for more than 15 minutes', waitsSince)),
  ];
}

function ofService({health, instances, leader, confirmedAt}) {
  const found = [];
  const redis = health['redis-scripts'];
  if (redis && redis.status !== 'UP') {
    found.push({id: 'redis', kind: 'Redis lost', subject: redis.data?.reason ?? 'Redis does not run scripts', since: null});
  } else if (redis?.data?.warning) {
    found.push({id: 'redis', kind: 'Redis', subject: redis.data.warning, since: null});
  }
  for (const [method, state] of Object.entries(health['circuit-breakers']?.data ?? {})) {
    found.push({id: `breaker ${method}`, kind: 'Circuit breaker', subject: `${method} is ${state}`, since: null});
  }
  if (confirmedAt && instances.size > 0 && !leader) {
    found.push({id: 'leader', kind: 'No leader', subject: 'No instance leads', since: null});
  }
  return found;
}

export function AttentionView({fleet, ask}) {
  const items = attention(fleet);
  const dead = [...fleet.tasks.values()].filter(task => task.status === 'dead');
  const kinds = [...new Set(items.map(item => item.kind))];
  return html`
    <div class="title"><h1>Attention</h1>
      ${dead.length > 0 && fleet.may('lead') && html`<button class="primary" onClick=${() => ask({kind: 'retry', tasks: dead})}>Retry ${dead.length === 1 ? 'the dead task' : `all ${number(dead.length)} dead tasks`}</button>`}</div>
    ${fleet.loading !== null && html`<p role="status">Reading the tasks: ${number(fleet.loading)} so far.</p>`}
    ${items.length === 0 && fleet.loading === null && html`<p class="empty well">All is well: nothing needs attention.</p>`}
    ${kinds.map(kind => Kind(kind, items.filter(item => item.kind === kind), fleet))}`;
}

function Kind(kind, items, fleet) {
  return html`<section key=${kind} class="attention">
    <h2>${kind} <span class="count">${number(items.length)}</span></h2>
    <ul class="plain">${items.slice(0, MOST_OF_A_KIND).map(item => html`<li key=${item.id}>
      ${item.link ? html`<a href=${item.link}>${item.subject}</a>` : item.subject}
      ${item.since && html` <span class="faint"><${Since} at=${item.since} now=${fleet.now()} /></span>`}
    </li>`)}</ul>
    ${items.length > MOST_OF_A_KIND && html`<p class="faint">and ${number(items.length - MOST_OF_A_KIND)} more</p>`}
  </section>`;
}
