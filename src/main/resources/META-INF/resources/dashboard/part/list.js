/** A list of any length, of which only the rows in view are in the document. */
import {Component, html} from '../html.js';

/** Rows beyond the view, so that the focus can move on to them by keyboard. */
const OVERSCAN = 8;

/**
 * Props: `items`, `rowHeight` in pixels, `row(item)` a row without its place, `label`, `header` if the list is a table.
 */
export class VirtualList extends Component {
  state = {top: 0, height: 600};

  componentDidMount() {
    this.observer = new ResizeObserver(([entry]) => this.setState({height: entry.contentRect.height}));
    this.observer.observe(this.base);
  }

  componentWillUnmount() {
    this.observer.disconnect();
  }

  render({items, rowHeight, row, label, header}, {top, height}) {
    const first = Math.max(0, Math.min(Math.floor(top / rowHeight), items.length) - OVERSCAN);
    const last = Math.min(items.length, Math.ceil((top + height) / rowHeight) + OVERSCAN);
    const rows = [];
    for (let i = first; i < last; i++) {
      rows.push(header
        ? html`<div role="row" class="row" key=${items[i].id} aria-rowindex=${i + 2} style=${{height: `${rowHeight}px`}}>${row(items[i])}</div>`
        : html`<li class="row" key=${items[i].id} aria-setsize=${items.length} aria-posinset=${i + 1} style=${{height: `${rowHeight}px`}}>${row(items[i])}</li>`);
    }
    const place = {height: `${items.length * rowHeight}px`, paddingTop: `${first * rowHeight}px`};
    const scrolled = event => this.setState({top: event.currentTarget.scrollTop});
    return header
      ? html`<div class="list" role="table" aria-label=${label} aria-rowcount=${items.length + 1} tabindex="0" onScroll=${scrolled}>
          <div role="rowgroup" class="head"><div role="row" class="row" aria-rowindex="1">${header}</div></div>
          <div role="rowgroup" class="body" style=${place}>${rows}</div>
        </div>`
      : html`<div class="list" role="region" aria-label=${label} tabindex="0" onScroll=${scrolled}>
          <ul class="body" style=${place}>${rows}</ul>
        </div>`;
  }
}
