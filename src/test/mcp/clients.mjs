// Drives the service with one of the official clients: node clients.mjs CLIENT URL URL
// The requests go to the two replicas in turns. Prints what each step got, as JSON, one a line.
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as Transport1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Client as Client2, StreamableHTTPClientTransport as Transport2 } from '@modelcontextprotocol/client';

const [kind, ...replicas] = process.argv.slice(2);
const info = { name: kind, version: '1' };
const requests = [];

/** Sends each request to another replica than the one before, and notes it. */
function inTurns(_, init) {
  const replica = replicas[requests.length % replicas.length];
  requests.push(replica);
  return fetch(replica, init);
}

const clients = {
  'sdk': () => [new Client1(info), new Transport1(new URL(replicas[0]), { fetch: inTurns })],
  'client': () => [new Client2(info), new Transport2(new URL(replicas[0]), { fetch: inTurns })],
  'client-auto': () => [
    new Client2(info, { versionNegotiation: { mode: 'auto' } }),
    new Transport2(new URL(replicas[0]), { fetch: inTurns }),
  ],
  'client-pinned': () => [
    new Client2(info, { versionNegotiation: { mode: { pin: '2026-07-28' } } }),
    new Transport2(new URL(replicas[0]), { fetch: inTurns }),
  ],
};

const print = (step, got) => console.log(JSON.stringify({ step, ...got }));
const [client, transport] = clients[kind]();
const fail = (error) => { console.error(error); process.exit(1); };
client.onerror = fail;
await client.connect(transport);
print('connect', { server: client.getServerVersion().name, session: transport.sessionId ?? null });

async function call(name, args) {
  const { structuredContent, content, isError } = await client.callTool({ name, arguments: args });
  print(name, { isError: isError === true, result: structuredContent ?? JSON.parse(content[0].text) });
  return structuredContent;
}

const { tools } = await client.listTools();
print('tools', { names: tools.map((tool) => tool.name) });
await call('system_register', { id: kind, roles: ['worker'], sessionId: 's' });
const { id } = await call('task_create', { text: `for ${kind}: "é"` });
const { task } = await call('task_claim', { workerId: kind, sessionId: 's', waitMs: 5000 });
const claim = { taskId: task.id, claim: task.claim };
await call('task_progress', { ...claim, note: 'half', percent: 50 });
await call('task_complete', { ...claim, result: { done: true } });
await call('task_get', { taskId: 'none' });
const { contents } = await client.readResource({ uri: `claudebench://tasks/${id}` });
print('resource', { status: JSON.parse(contents[0].text).task.status });
const { messages } = await client.getPrompt({ name: 'plan_tasks', arguments: { goal: 'win' } });
print('prompt', { text: messages[0].content.text.includes('win') });
await call('system_unregister', { instanceId: kind, sessionId: 's' });
await client.close();
print('requests', { replicas: replicas.map((replica) => requests.filter((sent) => sent === replica).length) });
