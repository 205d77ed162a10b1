-- takeTasks(instanceId, held) -> what autoAssignTasks gives, for a worker that holds so many tasks and may have room for more.
-- Those are the best pending tasks that it may take, and when none is left for it, unclaimed ones of others, as
-- auto_assign_tasks.lua says.
--
-- The work is bounded by the capacity and the number of role sets in use; the number of tasks and of instances enters only
-- through the logarithm of a sorted set's size.
--- @include keys
--- @include clock
--- @include task_queues
--- @include role_sets
--- @include best_pending
--- @include unclaimed_tasks
--- @include live_workers

-- Those who can be the most loaded while `room` tasks are taken one by one. Each taking unloads one of them, so they are among
-- the first `room` of a set of roles.
function step.donorsFor(roles, held, room)
  step.indexUnclaimed()
  local donors, seen = {}, {}
  for _, roleSet in ipairs(redis.call('HKEYS', keys.roleSets)) do
    if step.hasAllRoles(roles, roleSet) then
      local loads = redis.call('ZREVRANGEBYSCORE', keys.unclaimed(roleSet), '+inf', held + 2, 'WITHSCORES', 'LIMIT', 0, room)
      for i = 1, #loads, 2 do
        if not seen[loads[i]] then
          seen[loads[i]] = true
          donors[#donors + 1] = {id = loads[i], load = tonumber(loads[i + 1])}
        end
      end
    end
  end
  return donors
end

function step.tasksToTake(roles, donorId)
  local allowed = {}
  for _, task in ipairs(step.unclaimedTasks(donorId)) do
    if step.hasAllRoles(roles, task.roleSet) then allowed[#allowed + 1] = task end
  end
  return allowed
end

-- takes one task from the most loaded donor that has one to give; false when that would not even anything out
function step.evenOut(instanceId, roles, held, donors, moves)
  local most
  for _, donor in ipairs(donors) do
    if not donor.spent and (not most or donor.load > most.load) then most = donor end
  end
  if not most or most.load - held < 2 then return false end
  most.tasks = most.tasks or step.tasksToTake(roles, most.id)
  local task = table.remove(most.tasks)
  if not task then
    most.spent = true
    return step.evenOut(instanceId, roles, held, donors, moves)
  end
  step.takeBack(task.id, most.id)
  step.giveTask(task.id, task.order, instanceId)
  most.load = most.load - 1
  moves[#moves + 1] = {taskId = task.id, from = most.id}
  return true
end

function step.fairShare()
  local open = redis.call('ZCARD', keys.pending) + redis.call('ZCARD', keys.assigned) + redis.call('ZCARD', keys.inProgress)
  return math.min(math.ceil(open / step.liveWorkers()), capacity)
end

function step.takeTasks(instanceId, held)
  local roles = step.rolesOf(instanceId)
  local share = step.fairShare()
  local moves = {}
  if held < share then
    for _, task in ipairs(step.bestPending(roles, share - held)) do
      if held == share then break end
      if step.takePending(task.id, task.roleSet) then
        step.giveTask(task.id, task.order, instanceId)
        held = held + 1
        moves[#moves + 1] = {taskId = task.id}
      end
    end
  end
  if held < capacity and #step.bestPending(roles, 1) == 0 then
    local donors = step.donorsFor(roles, held, capacity - held)
    while held < capacity and step.evenOut(instanceId, roles, held, donors, moves) do
      held = held + 1
    end
  end
  return {assigned = #moves, total = held, moves = moves}
end
