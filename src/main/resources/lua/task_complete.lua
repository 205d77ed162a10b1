#!lua flags=allow-oom
-- The worker that holds a claim reports how its task ended. A failure is an attempt: the task is tried again after a back-off, or is dead after
-- too many. A repeated report is answered the same way.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: task id, claim (may be empty), worker id (may be empty), session id (may be empty),
--       result as JSON (may be empty), error (empty when it went well)
-- Reply {refused reason, status of the task} or {id, status, completedAt}, completedAt 0 for a task that is to be tried again
-- Events task.completed, task.failed, task.dead, task.unblocked; task.assigned for what the worker is given next; leader.elected
--- @include step/run_calls
--- @include step/claim_holder
--- @include step/auto_assign_tasks
--- @include step/settle_fleet
--- @include step/wake_tasks

local function answer(ctx, taskId)
  local found = redis.call('HMGET', ctx.keys.task .. taskId, 'lastStatus', 'completedAt')
  -- a task that was to be tried again may have ended since
  local hasEnded = found[1] == 'completed' or found[1] == 'dead'
  return {map = {id = taskId, status = found[1], completedAt = hasEnded and tonumber(found[2]) or 0}}
end

local function complete(ctx, task, report, result)
  local holder = report.holder
  if result ~= '' then redis.call('HSET', ctx.keys.task .. task.id, 'result', result) end
  finishTask(ctx, task, 'completed')
  noteReport(ctx, task, report, 'completed')
  count(ctx, 'tasksCompleted')
  emitTaskEvent(ctx, 'task.completed', task, 'workerId', holder.workerId, 'claim', holder.claim)
  unblockDependents(ctx, task.id)
end

return runCalls(function(ctx, taskId, claim, workerId, sessionId, result, failure)
  local report = {claim = tonumber(claim), workerId = workerId, sessionId = sessionId}
  local kind = failure == '' and 'completed' or 'failed'
  local task = readTask(ctx, taskId)
  if repeats(ctx, task, report, kind) then return answer(ctx, taskId) end
  local refusal = refusalOf(ctx, task, report)
  if refusal then return refusal end
  if kind == 'completed' then
    complete(ctx, task, report, result)
  else
    loseTask(ctx, task, 'error', failure)
    noteReport(ctx, task, report, kind)
  end
  autoAssignTasks(ctx, report.holder.workerId)
  settleFleet(ctx, report.holder.workerId)
  return answer(ctx, taskId)
end)
