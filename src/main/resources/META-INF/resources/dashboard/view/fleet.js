/** The instances: who is alive, who leads, who does how much. */
import {Component, html} from '../html.js';
import {VirtualList} from '../part/list.js';
import {Ago, instanceLink, number, Roles} from '../part/words.js';

const HEADER = html`
  <span role="columnheader">Instance</span><span role="columnheader">Health</span><span role="columnheader">Roles</span>
  <span role="columnheader">Load</span><span role="columnheader">Last seen</span><span role="columnheader">Registered</span>`;

export class FleetView extends Component {
  state = {role: '', text: ''};

  render({fleet}, {role, text}) {
    const all = [...fleet.instances.values()];
    const roles = [...new Set(all.flatMap(instance => instance.roles))].sort();
    const wanted = text.toLowerCase();
    const shown = all.filter(instance => (!role || instance.roles.includes(role))
      && (instance.id.toLowerCase().includes(wanted) || JSON.stringify(instance.metadata).toLowerCase().includes(wanted)));
    return html`
      <h1>Fleet</h1>
      <p class="summary">
        <strong>${number(all.length)}</strong> instances,
        ${fleet.leader ? html` led by <a href=${instanceLink(fleet.leader.id)}>${fleet.leader.id}</a>, term ${fleet.leader.term}` : ' without a leader'}
      </p>
      <div class="filters" role="search">
        <label>Search <input type="search" value=${text} onInput=${e => this.setState({text: e.target.value})} /></label>
        <label>Role <select value=${role} onChange=${e => this.setState({role: e.target.value})}>
          <option value="">any</option>${roles.map(name => html`<option value=${name}>${name}</option>`)}
        </select></label>
        <span role="status">${number(shown.length)} shown</span>
      </div>
      ${all.length === 0
        ? html`<p class="empty">No instance is alive. An instance registers by <code>system.register</code>, and stays by heartbeats.</p>`
        : html`<div class="table fleet"><${VirtualList} label="Instances" items=${shown} rowHeight=${40} header=${HEADER}
            row=${instance => Row(instance, fleet)} /></div>`}`;
  }
}

function Row(instance, fleet) {
  return html`
    <span role="cell" class="name"><a href=${instanceLink(instance.id)}>${instance.id}</a>
      ${fleet.leader?.id === instance.id && html` <span class="leads">leads</span>`}</span>
    <span role="cell"><${Health} of=${instance.health} /></span>
    <span role="cell" class="cut"><${Roles} of=${instance.roles} /></span>
    <span role="cell"><${Load} of=${instance} /></span>
    <span role="cell"><${Ago} at=${instance.lastSeen} now=${fleet.now()} /></span>
    <span role="cell"><${Ago} at=${instance.registeredAt} now=${fleet.now()} /></span>`;
}

export function Health({of}) {
  return html`<span class="health ${of}"><span aria-hidden="true">${of === 'healthy' ? '●' : '◐'}</span> ${of}</span>`;
}

export function Load({of: {inProgress, assigned, capacity, roles}}) {
  if (!roles.includes('worker')) {
    return html`<span class="faint">no worker</span>`;
  }
  return html`<span title="${inProgress} in progress, ${assigned} assigned, capacity ${capacity}">
    <meter min="0" max=${Math.max(1, capacity)} value=${inProgress} aria-label="tasks in progress of the capacity"></meter>
    ${' '}${inProgress} of ${capacity}${assigned > 0 ? `, ${assigned} assigned` : ''}</span>`;
}
