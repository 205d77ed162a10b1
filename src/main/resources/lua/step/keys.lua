-- keysOf(prefix) -> the name of every key; of a kind of keys what their ids are appended to: keys.instance .. id. Key names are built in
-- this file and nowhere else in Lua. The prefix is the one key that a script declares: ids are known only inside of it, and in a Redis
-- Cluster the prefix holds the hash tag of one slot.

-- the keys that only work on tasks or on benches needs
local function addTaskKeys(keys, prefix)
  keys.sequence = prefix .. 'queue:tasks:sequence'
  keys.lastClaim = prefix .. 'tasks:claim'
  keys.allTasks = prefix .. 'tasks:all'
  keys.tasks = {
    scheduled = prefix .. 'tasks:scheduled',
    blocked = prefix .. 'tasks:blocked',
    pending = keys.pending,
    assigned = prefix .. 'tasks:assigned',
    in_progress = prefix .. 'tasks:in_progress',
    completed = prefix .. 'tasks:completed',
    dead = prefix .. 'tasks:dead',
    cancelled = prefix .. 'tasks:cancelled',
  }
  keys.pendingSince = prefix .. 'tasks:pending-since'
  keys.leases = prefix .. 'tasks:leases'
  keys.resources = prefix .. 'tasks:resources'
  keys.unblocking = prefix .. 'tasks:unblocking'
  keys.claimed = prefix .. 'queue:claimed:'
  keys.open = {
    pending = prefix .. 'queue:tasks:pending:',
    assigned = prefix .. 'queue:tasks:assigned:',
  }
  keys.nextRoles = prefix .. 'tasks:next-roles:'
  keys.task = prefix .. 'task:'
  keys.history = prefix .. 'task-history:'
  keys.dependents = prefix .. 'task-dependents:'
  keys.idempotency = prefix .. 'idempotency:task.create:'
  keys.listed = prefix .. 'bench:listed'
  keys.benches = prefix .. 'benches:names'
  keys.benchesDue = prefix .. 'benches:due'
end

local function keysOf(prefix)
  local keys = {
    active = prefix .. 'instances:active',
    records = prefix .. 'instances:records',
    candidates = prefix .. 'leader:candidates',
    leader = prefix .. 'leader:current',
    term = prefix .. 'leader:term',
    pending = prefix .. 'queue:tasks:pending',
    metrics = prefix .. 'metrics:global',
    minutes = prefix .. 'metrics:minutes',
    state = prefix .. 'state:global',
    events = prefix .. 'stream:events',
    lastRun = prefix .. 'time:last-run',
    grace = prefix .. 'time:grace',
    usage = prefix .. 'quota:usage',
    readiness = prefix .. 'health:readiness',
    instance = prefix .. 'instance:',
    gossip = prefix .. 'health:gossip:',
    role = prefix .. 'role:',
    queue = prefix .. 'queue:instance:',
    rateLimit = prefix .. 'ratelimit:',
  }
  -- To build the names takes longer than most commands do, so those are built when the first of them is asked for.
  return setmetatable(keys, {__index = function(_, name)
    setmetatable(keys, nil)
    addTaskKeys(keys, prefix)
    return keys[name]
  end})
end
