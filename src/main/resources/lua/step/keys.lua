-- Every key name, built in this file and nowhere else in Lua. Expects `prefix`, which the entry script binds
-- to KEYS[1]. The prefix stands for all keys of a script: ids are known only inside of it, and in a Redis
-- Cluster the prefix holds the hash tag that puts every key into one slot.
local activeKey = prefix .. 'instances:active'
local instanceRolesKey = prefix .. 'instances:roles'
local candidatesKey = prefix .. 'leader:candidates'
local leaderKey = prefix .. 'leader:current'
local termKey = prefix .. 'leader:term'
local loadKey = prefix .. 'workers:load'
local activeWorkersKey = prefix .. 'workers:active'
local unclaimedSetsKey = prefix .. 'workers:rolesets'
local pendingKey = prefix .. 'queue:tasks:pending'
local roleSetsKey = prefix .. 'tasks:rolesets'
local sequenceKey = prefix .. 'queue:tasks:sequence'
local assignedKey = prefix .. 'tasks:assigned'
local inProgressKey = prefix .. 'tasks:in_progress'
local completedKey = prefix .. 'tasks:completed'
local deadKey = prefix .. 'tasks:dead'
local metricsKey = prefix .. 'metrics:global'
local stateKey = prefix .. 'state:global'
local eventsKey = prefix .. 'stream:events'
local readinessKey = prefix .. 'health:readiness'

local function instanceKey(id) return prefix .. 'instance:' .. id end
local function gossipKey(id) return prefix .. 'health:gossip:' .. id end
local function roleKey(role) return prefix .. 'role:' .. role end
local function queueKey(id) return prefix .. 'queue:instance:' .. id end
local function pendingRolesKey(roleSet) return prefix .. 'queue:tasks:pending:' .. roleSet end
local function unclaimedKey(roleSet) return prefix .. 'workers:unclaimed:' .. roleSet end
local function taskKey(id) return prefix .. 'task:' .. id end
local function idempotencyKey(key) return prefix .. 'idempotency:task.create:' .. key end
