-- releaseForbiddenTasks(instanceId, roles) -> how many unclaimed tasks of a worker went back to pending because its roles do not
-- allow them any more.
--- @include keys
--- @include task_queues
--- @include role_sets
function step.releaseForbiddenTasks(instanceId, roles)
  local released = 0
  local held = redis.call('ZRANGE', keys.queue(instanceId), 0, -1, 'WITHSCORES')
  for i = 1, #held, 2 do
    local task = step.taskFields(held[i], 'status', 'roleSet')
    if task[1] == 'assigned' and not (roles.worker and step.hasAllRoles(roles, task[2])) then
      step.requeueTask(held[i], held[i + 1], instanceId)
      released = released + 1
    end
  end
  return released
end
