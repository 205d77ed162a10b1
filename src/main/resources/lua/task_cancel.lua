#!lua flags=allow-oom
-- Ends a task at once, whoever holds it. The holder is fenced off, and told at its next heartbeat. Repeating it changes nothing.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: task id, reason (may be empty)
-- Reply {refused reason, status of the task} or {task map of the task's fields}
-- Events task.cancelled, leader.elected
--- @include step/run_calls
--- @include step/end_task
--- @include step/settle_fleet
--- @include step/tell_holder

return runCalls(function(ctx, taskId, reason)
  local task = readTask(ctx, taskId)
  if not task then return {map = {refused = 'task_not_found'}} end
  if task.status == 'completed' or task.status == 'dead' then
    return {map = {refused = 'task_already_ended', status = task.status}}
  end
  if task.status ~= 'cancelled' then
    local record = ctx.keys.task .. taskId
    if task.status == 'in_progress' then tellHolder(ctx, task) end
    for _, id in ipairs(cjson.decode(redis.call('HGET', record, 'dependsOn'))) do redis.call('SREM', ctx.keys.dependents .. id, taskId) end
    finishTask(ctx, task, 'cancelled')
    redis.call('HDEL', record, 'claim')
    redis.call('HSET', record, 'reason', reason)
    count(ctx, 'tasksCancelled')
    emitTaskEvent(ctx, 'task.cancelled', task, 'workerId', task.workerId or false, 'reason', reason)
    settleFleet(ctx)
  end
  return {map = {task = taskRecord(ctx, taskId)}}
end)
