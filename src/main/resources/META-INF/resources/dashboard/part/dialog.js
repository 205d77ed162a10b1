/** Dialogs in the browser's own element, which keeps the focus inside and closes by Escape. */
import {Component, html} from '../html.js';
import {explain} from './words.js';

/** Props: `title`, `close()`, children. */
export class Dialog extends Component {
  componentDidMount() {
    this.base.showModal();
  }

  render({title, close, children}) {
    return html`<dialog aria-labelledby="dialog-title" onClose=${close}>
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
    return html`<${Dialog} title=${title} close=${() => close(null)}>
      <form onSubmit=${this.submit}>
        ${children}
        ${error && html`<p role="alert" class="error">${explain(error)}</p>`}
        <div class="buttons">
          <button type="button" onClick=${() => close(null)}>Back</button>
          <button type="submit" class=${danger ? 'danger' : 'primary'} disabled=${isBusy}>${isBusy ? 'Working…' : verb}</button>
        </div>
      </form>
    </${Dialog}>`;
  }
}
