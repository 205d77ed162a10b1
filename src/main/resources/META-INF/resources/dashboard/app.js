/** The page: which view is shown, the state of the connection, and the dialog that is open. */
import {Component, html, render} from './html.js';
import {Fleet} from './fleet.js';
import {Dialog} from './part/dialog.js';
import {Ago, number} from './part/words.js';
import {Action} from './view/actions.js';
import {attention, AttentionView} from './view/attention.js';
import {FleetView} from './view/fleet.js';
import {HistoryView} from './view/history.js';
import {InstanceView} from './view/instance.js';
import {TasksView} from './view/tasks.js';
import {TaskView} from './view/task.js';

const TOLD_MS = 6_000;
const VIEWS = {
  fleet: {title: 'Fleet', view: FleetView},
  tasks: {title: 'Tasks', view: TasksView},
  attention: {title: 'Attention', view: AttentionView},
  history: {title: 'Last hour', view: HistoryView},
  task: {view: TaskView},
  instance: {view: InstanceView},
};

/** Reads `#/view/id?name=value`. */
function route() {
  const [, path, query] = /^#\/([^?]*)\??(.*)$/.exec(location.hash) ?? [null, '', ''];
  const [name, id] = path.split('/').map(decode);
  return {name: Object.hasOwn(VIEWS, name) ? name : 'fleet', id, params: Object.fromEntries(new URLSearchParams(query))};
}

/** An address that a user has typed may not be encoded. */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

class App extends Component {
  state = {route: route(), action: null, told: null, asksForKey: false, failure: null};

  componentDidMount() {
    addEventListener('hashchange', () => {
      this.setState({route: route(), failure: null});
      document.getElementById('main').focus();
    });
    this.fleet = new Fleet(new URLSearchParams(location.search).get('bench') ?? '', () => this.changed());
    this.fleet.start();
    // the ages of everything tick
    setInterval(() => this.redraw(), 1_000);
    this.redraw();
  }

  /** Tabs, and the history of the browser, name the view. */
  componentDidUpdate() {
    const {name, id} = this.state.route;
    document.title = `${VIEWS[name].title ?? id} · ClaudeBench`;
  }

  /** One record that a view cannot show must not take the others away. */
  componentDidCatch(failure) {
    console.error(failure);
    this.setState({failure});
  }

  changed() {
    if (this.fleet.connection === 'key' && !this.hasAskedForKey) {
      this.hasAskedForKey = true;
      this.setState({asksForKey: true});
    }
    this.redraw();
  }

  /** Draws all changes of a frame at once. */
  redraw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.setState({});
    });
  }

  setParams = changed => {
    const {name, params} = this.state.route;
    const query = new URLSearchParams(Object.entries({...params, ...changed}).filter(([, value]) => value));
    history.replaceState(null, '', `#/${name}?${query}`);
    this.setState({route: route()});
  };

  ask = action => this.setState({action});

  tell = told => {
    this.setState({told});
    clearTimeout(this.toldTimer);
    this.toldTimer = setTimeout(() => this.setState({told: null}), TOLD_MS);
  };

  close = told => {
    this.setState({action: null});
    if (told) {
      this.tell(told);
    }
  };

  render(_, {route: {name, id, params}, action, told, asksForKey, failure}) {
    const {fleet} = this;
    if (!fleet) {
      return null;
    }
    const View = VIEWS[name].view;
    const isStale = fleet.isKnown && !fleet.isCurrent;
    return html`
      <a class="skip" href="#main" onClick=${skip}>Skip to the content</a>
      <header>
        <a class="brand" href="#/fleet"><img src="dashboard/icon.svg" alt="" width="28" height="28" /> ClaudeBench</a>
        <nav aria-label="Views"><ul>${Object.entries(VIEWS).filter(([, {title}]) => title).map(([viewName, {title}]) => html`
          <li><a href="#/${viewName}" aria-current=${viewName === name ? 'page' : undefined}>${title}
            ${viewName === 'attention' && Badge(fleet)}</a></li>`)}</ul></nav>
        <${BenchSwitch} fleet=${fleet} />
        <${Connection} fleet=${fleet} />
        <button class="small" onClick=${() => this.setState({asksForKey: true})}>${fleet.caller?.principal ?? 'Key'}</button>
      </header>
      ${isStale && html`<div class="banner"><span role="alert">${fleet.problem || 'The service does not answer.'} What is shown is old.</span>
        ${' '}It is as of <${Ago} at=${fleet.confirmedAt} now=${Date.now()} />. ${fleet.connection === 'key' ? '' : 'The page connects again by itself.'}</div>`}
      <main id="main" tabindex="-1" class=${isStale ? 'stale' : ''}>
        ${failure ? html`<h1>This view failed</h1><p class="error">${failure.message}</p>`
          : fleet.isKnown ? html`<${View} fleet=${fleet} id=${id} params=${params} setParams=${this.setParams} ask=${this.ask} tell=${this.tell} />`
          : html`<h1>ClaudeBench</h1><p class="empty" role="status">${fleet.problem || 'Connecting…'}</p>`}
      </main>
      <div class="told" role="status">${told}</div>
      ${action && html`<${Action} fleet=${fleet} action=${action} close=${this.close} />`}
      ${asksForKey && html`<${KeyDialog} fleet=${fleet} close=${() => this.setState({asksForKey: false})} />`}`;
  }
}

/** The address stays that of the view. */
function skip(event) {
  event.preventDefault();
  document.getElementById('main').focus();
}

function Badge(fleet) {
  const count = fleet.isKnown && fleet.loading === null ? attention(fleet).length : 0;
  return count > 0 && html` <span class="count alarm">${number(count)}</span>`;
}

/** Shown once there is a choice. */
function BenchSwitch({fleet: {bench, benches}}) {
  const others = new Set(benches).add(bench);
  others.delete('');
  return others.size > 0 && html`<label>Bench <select value=${bench} onChange=${event => useBench(event.target.value)}>
    <option value="">default</option>${[...others].map(name => html`<option value=${name}>${name}</option>`)}
  </select></label>`;
}

/** Begins anew, in the same view. */
function useBench(name) {
  const {pathname, hash} = location;
  const view = hash.split(/[/?]/).slice(0, 2).join('/');
  location.assign(`${pathname}${name ? `?bench=${encodeURIComponent(name)}` : ''}${view}`);
}

const STATES = {connecting: 'connecting', live: 'live', lost: 'not connected', key: 'needs a key'};

function Connection({fleet: {connection}}) {
  return html`<span class="connection ${connection}" role="status"><span aria-hidden="true">●</span> ${STATES[connection]}</span>`;
}

function KeyDialog({fleet, close}) {
  const use = event => {
    event.preventDefault();
    fleet.useKey(new FormData(event.target).get('key').trim());
  };
  return html`<${Dialog} title="API key" close=${close}>
    <form onSubmit=${use}>
      <p>${fleet.connection === 'key' ? fleet.problem
        : fleet.caller?.principal ? `You are ${fleet.caller.principal}, and may do what ${fleet.caller.permissions.at(-1)} may.`
        : 'You are anonymous.'} A key is kept for this tab only, until it is closed.</p>
      <label>Key <input type="password" name="key" pattern="[!-~]+" title="a key has no spaces" autocomplete="off" required autofocus /></label>
      <div class="buttons">
        ${fleet.hasKey && html`<button type="button" onClick=${() => fleet.useKey('')}>Forget the key</button>`}
        <button type="button" onClick=${close}>Back</button>
        <button type="submit" class="primary">Use this key</button>
      </div>
    </form>
  </${Dialog}>`;
}

render(html`<${App} />`, document.getElementById('app'));
