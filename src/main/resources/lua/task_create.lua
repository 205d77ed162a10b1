#!lua
-- Accepts a task: blocked while tasks that it depends on are not completed, scheduled until its time, else pending. With an idempotency key that
-- was used before, nothing changes and the reply is the task that was created then.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: task id, text, priority (0 to 100), roles as a JSON array, the same as a set of
--       required roles (step/role_list.lua), metadata as a JSON object, idempotency key (may be empty), lease in ms (empty for the usual
--       one), time from which it may run in ms (may be empty), delay in ms (may be empty), ids of tasks that it depends on as a JSON array,
--       resources as a JSON array of paths, most attempts (empty for the usual number), whether the bench is listed (step/refuse_unlisted.lua)
-- Reply {unlisted 1}, {refused reason} or {task map of the task's fields}
-- Events task.created, leader.elected
--- @include step/run_calls
--- @include step/dependencies
--- @include step/refuse_unlisted
--- @include step/task_queues
--- @include step/settle_fleet

-- Sequence numbers are less than this for 70 trillion tasks; 101 priorities of them fit into the 53 bits of a score.
local PRIORITY_STEP = 70368744177664

local function isKnown(ctx, dependsOn)
  for _, id in ipairs(dependsOn) do
    if redis.call('EXISTS', ctx.keys.task .. id) == 0 then return false end
  end
  return true
end

return runCalls(function(ctx, taskId, text, priority, roles, required, metadata, idempotencyKey, leaseMs, runAt, delayMs, dependsOnJson,
    resources, maxAttempts, isListed)
  local unlisted = refuseUnlisted(ctx, isListed)
  if unlisted then return unlisted end
  local keys, dependsOn = ctx.keys, cjson.decode(dependsOnJson)
  -- the keys of a principal are its own; no name or key has a line break
  local used = keys.idempotency .. (ctx.by == '' and '' or ctx.by .. '\n') .. idempotencyKey
  local existing = idempotencyKey ~= '' and redis.call('GET', used)
  local created = existing and taskRecord(ctx, existing)
  if created then return {map = {task = created}} end
  if not isKnown(ctx, dependsOn) then return {map = {refused = 'dependency_not_found'}} end

  local task = {id = taskId, roleSet = required, createdBy = ctx.by, bytes = #text + #metadata + #dependsOnJson + #resources}
  local usage = usageOf(ctx, 'tasks', task.createdBy)
  local refusal = refusalByQuota(ctx, usage, 'quota_tasks', task.bytes)
  if refusal then return {map = {refused = refusal}} end

  local sequence = redis.call('INCR', keys.sequence)
  task.order = integer((100 - priority) * PRIORITY_STEP + sequence)
  waitForDependencies(ctx, task, dependsOn)
  local earliest = delayMs ~= '' and ctx.now + delayMs or tonumber(runAt)
  redis.call('HSET', keys.task .. taskId, 'id', taskId, 'text', text, 'priority', priority, 'roles', roles,
    'roleSet', required, 'metadata', metadata, 'order', task.order, 'attempts', '0', 'createdAt', ctx.nowText,
    'maxAttempts', maxAttempts == '' and ctx.settings.maxAttempts or maxAttempts,
    'leaseMs', leaseMs == '' and ctx.settings.lease or leaseMs, 'dependsOn', dependsOnJson, 'resources', resources,
    'waitsFor', task.waitsFor, 'bytes', task.bytes)
  if earliest then redis.call('HSET', keys.task .. taskId, 'runAt', integer(earliest)) end
  if ctx.by ~= '' then redis.call('HSET', keys.task .. taskId, 'createdBy', ctx.by) end
  redis.call('ZADD', keys.allTasks, sequence, taskId)
  charge(ctx, usage, 1, task.bytes)
  putBack(ctx, task, earliest)
  if idempotencyKey ~= '' then
    redis.call('SET', used, taskId, 'PX', ctx.settings.idempotencyTtl)
  end
  count(ctx, 'tasksCreated')
  settleFleet(ctx)
  emitTaskEvent(ctx, 'task.created', task, 'priority', tonumber(priority), 'roles', {json = roles}, 'status', task.status)
  return {map = {task = taskRecord(ctx, taskId)}}
end)
