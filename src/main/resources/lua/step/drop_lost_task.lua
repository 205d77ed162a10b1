-- dropLostTask(ctx, taskId, required): a task that waits to be begun, with this set of required roles, has no record any more: it was evicted or
-- deleted by hand. It is dropped from the indexes.
--- @include role_sets
local function dropLostTask(ctx, taskId, required)
  local keys = ctx.keys
  for _, status in ipairs({'pending', 'assigned'}) do
    redis.call('ZREM', keys.tasks[status], taskId)
    redis.call('ZREM', keys.open[status] .. required, taskId)
  end
  unfileRoleSet(ctx, required)
  redis.call('ZREM', keys.pendingSince, taskId)
  redis.call('ZREM', keys.allTasks, taskId)
  ctx.moved.pending, ctx.moved.assigned = true, true
end
