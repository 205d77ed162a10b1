-- autoAssignTasks(instanceId) -> {assigned, total, moves}: how many tasks the worker was given, how many it holds now,
-- and {taskId, from} for each that was given. Nothing for an instance that is no worker.
--
-- A worker's fair share is ceil((pending + assigned + in progress) / live workers), at most `capacity`. It is filled from the
-- best pending tasks that the worker may take. When none is left for it, the worker takes unclaimed tasks from the most
-- loaded worker that has one for it, while that evens the two out, beyond its share too (others may have no use for those
-- tasks) but not beyond `capacity`: the last in their order, since those would be begun last.
--
-- Most often there is nothing to be had (nothing pending, nobody with two tasks more), and nothing further is looked at then.
--
-- The work is bounded by the capacity and the number of role sets in use; the number of tasks and of instances enters only
-- through the logarithm of a sorted set's size.
--- @include keys
--- @include clock
--- @include integer
--- @include task_queues
--- @include role_sets
--- @include best_pending
--- @include unclaimed_tasks

-- Those who can be the most loaded while `room` tasks are taken one by one. Each taking unloads one of them, so they are among
-- the first `room` of a set of roles.
local function donorsFor(roles, held, room)
  indexUnclaimed()
  local donors, seen = {}, {}
  for _, roleSet in ipairs(redis.call('HKEYS', roleSetsKey)) do
    if hasAllRoles(roles, roleSet) then
      local loads = redis.call('ZREVRANGEBYSCORE', unclaimedKey(roleSet), '+inf', held + 2, 'WITHSCORES', 'LIMIT', 0, room)
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

local function tasksToTake(roles, donorId)
  local allowed = {}
  for _, task in ipairs(unclaimedTasks(donorId)) do
    if hasAllRoles(roles, task.roleSet) then allowed[#allowed + 1] = task end
  end
  return allowed
end

-- takes one task from the most loaded donor that has one to give; false when that would not even anything out
local function evenOut(instanceId, roles, held, donors, moves)
  local most
  for _, donor in ipairs(donors) do
    if not donor.spent and (not most or donor.load > most.load) then most = donor end
  end
  if not most or most.load - held < 2 then return false end
  most.tasks = most.tasks or tasksToTake(roles, most.id)
  local task = table.remove(most.tasks)
  if not task then
    most.spent = true
    return evenOut(instanceId, roles, held, donors, moves)
  end
  takeBack(task.id, most.id)
  giveTask(task.id, task.order, instanceId)
  most.load = most.load - 1
  moves[#moves + 1] = {taskId = task.id, from = most.id}
  return true
end

local function fairShare()
  local open = redis.call('ZCARD', pendingKey) + redis.call('ZCARD', assignedKey) + redis.call('ZCARD', inProgressKey)
  local workers = redis.call('ZCOUNT', activeWorkersKey, '(' .. integer(now), '+inf')
  return math.min(math.ceil(open / workers), capacity)
end

local function someMayBeHad(held)
  if held >= capacity then return false end
  if redis.call('EXISTS', pendingKey) == 1 then return true end
  local most = redis.call('ZREVRANGE', loadKey, 0, 0, 'WITHSCORES')
  return tonumber(most[2]) >= held + 2
end

local function autoAssignTasks(instanceId)
  local held = tonumber(redis.call('ZSCORE', loadKey, instanceId))
  if not held or not someMayBeHad(held) then return {assigned = 0, total = held or 0, moves = {}} end
  local roles = rolesOf(instanceId)
  local share = fairShare()
  local moves = {}
  if held < share then
    for _, task in ipairs(bestPending(roles, share - held)) do
      if held == share then break end
      if takePending(task.id, task.roleSet) then
        giveTask(task.id, task.order, instanceId)
        held = held + 1
        moves[#moves + 1] = {taskId = task.id}
      end
    end
  end
  if held < capacity and #bestPending(roles, 1) == 0 then
    local donors = donorsFor(roles, held, capacity - held)
    while held < capacity and evenOut(instanceId, roles, held, donors, moves) do
      held = held + 1
    end
  end
  return {assigned = #moves, total = held, moves = moves}
end
