-- Reads the sizes and totals that operators watch; at most logarithmic time, writes nothing.
-- KEYS  1 prefix of every key
-- ARGV  roles to count instances of
-- Reply {instances alive, leader 0|1, term, version, tasks map of status to number, roles map of role to number,
--        pendingAge ms since the task that is to be given out next was created, 0 with none pending,
--        totals map of total to number}
local prefix = KEYS[1]
local rolesToCount = ARGV
--- @include step/keys
--- @include step/clock
--- @include step/task_record

local TOTALS = {'registrations', 'unregistrations', 'expirations', 'elections', 'tasksCreated', 'tasksCompleted', 'tasksFailed',
  'tasksDied'}

local roles = {}
for _, role in ipairs(rolesToCount) do
  roles[role] = redis.call('SCARD', keys.role(role))
end
local totals = {}
local counted = redis.call('HMGET', keys.metrics, unpack(TOTALS))
for i, total in ipairs(TOTALS) do
  totals[total] = tonumber(counted[i] or 0)
end
local head = redis.call('ZRANGE', keys.pending, 0, 0)[1]
local createdAt = head and tonumber(step.taskFields(head, 'createdAt')[1] or nil)
return {map = {
  instances = redis.call('ZCOUNT', keys.active, '(' .. nowText, '+inf'),
  leader = redis.call('EXISTS', keys.leader),
  term = tonumber(redis.call('GET', keys.term) or 0),
  version = tonumber(redis.call('HGET', keys.state, 'version') or 0),
  tasks = {map = {
    pending = redis.call('ZCARD', keys.pending),
    assigned = redis.call('ZCARD', keys.assigned),
    in_progress = redis.call('ZCARD', keys.inProgress),
    dead = redis.call('ZCARD', keys.dead),
  }},
  roles = {map = roles},
  -- after a failover the clock may be behind
  pendingAge = createdAt and math.max(now - createdAt, 0) or 0,
  totals = {map = totals},
}}
