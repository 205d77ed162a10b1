-- A worker begins tasks: those assigned to it first, then the best pending ones that it may take, up to its capacity.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: worker id, session id (may be empty), most tasks
-- Reply {refused reason} or {tasks list of maps of the tasks' fields}
-- Events task.claimed; instance.expired, task.assigned, leader.elected for what the sweep removes
--- @include step/run_calls
--- @include step/sweep_expired
--- @include step/holder
--- @include step/task_queues
--- @include step/best_pending
--- @include step/unclaimed_tasks
--- @include step/redistribute
--- @include step/settle_fleet

-- assigned tasks, and as many pending ones as the worker has room for, which are assigned to it
local function chooseTasks(ctx, workerId, maxTasks)
  local chosen = unclaimedTasks(ctx, workerId)
  local room = math.min(maxTasks - #chosen, ctx.settings.capacity - redis.call('ZCARD', ctx.keys.queue .. workerId))
  if room <= 0 or redis.call('EXISTS', ctx.keys.pending) == 0 then return chosen end
  for _, task in ipairs(bestPending(ctx, rolesOf(ctx, workerId), room)) do
    if room == 0 then break end
    if takePending(ctx, task.id, task.required) then
      giveTask(ctx, task.id, task.order, workerId)
      chosen[#chosen + 1] = task
      room = room - 1
    end
  end
  return chosen
end

return runCalls(function(ctx, workerId, sessionId, maxTasksText)
  local maxTasks, tasks = tonumber(maxTasksText), {}
  local swept = sweepExpired(ctx)
  local changed = swept.expired > 0
  local allowed = isHeldBy(ctx, workerId, sessionId) and redis.call('ZSCORE', ctx.keys.load, workerId)
  if allowed then
    local chosen = chooseTasks(ctx, workerId, maxTasks)
    for i = 1, math.min(maxTasks, #chosen) do
      beginTask(ctx, chosen[i].id, chosen[i].order, workerId)
      emitEvent(ctx, 'task.claimed', jsonMembers({'id', chosen[i].id, 'workerId', workerId}))
      tasks[i] = taskRecord(ctx, chosen[i].id)
    end
    changed = changed or #tasks > 0 or not ctx.leader
  end
  if swept.expired > 0 then redistribute(ctx) end
  if changed then settleFleet(ctx, allowed and workerId or nil) end
  if not allowed then return {map = {refused = 'worker_not_registered'}} end
  return {map = {tasks = tasks}}
end)
