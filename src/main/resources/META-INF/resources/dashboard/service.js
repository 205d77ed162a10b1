/** Calls the service by JSON-RPC 2.0, and follows its events. */

const KEY = 'claudebench.key';
const CALL_TIMEOUT_MS = 10_000;
const MAX_BATCH = 50;
/** The service sends a comment every 15 s by default. */
const SILENCE_MS = 40_000;

/** An error that the service answered with, or null as `code` if there was no answer. */
export class CallError extends Error {
  constructor(code, message, data = {}) {
    super(message);
    this.code = code;
    this.data = data;
  }

  /** The service, or the Redis behind it, cannot be reached. */
  get isOutage() {
    return this.code === null || this.code === -32001 || this.code === -32004;
  }

  get needsKey() {
    return this.code === -32002;
  }
}

export class Service {
  /** @param bench the name of a bench, empty for the default one */
  constructor(bench) {
    this.base = bench ? `bench/${encodeURIComponent(bench)}/` : '';
  }

  /** The API key is kept for this tab only. */
  get key() {
    return sessionStorage.getItem(KEY) ?? '';
  }

  set key(key) {
    if (key) {
      sessionStorage.setItem(KEY, key);
    } else {
      sessionStorage.removeItem(KEY);
    }
  }

  /** Returns the result of a method. Throws CallError. */
  async call(method, params = {}) {
    const response = await this.#post({jsonrpc: '2.0', id: 1, method, params});
    return resultOf(response);
  }

  /** Returns a result or a CallError for each of any number of `[method, params]`. Throws CallError if there is no answer at all. */
  async callAll(calls) {
    const outcomes = [];
    for (let i = 0; i < calls.length; i += MAX_BATCH) {
      const batch = calls.slice(i, i + MAX_BATCH).map(([method, params], id) => ({jsonrpc: '2.0', id, method, params}));
      for (const response of await this.#post(batch)) {
        try {
          outcomes.push(resultOf(response));
        } catch (error) {
          outcomes.push(error);
        }
      }
    }
    return outcomes;
  }

  async #post(body) {
    const response = await this.#fetch(`${this.base}rpc`, {
      method: 'POST',
      headers: {'Content-Type': 'application/json'},
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    try {
      return await response.json();
    } catch {
      throw new CallError(null, `The service answered with HTTP status ${response.status}.`);
    }
  }

  /** Returns the health checks by name. */
  async health() {
    const response = await this.#fetch('q/health', {signal: AbortSignal.timeout(CALL_TIMEOUT_MS)});
    const {checks} = await response.json();
    return Object.fromEntries(checks.map(check => [check.name, check]));
  }

  /**
   * Passes on the events after a position until the signal is aborted or the connection ends, which throws CallError.
   *
   * @param since the id of an event
   * @param follower {opened(), received({id, type, payload})}; an event has no id if it is a gap
   */
  async follow(since, follower, signal) {
    const silence = new AbortController();
    const response = await this.#fetch(`${this.base}events?since=${encodeURIComponent(since)}`, {
      headers: {Accept: 'text/event-stream'},
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (!response.ok) {
      throw new CallError(null, `The events were refused with HTTP status ${response.status}.`);
    }
    follower.opened();
    let timer;
    try {
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      for (;;) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_MS);
        const {value, done} = await reader.read();
        if (done) {
          throw new CallError(null, 'The service ended the events.');
        }
        const messages = (text + value).split('\n\n');
        text = messages.pop();
        messages.map(parseEvent).filter(event => event).forEach(event => follower.received(event));
      }
    } catch (error) {
      throw error instanceof CallError ? error : new CallError(null, 'The connection to the service was lost.');
    } finally {
      clearTimeout(timer);
    }
  }

  async #fetch(url, options) {
    if (this.key) {
      options.headers = {...options.headers, Authorization: `Bearer ${this.key}`};
    }
    let response;
    try {
      response = await fetch(url, {...options, cache: 'no-store'});
    } catch (error) {
      throw new CallError(null, error.name === 'TimeoutError' ? 'The service did not answer in time.' : 'The service cannot be reached.');
    }
    if (response.status === 401) {
      throw new CallError(-32002, this.key ? 'The key is not accepted.' : 'The service needs a key.');
    }
    return response;
  }
}

function resultOf({result, error}) {
  if (error) {
    throw new CallError(error.code, error.message, error.data ?? {});
  }
  return result;
}

/** Reads a message of server-sent events; returns null for a comment. */
function parseEvent(message) {
  let id = null;
  let data = null;
  for (const line of message.split('\n')) {
    if (line.startsWith('id: ')) {
      id = line.slice(4);
    } else if (line.startsWith('data: ')) {
      data = JSON.parse(line.slice(6));
    }
  }
  return data && {id, ...data};
}
