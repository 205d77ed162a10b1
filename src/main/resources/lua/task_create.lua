-- Accepts a task: it is pending from now on, in its order. With an idempotency key that was used before, nothing happens
-- and the task created then is the reply.
-- KEYS  1 prefix of every key
-- ARGV  1 stream length  2 most sets of required roles of unfinished tasks
--       3 task id  4 text  5 priority, 0 to 100  6 roles, JSON array  7 the same as a set of roles (task_queues.lua)
--       8 metadata, JSON object  9 idempotency key, may be empty  10 how long that key is kept, ms
-- Reply {refused reason} or {task map of the task's fields}
-- Events task.created
local prefix = KEYS[1]
local streamLength, maxRoleSets = ARGV[1], tonumber(ARGV[2])
local taskId, text, priority, roles, roleSet = ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6], ARGV[7]
local metadata, idempotency, idempotencyTtl = ARGV[8], ARGV[9], ARGV[10]
--- @include step/check_types
--- @include step/task_queues
--- @include step/task_record
--- @include step/global_state
--- @include step/sync_global_state
--- @include step/aggregate_global_metrics
--- @include step/emit_event

-- Sequence numbers stay below this for 70 trillion tasks; 101 priorities of them fit into the 53 bits of a score.
local PRIORITY_STEP = 70368744177664

if idempotency ~= '' then
  local existing = redis.call('GET', keys.idempotency(idempotency))
  if existing and step.hasRecord(existing) then
    return {map = {task = step.taskRecord(existing)}}
  end
end
step.checkTypes({keys.pendingRoles(roleSet)}, {})
if redis.call('HEXISTS', keys.roleSets, roleSet) == 0 and redis.call('HLEN', keys.roleSets) >= maxRoleSets then
  return {map = {refused = 'too_many_role_sets'}}
end

local order = (100 - priority) * PRIORITY_STEP + redis.call('INCR', keys.sequence)
redis.call('HSET', keys.task(taskId), 'id', taskId, 'text', text, 'priority', priority, 'roles', roles,
  'roleSet', roleSet, 'metadata', metadata, 'status', 'pending', 'attempts', 0, 'createdAt', nowText)
step.countTask(roleSet)
step.putPending(taskId, order, roleSet)
if idempotency ~= '' then
  redis.call('SET', keys.idempotency(idempotency), taskId, 'PX', idempotencyTtl)
end
redis.call('HINCRBY', keys.metrics, 'tasksCreated', 1)
local size = step.fleetSize()
step.aggregateGlobalMetrics(size)
step.syncGlobalState(step.globalState(size))
step.emitEvent('task.created', {'id', taskId, 'priority', priority, 'roles', {json = roles}})
return {map = {task = step.taskRecord(taskId)}}
