-- changeRoles(ctx, instanceId, rolesJson, previousJson): an instance is indexed by its new roles, and keeps the time of its registration. Assigned
-- tasks that its new roles do not allow are pending again. A leader that loses the role `leader` while another instance has it resigns.
--- @include index_instance
--- @include task_queues
local function changeRoles(ctx, instanceId, rolesJson, previousJson)
  local keys, previous = ctx.keys, roleSet(previousJson)
  for role in pairs(previous) do redis.call('SREM', keys.role .. role, instanceId) end
  local rank = tonumber(redis.call('ZSCORE', keys.candidates, instanceId) or ctx.nowMicros)
  local roles = indexInstance(ctx, instanceId, rolesJson, rank % WITHOUT_LEADER_ROLE)
  for _, taskId in ipairs(redis.call('ZDIFF', 2, keys.queue .. instanceId, keys.claimed .. instanceId)) do
    local task = readTask(ctx, taskId)
    if task and not (roles.worker and hasAllRoles(roles, task.roleSet)) then
      leave(ctx, task)
      putBack(ctx, task)
      emitTaskEvent(ctx, 'task.requeued', task, 'previousWorkerId', instanceId)
    end
  end
  if previous.leader and not roles.leader and ctx.leader == instanceId and redis.call('EXISTS', keys.role .. 'leader') == 1 then
    redis.call('DEL', keys.leader)
    ctx.leader = nil
  end
end
