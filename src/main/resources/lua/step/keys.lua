-- keysOf(prefix) -> the name of every key; of a kind of keys what their ids are appended to: keys.instance .. id. Key names are built in
-- this file and nowhere else in Lua. The prefix is the one key that a script declares: ids are known only inside of it, and in a Redis
-- Cluster the prefix holds the hash tag of one slot.
local function keysOf(prefix)
  return {
    active = prefix .. 'instances:active',
    records = prefix .. 'instances:records',
    candidates = prefix .. 'leader:candidates',
    leader = prefix .. 'leader:current',
    term = prefix .. 'leader:term',
    load = prefix .. 'workers:load',
    unclaimedSets = prefix .. 'workers:rolesets',
    pending = prefix .. 'queue:tasks:pending',
    roleSets = prefix .. 'tasks:rolesets',
    sequence = prefix .. 'queue:tasks:sequence',
    allTasks = prefix .. 'tasks:all',
    assigned = prefix .. 'tasks:assigned',
    inProgress = prefix .. 'tasks:in_progress',
    completed = prefix .. 'tasks:completed',
    dead = prefix .. 'tasks:dead',
    metrics = prefix .. 'metrics:global',
    state = prefix .. 'state:global',
    events = prefix .. 'stream:events',
    lastRun = prefix .. 'time:last-run',
    grace = prefix .. 'time:grace',
    readiness = prefix .. 'health:readiness',
    instance = prefix .. 'instance:',
    gossip = prefix .. 'health:gossip:',
    role = prefix .. 'role:',
    queue = prefix .. 'queue:instance:',
    pendingRoles = prefix .. 'queue:tasks:pending:',
    unclaimed = prefix .. 'workers:unclaimed:',
    task = prefix .. 'task:',
    idempotency = prefix .. 'idempotency:task.create:',
    rateLimit = prefix .. 'ratelimit:',
  }
end
