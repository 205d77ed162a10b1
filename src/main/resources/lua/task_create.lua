-- Accepts a task: it is pending from now on, in its order. With an idempotency key that was used before, nothing happens
-- and the task created then is the reply.
-- KEYS  1 prefix of every key
-- ARGV  1 stream length  2 most sets of required roles of unfinished tasks  3 how long an idempotency key is kept, ms,
--       and for each call
--       task id, text, priority (0 to 100), roles as a JSON array, the same as a set of roles (task_queues.lua),
--       metadata as a JSON object, idempotency key (may be empty)
-- Reply for each call {refused reason} or {task map of the task's fields}
-- Events task.created
local prefix = KEYS[1]
local streamLength, maxRoleSets, idempotencyTtl = ARGV[1], tonumber(ARGV[2]), ARGV[3]
--- @include step/check_types
--- @include step/task_queues
--- @include step/task_record
--- @include step/settle_fleet
--- @include step/emit_event
--- @include step/json_members

-- Sequence numbers stay below this for 70 trillion tasks; 101 priorities of them fit into the 53 bits of a score.
local PRIORITY_STEP = 70368744177664

local function create(taskId, text, priority, roles, roleSet, metadata, idempotency)
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
    'roleSet', roleSet, 'metadata', metadata, 'status', 'pending', 'attempts', '0', 'createdAt', nowText)
  step.countTask(roleSet)
  step.putPending(taskId, order, roleSet)
  if idempotency ~= '' then
    redis.call('SET', keys.idempotency(idempotency), taskId, 'PX', idempotencyTtl)
  end
  step.count('tasksCreated')
  step.fleetHasChanged()
  step.emitEvent('task.created', step.jsonMembers({'id', taskId, 'priority', tonumber(priority), 'roles', {json = roles}}))
  return {map = {task = step.taskRecord(taskId)}}
end
--- @each-call create 3 7
