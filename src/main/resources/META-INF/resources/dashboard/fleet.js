/**
 * What the page knows of the fleet, brought up to date by events and by polling. Each change calls `changed`.
 *
 * All tasks are read page by page once. From then on an event names the task or instance that has changed, and its record is read
 * again: the page derives nothing that the service can tell. When more has changed than can be read one by one, or events were
 * missed (a gap), all is read again.
 */
import {CallError, Service} from './service.js';

const POLL_MS = 2_000;
/** Without an answer for so long, what is shown may be old. */
const STALE_MS = 8_000;
const LIST_MS = 5_000;
const HEALTH_MS = 5_000;
/** Reads what has changed, at most 25 tasks each time. Two pages of one caller stay below the rate limit of task.get. */
const READ_CHANGES_MS = 500;
const MOST_CHANGES = 25;
/** With more changed tasks than this, reading all pages again is less work. */
const TOO_MANY_CHANGES = 2_000;
/** No event tells that an ended task is no longer kept. */
const RELOAD_MS = 600_000;
const LEAST_RELOAD_MS = 3_000;
const RETRY_MS = 1_000;
const RATE_LIMITED = -32000;
const PAGE = 1_000;

const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

export class Fleet {
  /** Of this tab's session: who may do what; null until the service has said so. */
  caller = null;
  /** id → record of system.list_instances */
  instances = new Map();
  /** id → record of task.list, in the order of creation */
  tasks = new Map();
  /** Rises with each change of a task. */
  revision = 0;
  leader = null;
  /** The numbers of tasks by status; null until known. */
  counts = null;
  /** The health checks of the replica that answered, by name. */
  health = {};
  /** The names of the benches beside `default`. */
  benches = [];
  /** Of the task that is shown: `{id, task, dependencies, history}`, or `{id, error}`; null until read. */
  detail = null;
  /** How many tasks are read so far while the first pages are read, else null. */
  loading = 0;
  /** `connecting`, `live`, `lost`, or `key` when one is needed. */
  connection = 'connecting';
  /** Why the connection is not live. */
  problem = '';
  /** When the service answered last, by the clock of this machine; null before. */
  confirmedAt = null;

  #service;
  #changed;
  #skew = 0;
  #since = null;
  #staleTasks = new Set();
  #shownTask = null;
  #stream = new AbortController();
  #isFollowing = false;
  #isListDue = true;
  #listedAt = 0;
  #begunReadAt = 0;
  #isReloadDue = false;
  #loadedAt = 0;
  #isHealthKnown = false;

  /** @param bench the name of a bench, empty for the default one */
  constructor(bench, changed) {
    this.bench = bench;
    this.#service = new Service(bench);
    this.#changed = changed;
  }

