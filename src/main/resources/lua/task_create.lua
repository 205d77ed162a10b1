-- Accepts a task: it is pending from now on, in its order. With an idempotency key that was used before, nothing changes and the reply is
-- the task that was created then.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: task id, text, priority (0 to 100), roles as a JSON array, the same as a set of
--       required roles (step/role_list.lua), metadata as a JSON object, idempotency key (may be empty)
-- Reply {refused reason} or {task map of the task's fields}
-- Events task.created
--- @include step/run_calls
--- @include step/task_queues
--- @include step/settle_fleet

-- Sequence numbers are less than this for 70 trillion tasks; 101 priorities of them fit into the 53 bits of a score.
local PRIORITY_STEP = 70368744177664

return runCalls(function(ctx, taskId, text, priority, roles, required, metadata, idempotencyKey)
  local keys = ctx.keys
  local existing = idempotencyKey ~= '' and redis.call('GET', keys.idempotency .. idempotencyKey)
  local created = existing and taskRecord(ctx, existing)
  if created then return {map = {task = created}} end
  if redis.call('HEXISTS', keys.roleSets, required) == 0 and redis.call('HLEN', keys.roleSets) >= ctx.settings.maxRoleSets then
    return {map = {refused = 'too_many_role_sets'}}
  end

  local sequence = redis.call('INCR', keys.sequence)
  local order = integer((100 - priority) * PRIORITY_STEP + sequence)
  redis.call('ZADD', keys.allTasks, integer(sequence), taskId)
  redis.call('HSET', keys.task .. taskId, 'id', taskId, 'text', text, 'priority', priority, 'roles', roles,
    'roleSet', required, 'metadata', metadata, 'status', 'pending', 'attempts', '0', 'createdAt', ctx.nowText)
  countRoleSet(ctx, required, 1)
  putPending(ctx, taskId, order, required)
  if idempotencyKey ~= '' then
    redis.call('SET', keys.idempotency .. idempotencyKey, taskId, 'PX', ctx.settings.idempotencyTtl)
  end
  count(ctx, 'tasksCreated')
  settleFleet(ctx)
  emitEvent(ctx, 'task.created', jsonMembers({'id', taskId, 'priority', tonumber(priority), 'roles', {json = roles}}))
  return {map = {task = taskRecord(ctx, taskId)}}
end)
