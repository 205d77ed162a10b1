/** Dialogs in the browser's own element, which keeps the focus inside and closes by Escape. */
import {Component, html} from '../html.js';
import {explain} from './words.js';

/** Props: `title`, `close()`, `isBusy` while it must stay, children. */
export class Dialog extends Component {
  componentDidMount() {
    this.base.showModal();
  }

  /** The browser gives the focus back to where it was. */
  componentWillUnmount() {
    this.isOver = true;
    this.base.close();
  }

  closed = () => {
    if (!this.isOver) {
      this.props.close();
    }
  };

  render({title, isBusy, children}) {
    return html`<dialog aria-labelledby="dialog-title" onClose=${this.closed} onCancel=${event => isBusy && event.preventDefault()}>
      <h2 id="dialog-title">${title}</h2>
      ${children}
    </dialog>`;
  }
}

/**
 * Asks once before an action, and shows why it failed.
 *
 * Props: `title`, `children` (the question and its fields), `verb` on the button, `act(form)` async, throws CallError; returns what to
 * tell the user; `close(told)`.
 */
export class ActionDialog extends Component {
  state = {isBusy: false, error: null};

  submit = async event => {
    event.preventDefault();
    this.setState({isBusy: true, error: null});
    try {
      this.props.close(await this.props.act(new FormData(event.target)));
    } catch (error) {
      this.setState({isBusy: false, error});
    }
  };

  render({title, children, verb, close, danger}, {isBusy, error}) {
    return html`<${Dialog} title=${title} isBusy=${isBusy} close=${() => close(null)}>
      <form onSubmit=${this.submit}>
        ${children}
        ${error && html`<p role="alert" class="error">${explain(error)}</p>`}
        <div class="buttons">
          <button type="button" disabled=${isBusy} onClick=${() => close(null)}>Back</button>
          <button type="submit" class=${danger ? 'danger' : 'primary'} disabled=${isBusy}>${isBusy ? 'Working…' : verb}</button>
        </div>
      </form>
    </${Dialog}>`;
  }
}
