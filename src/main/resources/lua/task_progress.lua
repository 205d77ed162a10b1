#!lua flags=allow-oom
-- The worker that holds a claim reports progress: the lease of the claim begins anew.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: task id, claim (may be empty), worker id (may be empty), session id (may be empty),
--       note (may be empty), percent (may be empty)
-- Reply {refused reason, status of the task} or {leaseUntil}, in ms, 0 for a claim without a lease
--- @include step/run_calls
--- @include step/claim_holder

return runCalls(function(ctx, taskId, claim, workerId, sessionId, note, percent)
  local task = readTask(ctx, taskId)
  local refusal = refusalOf(ctx, task, {claim = tonumber(claim), workerId = workerId, sessionId = sessionId})
  if refusal then return refusal end
  local record = ctx.keys.task .. taskId
  if note ~= '' then redis.call('HSET', record, 'note', note) end
  if percent ~= '' then redis.call('HSET', record, 'percent', percent) end
  return {map = {leaseUntil = startLease(ctx, task) or 0}}
end)
