#!lua flags=allow-oom
-- The worker that holds a claim gives the task back: it is pending again in its old place, and no attempt is counted.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: task id, claim (may be empty), worker id (may be empty), session id (may be empty)
-- Reply {refused reason, status of the task} or {task map of the task's fields}
-- Events task.released, leader.elected
--- @include step/run_calls
--- @include step/claim_holder
--- @include step/settle_fleet

return runCalls(function(ctx, taskId, claim, workerId, sessionId)
  local report = {claim = tonumber(claim), workerId = workerId, sessionId = sessionId}
  local task = readTask(ctx, taskId)
  if not repeats(ctx, task, report, 'released') then
    local refusal = refusalOf(ctx, task, report)
    if refusal then return refusal end
    local holder = report.holder
    leave(ctx, task)
    putBack(ctx, task)
    noteReport(ctx, task, report, 'released')
    emitTaskEvent(ctx, 'task.released', task, 'previousWorkerId', holder.workerId, 'claim', holder.claim)
    settleFleet(ctx, holder.workerId)
  end
  return {map = {task = taskRecord(ctx, taskId)}}
end)
