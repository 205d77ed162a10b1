/** The last hour, a minute a point. */
import {Component, html} from '../html.js';
import {CallError} from '../service.js';
import {Chart} from '../part/chart.js';
import {explain, number} from '../part/words.js';

const READ_MS = 10_000;

const CHARTS = [
  {title: 'Tasks a minute', lines: [
    {name: 'created', of: minute => minute.created},
    {name: 'completed', of: minute => minute.completed},
    {name: 'attempts failed', of: minute => minute.failed},
  ]},
  {title: 'Tasks that wait and run', lines: [
    {name: 'pending', of: minute => minute.pending},
    {name: 'in progress', of: minute => minute.inProgress},
  ]},
  {title: 'Calls a minute', lines: [
    {name: 'calls', of: minute => minute.calls},
    {name: 'refusals', of: minute => minute.refusals},
  ]},
];

export class HistoryView extends Component {
  state = {minutes: null, error: null};

  componentDidMount() {
    this.read();
    this.timer = setInterval(() => this.read(), READ_MS);
  }

  componentWillUnmount() {
    clearInterval(this.timer);
  }

  async read() {
    try {
      const {minutes} = await this.props.fleet.call('system.history');
      this.setState({minutes, error: null});
    } catch (error) {
      if (!(error instanceof CallError)) {
        throw error;
      }
      this.setState({error});
    }
  }

  render({fleet}, {minutes, error}) {
    const counts = fleet.counts ?? {};
    return html`
      <h1>Now and the last hour</h1>
      <dl class="tiles">
        <div><dt>Instances</dt><dd>${number(fleet.instances.size)}</dd></div>
        <div><dt>Pending</dt><dd>${number(counts.pending)}</dd></div>
        <div><dt>Assigned</dt><dd>${number(counts.assigned)}</dd></div>
        <div><dt>In progress</dt><dd>${number(counts.in_progress)}</dd></div>
        <div><dt>Blocked</dt><dd>${number(counts.blocked)}</dd></div>
        <div><dt>Dead</dt><dd>${number(counts.dead)}</dd></div>
      </dl>
      ${error && html`<p role="alert" class="error">The history is not up to date. ${explain(error)}</p>`}
      ${minutes && html`<div class="charts">${CHARTS.map(chart => html`<${Chart} ...${chart} minutes=${minutes} until=${fleet.now()} />`)}</div>`}`;
  }
}
