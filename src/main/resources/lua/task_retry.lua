#!lua
-- Gives a dead or cancelled task all its attempts again.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: task id
-- Reply {refused reason, status of the task} or {task map of the task's fields}
-- Events task.retried, leader.elected
--- @include step/run_calls
--- @include step/dependencies
--- @include step/settle_fleet
--- @include step/task_queues

return runCalls(function(ctx, taskId)
  local task = readTask(ctx, taskId)
  if not task then return {map = {refused = 'task_not_found'}} end
  if task.status ~= 'dead' and task.status ~= 'cancelled' then
    return {map = {refused = 'task_is_neither_dead_nor_cancelled', status = task.status}}
  end
  local usage = usageOf(ctx, 'tasks', task.createdBy)
  local refusal = refusalByQuota(ctx, usage, 'quota_tasks', task.bytes)
  if refusal then return {map = {refused = refusal, status = task.status}} end
  local record = ctx.keys.task .. taskId
  redis.call('PERSIST', record)
  redis.call('PERSIST', ctx.keys.history .. taskId)
  redis.call('HDEL', record, 'completedAt', 'error', 'reason', 'result', 'runAt', 'lastReport', 'lastClaim', 'lastWorker', 'lastSession', 'lastBy', 'lastStatus')
  leave(ctx, task)
  charge(ctx, usage, 1, task.bytes)
  waitForDependencies(ctx, task, cjson.decode(redis.call('HGET', record, 'dependsOn')))
  redis.call('HSET', record, 'attempts', '0', 'waitsFor', task.waitsFor)
  putBack(ctx, task)
  emitTaskEvent(ctx, 'task.retried', task, 'status', task.status)
  settleFleet(ctx)
  return {map = {task = taskRecord(ctx, taskId)}}
end)
