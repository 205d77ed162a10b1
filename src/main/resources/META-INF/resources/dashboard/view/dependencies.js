/** What a task waits for, and what waits for it, as a small graph with links. */
import {html} from '../html.js';
import {firstLine, number, statusName, taskLink} from '../part/words.js';

const ROW = 44;
const NODE = {width: 200, height: 34};
const COLUMN = 260;

/** A task has at most 32 dependencies, and any number of dependents. */
const MOST_DEPENDENTS = 40;

/** Props: `task`, `dependencies` of task.get, `tasks` by id. */
export function DependencyGraph({task, dependencies, tasks}) {
  const before = dependencies.map(({id, status}) => ({id, status: status ?? 'forgotten', text: tasks.get(id)?.text ?? id}));
  const dependents = [...tasks.values()].filter(other => other.dependsOn.includes(task.id));
  const after = dependents.slice(0, MOST_DEPENDENTS);
  if (before.length === 0 && after.length === 0) {
    return null;
  }
  const height = Math.max(before.length, after.length, 1) * ROW;
  const y = (index, count) => (height - count * ROW) / 2 + index * ROW + ROW / 2;
  const columns = [before, [task], after].filter(nodes => nodes.length > 0);
  const here = before.length > 0 ? 1 : 0;
  const right = column => column * COLUMN + NODE.width;
  const width = right(columns.length - 1);
  const edges = [
    ...before.map((_, i) => edge(right(0), y(i, before.length), COLUMN, height / 2)),
    ...after.map((_, i) => edge(right(here), height / 2, (here + 1) * COLUMN, y(i, after.length))),
  ];
  return html`<h2>Dependencies</h2>
    <div class="graph" tabindex="0" role="group" aria-label="Dependencies">
      <svg viewBox="0 0 ${width} ${height}" width=${width} height=${height}>
        ${edges}
        ${columns.map((nodes, column) => nodes.map((node, i) => html`<${Node} of=${node} x=${column * COLUMN} y=${y(i, nodes.length)} isHere=${column === here} />`))}
      </svg>
      ${dependents.length > after.length && html`<p class="faint">and ${number(dependents.length - after.length)} more tasks that wait for it</p>`}
    </div>`;
}

function edge(x1, y1, x2, y2) {
  const middle = (x1 + x2) / 2;
  return html`<path class="edge" d="M${x1},${y1} C${middle},${y1} ${middle},${y2} ${x2},${y2}" />`;
}

function Node({of: {id, status, text}, x, y, isHere}) {
  const title = firstLine(text);
  return html`<a href=${taskLink(id)} aria-current=${isHere ? 'true' : undefined}>
    <rect class="node ${status}" x=${x + 1} y=${y - NODE.height / 2} width=${NODE.width - 2} height=${NODE.height} rx="6" />
    <text x=${x + 10} y=${y - 2}>${title.length > 28 ? `${title.slice(0, 27)}…` : title}</text>
    <text class="faint" x=${x + 10} y=${y + 12}>${statusName(status)}</text>
  </a>`;
}
