-- changeRoles(ctx, instanceId, rolesJson, previousJson) -> how many unclaimed tasks went back to pending because the new roles of the
-- instance do not allow them. It keeps the time of its registration.
--- @include index_instance
--- @include task_queues
--- @include unclaimed_tasks
local function changeRoles(ctx, instanceId, rolesJson, previousJson)
  local keys, released = ctx.keys, 0
  for role in pairs(roleSet(previousJson)) do redis.call('SREM', keys.role .. role, instanceId) end
  local rank = tonumber(redis.call('ZSCORE', keys.candidates, instanceId) or ctx.nowMicros)
  local roles = indexInstance(ctx, instanceId, rolesJson, rank % WITHOUT_LEADER_ROLE)
  for _, task in ipairs(unclaimedTasks(ctx, instanceId)) do
    if not (roles.worker and hasAllRoles(roles, task.required)) then
      requeueTask(ctx, task.id, task.order, instanceId)
      released = released + 1
    end
  end
  if not roles.worker then redis.call('ZREM', keys.load, instanceId) end
  return released
end