  /** Runs as long as the page. A hidden page reads nothing, and leaves its connection to others. */
  start() {
    this.#repeat(POLL_MS, () => this.#poll());
    this.#repeat(HEALTH_MS, () => this.#readHealth());
    this.#repeat(LIST_MS, () => this.#listBenches());
    this.#repeat(READ_CHANGES_MS, () => this.#listInstances());
    this.#repeat(READ_CHANGES_MS, () => this.#readChanges());
    this.#follow();
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) {
        this.#stream.abort();
      } else {
        this.#poll().catch(error => this.#failed(error));
      }
    });
  }

  /** Whether there is something to show. */
  get isKnown() {
    return this.confirmedAt !== null && this.#listedAt > 0 && this.#isHealthKnown;
  }

  /** Whether what is shown is as of now. */
  get isCurrent() {
    return this.connection === 'connecting' || (this.connection === 'live' && Date.now() - this.confirmedAt < STALE_MS);
  }

  /** The time of Redis, as far as this page knows it, in ms since 1970. */
  now() {
    return Date.now() - this.#skew;
  }

  may(permission) {
    return this.caller?.permissions.includes(permission) ?? false;
  }

  /** Calls a method for the user. Throws CallError. */
  async call(method, params) {
    return this.#service.call(method, params);
  }

  /** Calls many methods for the user; returns a result or a CallError for each. */
  async callAll(calls) {
    return this.#service.callAll(calls);
  }

  get hasKey() {
    return this.#service.key !== '';
  }

  /** Changes who this page is, and begins anew. */
  useKey(key) {
    this.#service.key = key;
    location.reload();
  }

  /** Keeps `detail` up to date for this task; null for none. */
  showTask(id) {
    if (id !== this.#shownTask) {
      this.#shownTask = id;
      this.detail = null;
      this.refreshTask(id);
      this.#changed();
    }
  }

  /** Reads a task again soon. */
  refreshTask(id) {
    if (id) {
      this.#staleTasks.add(id);
    }
  }

  /** Runs now, and again a time after each end. */
  async #repeat(pause, task) {
    for (;;) {
      if (this.connection !== 'key' && !document.hidden) {
        await task().catch(error => this.#failed(error));
      }
      await sleep(pause);
    }
  }

  #failed(error) {
    if (!(error instanceof CallError)) {
      console.error(error);
    } else if (this.connection !== 'key' && (error.needsKey || error.isOutage || this.confirmedAt === null)) {
      this.connection = error.needsKey ? 'key' : 'lost';
      this.problem = error.message;
      this.#changed();
    }
  }

  async #poll() {
    this.caller ??= await this.call('system.whoami');
    const state = await this.call('system.get_state', {limit: 1});
    this.#skew = Date.now() - state.readAt;
    this.leader = state.leader;
    this.counts = state.totals.tasks;
    // progress is no event
    this.refreshTask(this.#shownTask);
    if (this.#isFollowing || this.confirmedAt === null) {
      this.confirmedAt = Date.now();
    }
    if (this.#isFollowing) {
      this.connection = 'live';
      this.problem = '';
    }
    this.#changed();
  }

  async #readHealth() {
    try {
      this.health = await this.#service.health();
    } catch (error) {
      if (!(error instanceof CallError)) {
        throw error;
      }
      // what was known may be over
      this.health = {};
    }
    this.#isHealthKnown = true;
    this.#changed();
  }

  async #listBenches() {
    this.benches = (await this.call('bench.list', {limit: PAGE})).benches;
    this.#changed();
  }

  async #listInstances() {
    if (!this.#isListDue && Date.now() - this.#listedAt < LIST_MS) {
      return;
    }
    this.#isListDue = false;
    const found = new Map();
    try {
      for await (const page of this.#pages('system.list_instances')) {
        page.instances.forEach(instance => found.set(instance.id, instance));
      }
    } catch (error) {
      this.#isListDue = true;
      throw error;
    }
    this.instances = found;
    this.#listedAt = Date.now();
    this.#changed();
  }

  async* #pages(method) {
    let cursor;
    do {
      const page = await this.#page(method, cursor);
      yield page;
      cursor = page.cursor;
    } while (cursor);
  }

  /** Waits where there are more pages than a caller may read at once. */
  async #page(method, cursor) {
    try {
      return await this.call(method, {limit: PAGE, cursor});
    } catch (error) {
      if (error.code !== RATE_LIMITED) {
        throw error;
      }
      await sleep(error.data.retryAfterMs);
      return this.#page(method, cursor);
    }
  }

  /** Loads all tasks once, then follows the events since just before that. Connects again when the stream ends. */
  async #follow() {
    for (;;) {
      if (this.connection !== 'key' && !document.hidden) {
        this.#stream = new AbortController();
        try {
          if (this.#since === null) {
            await this.#load();
          }
          await this.#service.follow(this.#since, {
            opened: () => {
              this.#isFollowing = true;
              this.#poll().catch(error => this.#failed(error));
            },
            received: event => this.#receive(event),
          }, this.#stream.signal);
        } catch (error) {
          this.#isFollowing = false;
          if (!this.#stream.signal.aborted) {
            this.#failed(error);
          }
        }
      }
      await sleep(RETRY_MS);
    }
  }

  /** Reads all tasks. What changes meanwhile is named by later events. */
  async #load() {
    this.#staleTasks.clear();
    this.#isReloadDue = false;
    try {
      const {recentEvents} = await this.call('system.get_state', {limit: 1});
      const isFirst = this.tasks.size === 0;
      const tasks = isFirst ? this.tasks : new Map();
      for await (const page of this.#pages('task.list')) {
        page.tasks.forEach(task => tasks.set(task.id, task));
        if (isFirst) {
          this.loading = tasks.size;
          this.#tasksChanged();
        }
      }
      this.tasks = tasks;
      this.loading = null;
      this.#since ??= recentEvents[0]?.id ?? '0';
    } catch (error) {
      this.#isReloadDue = true;
      throw error;
    } finally {
      this.#loadedAt = Date.now();
      this.refreshTask(this.#shownTask);
    }
    this.#tasksChanged();
  }

  #tasksChanged() {
    this.revision++;
    this.#changed();
  }

  #receive({id, type, payload}) {
    if (type === 'gap') {
      this.#isReloadDue = true;
      this.#isListDue = true;
      return;
    }
    this.#since = id ?? this.#since;
    if (type.startsWith('task.')) {
      this.#staleTasks.add(payload.id);
    } else {
      this.#isListDue = true;
    }
  }

  /** Reads tasks again, one call after the other, so that no older answer replaces a newer one. */
  async #readChanges() {
    if (this.#since === null) {
      return;
    }
    const age = Date.now() - this.#loadedAt;
    if (this.#isReloadDue || this.#staleTasks.size > TOO_MANY_CHANGES || age > RELOAD_MS) {
      if (age > LEAST_RELOAD_MS) {
        await this.#load();
      }
      return;
    }
    if (Date.now() - this.#begunReadAt > LIST_MS) {
      await this.#readBegun();
    }
    const ids = [...this.#staleTasks].slice(0, MOST_CHANGES);
    if (ids.length > 0) {
      const found = await this.callAll(ids.map(taskId => ['task.get', {taskId}]));
      ids.forEach((id, i) => this.#store(id, found[i]));
      this.#tasksChanged();
    }
  }

  /** Progress and leases of tasks in progress change without events. */
  async #readBegun() {
    const {tasks} = await this.call('task.list', {status: 'in_progress', limit: PAGE});
    tasks.forEach(task => this.tasks.set(task.id, task));
    this.#begunReadAt = Date.now();
    this.#tasksChanged();
  }

  #store(id, result) {
    const isError = result instanceof CallError;
    if (isError && (result.isOutage || result.needsKey || result.code === RATE_LIMITED)) {
      // the task is read again
      this.#failed(result);
      return;
    }
    this.#staleTasks.delete(id);
    if (!isError) {
      this.tasks.set(id, result.task);
    } else if (result.data.reason === 'task_not_found') {
      this.tasks.delete(id);
    }
    if (id === this.#shownTask) {
      this.detail = isError ? {id, error: result} : {id, ...result};
    }
  }
}
