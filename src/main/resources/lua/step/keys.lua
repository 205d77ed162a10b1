-- Every key name, built in this file and nowhere else in Lua. Expects `prefix`, which the entry script binds
-- to KEYS[1]. The prefix stands for all keys of a script: ids are known only inside of it, and in a Redis
-- Cluster the prefix holds the hash tag that puts every key into one slot.
--- @include noted
local keys = {
  active = prefix .. 'instances:active',
  instanceRoles = prefix .. 'instances:roles',
  candidates = prefix .. 'leader:candidates',
  leader = prefix .. 'leader:current',
  term = prefix .. 'leader:term',
  load = prefix .. 'workers:load',
  unclaimedSets = prefix .. 'workers:rolesets',
  pending = prefix .. 'queue:tasks:pending',
  roleSets = prefix .. 'tasks:rolesets',
  sequence = prefix .. 'queue:tasks:sequence',
  assigned = prefix .. 'tasks:assigned',
  inProgress = prefix .. 'tasks:in_progress',
  completed = prefix .. 'tasks:completed',
  dead = prefix .. 'tasks:dead',
  metrics = prefix .. 'metrics:global',
  state = prefix .. 'state:global',
  events = prefix .. 'stream:events',
  readiness = prefix .. 'health:readiness',
}

function keys.instance(id) return prefix .. 'instance:' .. id end
function keys.gossip(id) return prefix .. 'health:gossip:' .. id end
function keys.role(role) return prefix .. 'role:' .. role end
function keys.queue(id) return prefix .. 'queue:instance:' .. id end
function keys.pendingRoles(roleSet) return prefix .. 'queue:tasks:pending:' .. roleSet end
function keys.unclaimed(roleSet) return prefix .. 'workers:unclaimed:' .. roleSet end
function keys.task(id) return prefix .. 'task:' .. id end
function keys.idempotency(key) return prefix .. 'idempotency:task.create:' .. key end
