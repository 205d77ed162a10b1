-- takeTasks(ctx, instanceId, held) -> what autoAssignTasks gives, for a worker that holds so many tasks and has room for more.
--- @include best_pending
--- @include even_out
--- @include live_workers
--- @include task_queues
local function takeTasks(ctx, instanceId, held)
  local keys, capacity, before = ctx.keys, ctx.settings.capacity, held
  local open = redis.call('ZCARD', keys.pending) + redis.call('ZCARD', keys.assigned) + redis.call('ZCARD', keys.inProgress)
  local share = math.min(math.ceil(open / liveWorkers(ctx)), capacity)
  local roles = rolesOf(ctx, instanceId)
  if held < share then
    for _, task in ipairs(bestPending(ctx, roles, share - held)) do
      if held == share then break end
      if takePending(ctx, task.id, task.required) then
        giveTask(ctx, task.id, task.order, instanceId)
        held = held + 1
        table.insert(ctx.moves, {taskId = task.id, workerId = instanceId})
      end
    end
  end
  if held < capacity and #bestPending(ctx, roles, 1) == 0 then held = evenOut(ctx, instanceId, roles, held) end
  return {assigned = held - before, total = held}
end
