/** One instance, with the tasks that it has. */
import {html} from '../html.js';
import {Ago, firstLine, Moment, Roles, Status, taskLink} from '../part/words.js';
import {Health, Load} from './fleet.js';

export function InstanceView({fleet, id}) {
  const instance = fleet.instances.get(id);
  if (!instance) {
    return html`<h1>${id}</h1><p class="empty">This instance is not alive. Its tasks, if it had any, went back to the others.</p>`;
  }
  const tasks = [...fleet.tasks.values()].filter(task => task.workerId === id && (task.status === 'in_progress' || task.status === 'assigned'));
  return html`
    <h1>${id}</h1>
    <dl class="facts">
      <dt>Health</dt><dd><${Health} of=${instance.health} /></dd>
      ${fleet.leader?.id === id && html`<dt>Leads</dt><dd>term ${fleet.leader.term}</dd>`}
      <dt>Last seen</dt><dd><${Ago} at=${instance.lastSeen} now=${fleet.now()} /></dd>
      <dt>Registered</dt><dd><${Moment} at=${instance.registeredAt} /></dd>
      <dt>Roles</dt><dd><${Roles} of=${instance.roles} /></dd>
      <dt>Load</dt><dd><${Load} of=${instance} /></dd>
      ${instance.owner && html`<dt>Owner</dt><dd>${instance.owner}</dd>`}
    </dl>
    <h2>Metadata</h2>
    <pre tabindex="0">${JSON.stringify(instance.metadata, null, 2)}</pre>
    <h2>Its tasks</h2>
    ${tasks.length === 0
      ? html`<p class="empty">It has none.</p>`
      : html`<ul class="plain">${tasks.map(task => html`<li key=${task.id}><${Status} of=${task.status} /> <a href=${taskLink(task.id)}>${firstLine(task.text)}</a></li>`)}</ul>`}`;
}
